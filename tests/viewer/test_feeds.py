"""Feeds of the ledger: valid by their standards, the same tomorrow and elsewhere, and harmless whatever headlines say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

from pipelines.diff import FieldDifference, Op, Piece
from pipelines.queries.results import Change
from pipelines.store.crawls import put_sites, start_crawl
from pipelines.store.database import Store
from pipelines.store.removal.redaction import withdraw
from pipelines.store.writer import RevisionWriter
from pipelines.stories.update import forget
from tests.factories import BODY, T0, URL, article
from viewer.app import routes
from viewer.feeds import MAX_CONTENT_CHARS, MAX_TITLE_CHARS, Feed, atom, entry, json_feed
from viewer.http import Request, Response
from viewer.pages import feed
from viewer.repository import Repository

NOW = datetime(2025, 3, 9, tzinfo=UTC)
BASE = "http://127.0.0.1:8001"
HOSTILE = "<script>alert(1)</script> & \x0b\u202e“Mill” ]]> lost"
SECRET = "https://other.example/secret"
ODD_URL = 'https://paper.example/odd?q="><script>&x=1#part'
NS = {"a": "http://www.w3.org/2005/Atom"}
SCHEMA = """<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="http://www.w3.org/2005/Atom"
  datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
<start><element name="feed"><attribute name="xml:lang"/><interleave>
  <ref name="known"/><zeroOrMore><ref name="person"/></zeroOrMore><optional><element name="generator"><text/></element></optional>
  <oneOrMore><ref name="link"/></oneOrMore></interleave><zeroOrMore><ref name="entry"/></zeroOrMore></element></start>
<define name="known"><interleave><element name="id"><data type="anyURI"/></element><element name="title"><text/></element>
  <element name="updated"><ref name="moment"/></element></interleave></define>
<define name="moment"><data type="dateTime"><param name="pattern">.*T.*Z</param></data></define>
<define name="person"><element name="author"><element name="name"><data type="string"><param name="minLength">1</param></data>
  </element></element></define>
<define name="link"><element name="link"><attribute name="href"><data type="anyURI"/></attribute><attribute name="rel"/>
  <optional><attribute name="type"/></optional><empty/></element></define>
<define name="entry"><element name="entry"><interleave><ref name="known"/><element name="published"><ref name="moment"/></element>
  <oneOrMore><ref name="person"/></oneOrMore><oneOrMore><ref name="link"/></oneOrMore>
  <zeroOrMore><element name="category"><attribute name="term"/><attribute name="scheme"><data type="anyURI"/></attribute>
    <attribute name="label"/><empty/></element></zeroOrMore>
  <element name="summary"><text/></element><element name="content"><attribute name="type"><value>html</value></attribute><text/>
  </element></interleave></element></define></grammar>"""
"""What RFC 4287 demands of the elements that we use; nothing else may stand there."""
VALID = etree.RelaxNG(etree.fromstring(SCHEMA))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(tmp_path_factory.mktemp("feeds") / "news.db") as made:
        fill(made)
        yield made


def fill(store: Store) -> None:
    """Two papers: an article of three revisions, one silently edited; an odd one; one withdrawn; 70 short ones."""
    paper = {"id": "paper", "name": "The Paper", "url": "https://paper.example/", "region": "North", "country": "GB"}
    other = {"id": "other", "name": "<Other>", "url": "https://other.example/", "region": "South", "country": "IE"}
    put_sites(store, [paper, other])
    one = RevisionWriter(store, "paper", start_crawl(store, "paper", "test", T0))
    two = RevisionWriter(store, "other", start_crawl(store, "other", "test", T0))
    one.record(article(seen=0))
    one.record(article(seen=20))
    one.record(article(BODY.replace("six hours", "nine hours"), seen=60))
    one.record(article(BODY.replace("six hours", "nine hours"), seen=90, modified=80, headline=HOSTILE))
    two.record(article("Odd council.", seen=70, url=ODD_URL, headline="Odd", authors=(), language="x' onload='"))
    two.record(article("A secret council text.", seen=75, url=SECRET, headline="Secret"))
    found = store.row("SELECT * FROM articles WHERE url = ?", (SECRET,))
    assert found
    withdraw(store, found, "an editor", "a court order", NOW, forget)
    for number in range(70):
        two.record(article(f"Short number {number}.", seen=-200 + number, url=f"https://other.example/{number}"))


def ask(store: Store, target: str, base: str = BASE, **headers: str) -> Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return feed.respond(Request("GET", target, sent), Repository(store, lambda *_: None, NOW), base)


def read(answer: Response) -> Any:
    assert answer.status == 200
    return json.loads(answer.body) if answer.body.startswith(b"{") else etree.fromstring(answer.body)


def texts(document: Any, path: str) -> list[str]:
    return [str(found) for found in document.xpath(path, namespaces=NS)]


@pytest.mark.parametrize("query", ["", "?site=paper", "?silent=1", f"?url={URL}", "?q=council", "?region=Nowhere"])
def test_atom_is_what_rfc_4287_demands(store: Store, query: str) -> None:
    answer = ask(store, "/feed.atom" + query)
    document = read(answer)
    VALID.assertValid(document)
    ids = texts(document, "//a:id/text()")
    assert len(set(ids)) == len(ids)
    assert dict(answer.headers)["Content-Type"] == "application/atom+xml; charset=utf-8"
    for one in document.iterfind("a:entry", NS):
        assert len(texts(one, "a:link[@rel='alternate']/@href")) == 1


def test_entries_tell_what_changed_between_which_bounds_and_how_much(store: Store) -> None:
    document = read(ask(store, f"/feed.atom?url={URL}"))
    last, silent, first = document.iterfind("a:entry", NS)
    path = "https://paper.example/news/mill-fire"
    assert texts(last, "a:title/text()|a:updated/text()|a:published/text()|a:author/a:name/text()") == [
        "Edited: <script>alert(1)</script> & “Mill” ]]> lost (was: “Fire at Cross Mill”)",
        "2025-03-07T09:30:00Z", "2025-03-07T09:30:00Z", "Ann Other",
    ]  # fmt: skip
    assert texts(last, "a:link/@href") == [f"{BASE}/diff/2..3/{path}", path]
    assert texts(silent, "a:title/text()|a:summary/text()") == [
        "Edited without telling: Fire at Cross Mill",
        (
            "The Paper, edited without telling: text (1 word added, 1 removed). Between 7 March 2025, 08:20 and 09:00 UTC. "
            "Published 7 March 2025, 08:00 UTC, it says."
        ),
    ]
    assert texts(silent, "a:category/@term") == ["silent", "paper"]
    assert "<del>six</del><ins>nine</ins> hours" in texts(silent, "a:content/text()")[0]
    assert texts(first, "a:title/text()") == ["Fire at Cross Mill"]
    assert texts(first, "a:link/@href") == [f"{BASE}/memento/20250307080000/{path}", path]
    assert texts(document, "/a:feed/a:link/@href") == [f"{BASE}/feed.atom?url=https%3A%2F%2Fpaper.example%2Fnews%2Fmill-fire",
                                                       f"{BASE}/history/{path}"]  # fmt: skip


def test_json_feed_says_the_same(store: Store) -> None:
    document, told = read(ask(store, "/feed.atom?site=paper")), read(ask(store, "/feed.json?site=paper"))
    assert {key: told[key] for key in ("version", "title", "home_page_url", "feed_url", "language")} == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Newsledger: of The Paper",
        "home_page_url": f"{BASE}/?site=paper",
        "feed_url": f"{BASE}/feed.json?site=paper",
        "language": "en",
    }
    pairs = {"id": "a:id", "title": "a:title", "summary": "a:summary", "content_html": "a:content", "date_published": "a:updated"}
    for key, name in pairs.items():
        assert [item[key] for item in told["items"]] == texts(document, f"//a:entry/{name}/text()")
    silent = next(item for item in told["items"] if "silent" in item["tags"])
    assert silent["external_url"] == URL
    assert silent["_newsledger"] == {
        "change": "silent", "changed_fields": ["body"], "number": 2, "not_before": "2025-03-07T08:20:00Z",
        "first_seen": "2025-03-07T09:00:00Z", "words_added": 1, "words_removed": 1,
        "article_published": "2025-03-07T08:00:00Z", "site_id": "paper",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("site=paper&change=new", ["Fire at Cross Mill"]),
        ("silent=1", ["Edited without telling: Fire at Cross Mill"]),
        ("region=South&since=2025-03-07T09:00:00Z", ["Odd"]),
        ("country=IE&q=council", ["Odd"]),
        ("region=North&q=council", []),
        ("q=brigade&until=2025-03-07T09:00:00Z", ["Edited without telling: Fire at Cross Mill", "Fire at Cross Mill"]),
        ("q=brigade&before=2025-03-07T09:00:00Z~0", ["Fire at Cross Mill"]),
        ("region=Nowhere&q=council", []),
    ],
)
def test_feeds_take_the_filters_of_pages_and_searches(store: Store, query: str, titles: list[str]) -> None:
    assert [item["title"] for item in read(ask(store, f"/feed.json?{query}"))["items"]] == titles


@pytest.mark.parametrize("query", ["", "q=short"])
def test_pages_of_a_feed_lead_to_all_entries_once(store: Store, query: str) -> None:
    target, met = f"/feed.json?{query}", []
    while target:
        told = read(ask(store, target))
        assert len(told["items"]) <= feed.MAX_ENTRIES
        met += [(item["date_published"], item["id"]) for item in told["items"]]
        target = told.get("next_url", "").removeprefix(BASE)
    assert [at for at, _ in met] == sorted((at for at, _ in met), reverse=True)
    assert len({one for _, one in met}) == len(met) == (70 if query else 74)


def test_a_search_that_finds_many_is_told_newest_first_and_not_best(tmp_path: Path) -> None:
    with Store(tmp_path / "news.db") as made:
        put_sites(made, [{"id": "paper", "name": "The Paper", "url": "https://paper.example/"}])
        ledger = RevisionWriter(made, "paper", start_crawl(made, "paper", "test", T0))
        for number in range(feed.MAX_HITS + 30):  # the older, the better they match
            text = f"Bells {'bells ' * (10 - number // 25)}number {number}."
            ledger.record(article(text, seen=number * 300, published=number * 300, url=f"https://paper.example/{number}"))
        told = read(ask(made, "/feed.json?q=bells"))
    assert [item["external_url"].rpartition("/")[2] for item in told["items"]] == [
        str(number) for number in range(feed.MAX_HITS + 29, feed.MAX_HITS + 29 - feed.MAX_ENTRIES, -1)
    ]


def test_ids_outlive_host_filter_and_address_and_tell_ledgers_apart(store: Store, tmp_path: Path) -> None:
    def ids(answer: Response) -> list[str]:
        return [item["id"] for item in read(answer)["items"]]

    here = ids(ask(store, "/feed.json?site=paper"))
    assert ids(ask(store, "/feed.json?region=North", "https://ledger.example/news")) == here
    url = store.value("SELECT url FROM articles WHERE url = ?", (URL,))
    store.execute("UPDATE articles SET url = ? WHERE url = ?", (f"{URL}-renamed", url))
    assert ids(ask(store, "/feed.json?site=paper")) == here
    store.execute("UPDATE articles SET url = ? WHERE url = ?", (url, f"{URL}-renamed"))
    with Store(tmp_path / "other.db") as other:
        put_sites(other, [{"id": "paper", "name": "The Paper", "url": "https://paper.example/"}])
        RevisionWriter(other, "paper", start_crawl(other, "paper", "test", T0)).record(article("Another.", seen=1))
        assert not set(ids(ask(other, "/feed.json"))) & set(here)


def test_a_reader_that_has_it_is_told_so(store: Store) -> None:
    answer = ask(store, "/feed.atom?site=paper")
    headers = dict(answer.headers)
    assert headers["Last-Modified"] == "Fri, 07 Mar 2025 09:30:00 GMT"
    assert headers["Cache-Control"] == "no-cache"
    for tag in (headers["ETag"], f'"other", W/{headers["ETag"]}', "*"):
        same = ask(store, "/feed.atom?site=paper", if_none_match=tag)
        assert (same.status, same.body, dict(same.headers)["ETag"]) == (304, b"", headers["ETag"])
    assert ask(store, "/feed.atom?site=paper", if_modified_since=headers["Last-Modified"]).status == 304
    older, other = "Fri, 07 Mar 2025 09:29:59 GMT", {"if_none_match": '"other"', "if_modified_since": headers["Last-Modified"]}
    for known in ({"if_none_match": '"other"'}, {"if_modified_since": older}, {"if_modified_since": "soon"}, other):
        assert ask(store, "/feed.atom?site=paper", **known).status == 200
    tags = {dict(ask(store, target).headers)["ETag"] for target in ("/feed.atom", "/feed.json", "/feed.atom?silent=1")}
    assert len(tags) == 3


@pytest.mark.parametrize(
    ("target", "status", "told"),
    [
        (
            "/feed.atom?change=edited",
            400,
            "change: 'edited' is none of new, paywall, restamped, restored, reverted, silent, updated\n",
        ),
        ("/feed.json?url=https://nowhere.example/", 404, "The ledger has no article at this URL.\n"),
        ("/feed.json?url=https://other.example/secret", 451, "This article was withdrawn.\n"),
    ],
)
def test_refusals_say_why(store: Store, target: str, status: int, told: str) -> None:
    answer = routes.respond(Request("GET", target, {}), Repository(store, lambda *_: None, NOW), BASE)
    assert answer is not None
    assert (answer.status, answer.body.decode()) == (status, told)


def test_a_withdrawn_article_is_in_no_feed(store: Store) -> None:
    assert SECRET.encode() not in ask(store, "/feed.atom?site=other").body + ask(store, "/feed.json?site=other").body
    assert read(ask(store, "/feed.json?q=secret"))["items"] == []


def test_what_a_page_says_never_becomes_markup(store: Store) -> None:
    document = read(ask(store, "/feed.atom"))
    for content in texts(document, "//a:content/text()"):
        assert {node.tag for node in html.fragment_fromstring(content, "div").iter()} <= {"div", "p", "h4", "ins", "del"}
    odd = next(one for one in document.iterfind("a:entry", NS) if one.find("a:title", NS).text == "Odd")
    assert texts(odd, "a:author/a:name/text()") == ["<Other>"]
    assert texts(odd, "a:link[@rel='alternate']/@href") == [
        f"{BASE}/memento/20250307091000/https://paper.example/odd?q=%22%3E%3Cscript%3E&x=1"
    ]
    assert b"onload" not in ask(store, "/feed.json?site=other").body


@settings(max_examples=100)
@given(headline=st.text(), was=st.text(), name=st.text(), body=st.text(), pieces=st.lists(
    st.builds(Piece, st.sampled_from(Op), st.text(max_size=400)), max_size=8))  # fmt: skip
def test_any_text_makes_a_valid_bounded_feed(headline: str, was: str, name: str, body: str, pieces: list[Piece]) -> None:
    change = Change(
        revision_id=1, article_id=1, url="", site_id=name, site_name=name, region=None, country=None, number=2, change="silent",
        changed_fields=("body", name), headline=headline, headline_before=was, byline=None, language=None,
        first_seen="2025-03-07T08:00:00Z", not_before=None, date_published=body, date_modified=None, state="live",
        revision_count=2, story_id=None, words_added=0, words_removed=0, cursor="",
    )  # fmt: skip
    for number, url in ((1, f"ftp://{name}"), (2, f"https://{name}"), (2, f"https://paper.example/{name}?{body}")):
        made = entry(replace(change, number=number, url=url), [FieldDifference("body", tuple(pieces))], body, BASE, "x",
                     authors=(name, body), language=name)  # fmt: skip
        whole = Feed("urn:x", headline, "2025-03-07T08:00:00Z", BASE, BASE, None, (made,))
        document = etree.fromstring(atom(whole))
        VALID.assertValid(document)
        assert json.loads(json_feed(whole))["items"][0]["title"] == made.title
        assert len(made.title) <= MAX_TITLE_CHARS * 2 + 50
        assert len(made.content) <= MAX_CONTENT_CHARS * 12
        if url.startswith(("ftp:", "https://paper.example/")):
            assert (made.original is None) == url.startswith("ftp:")

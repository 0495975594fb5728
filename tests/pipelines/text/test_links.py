"""Addresses as sources write them: mended, left alone, passed over."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.text.links import mended, own_hosts_of
from pipelines.text.urls import canonicalize
from tests.table import table

BASE = "https://www.tidings.example/feeds/all.xml"
STORY = "https://www.tidings.example/news/kiln-77"


def address(link: str, base: str = BASE) -> str | None:
    text = mended(link, base, own_hosts_of(base))
    return None if text is None else canonicalize(text, base)


@table(
    "link",
    [
        STORY,
        "www.tidings.example/news/kiln-77",
        "/www.tidings.example/news/kiln-77",
        "//www.tidings.example/news/kiln-77",
        "///www.tidings.example/news/kiln-77",
        "://www.tidings.example/news/kiln-77",
        "https:/www.tidings.example/news/kiln-77",
        "https:///www.tidings.example/news/kiln-77",
        "https:www.tidings.example/news/kiln-77",
        "https//www.tidings.example/news/kiln-77",
        "https//:www.tidings.example/news/kiln-77",
        "https;//www.tidings.example/news/kiln-77",
        "htps://www.tidings.example/news/kiln-77",
        "ttps://www.tidings.example/news/kiln-77",
        "http://https://www.tidings.example/news/kiln-77",
        "http://https//www.tidings.example/news/kiln-77",
        "feed:https://www.tidings.example/news/kiln-77",
        "https://www.tidings.example/https://www.tidings.example/news/kiln-77",
        "https://www.tidings.example//https://www.tidings.example/news/kiln-77",
        "https://www.tidings.example/feeds/https://www.tidings.example/news/kiln-77",
        "https://www.tidings.examplehttps://www.tidings.example/news/kiln-77",
        "https://www.tidings.example/www.tidings.example/news/kiln-77",
        "https://www.tidings.example/https:/www.tidings.example/news/kiln-77",
        "https://www.tidings.example/https%3A%2F%2Fwww.tidings.example%2Fnews%2Fkiln-77",
        "www.tidings.example/https://www.tidings.example/news/kiln-77",
        "/https://www.tidings.example/news/kiln-77",
        "https:\\\\www.tidings.example\\news\\kiln-77",
        "\\news\\kiln-77",
        "//news/kiln-77",
        "https:/news/kiln-77",
        "https:///news/kiln-77",
        "\n  https://www.tidings.example/news/\n      kiln-77\n",
        "https:// www.tidings.example/news/kiln-77",
        '"https://www.tidings.example/news/kiln-77"',
        "<https://www.tidings.example/news/kiln-77>",
        f"<a href='{STORY}'>{STORY}</a>",
        f"{STORY} {STORY}",
        "https&#58;&#x2F;&#X2f;www.tidings.example&#47;news&#47;kiln-77",
    ],
)
def test_one_reading_only(link: str) -> None:
    assert address(link) == STORY


@table(
    ("link", "meant"),
    [
        ("kiln-77", "https://www.tidings.example/feeds/kiln-77"),
        ("../kiln.php/77", "https://www.tidings.example/kiln.php/77"),
        ("kiln.php/77", "https://www.tidings.example/feeds/kiln.php/77"),
        ("http/2-told", "https://www.tidings.example/feeds/http/2-told"),
        ("/?p=77", "https://www.tidings.example/?p=77"),
        ("tidings.example/news/kiln-77", "https://tidings.example/news/kiln-77"),
        ("http:/www.tidings.example/a", "http://www.tidings.example/a"),
        ("//other.example/a", "https://other.example/a"),
        ("https://www.tidings.example/https://other.example/a", "https://other.example/a"),
        ("https://www.tidings.example/out/https://other.example/a", "https://www.tidings.example/out/https://other.example/a"),
        ("https://www.tidings.example/tag/www.tidings.example/a", "https://www.tidings.example/tag/www.tidings.example/a"),
        ("https://kept.example/web/2024/" + STORY, "https://kept.example/web/2024/" + STORY),
        ("https://www.tidings.example/a?to=" + STORY, "https://www.tidings.example/a?to=" + STORY),
        ("https://www.tidings.example/what-is-https", "https://www.tidings.example/what-is-https"),
        ("https://www.tidings.example/a?x=1&#38;y=2", "https://www.tidings.example/a?x=1&y=2"),
        ("https://www.tidings.example/a?x=1&#X26;y=2#z", "https://www.tidings.example/a?x=1&y=2"),
        ("https://www.tidings.example/a?view=1&copy;=2", "https://www.tidings.example/a?view=1&copy;=2"),
    ],
)
def test_what_stays_as_it_is_meant(link: str, meant: str) -> None:
    assert address(link) == meant


@table(
    "link",
    [
        "", "#top", "null", "undefined", "[object Object]", "{{ story.url }}", "https://www.tidings.example/{{slug}}",
        "${url}", "Read more",
        f"Read {STORY}", f'{{"url": "{STORY}"}}', "http:/other.example/a",
        "other.example/a", "other.example:8080/a", "www.other.example", "https://a.example/ https://b.example/", "https://",
        "mailto:desk@tidings.example", "javascript:void(0)", "https://u:p@www.tidings.example/a", "x" * 9_000,
    ],
)  # fmt: skip
def test_what_is_passed_over(link: str) -> None:
    assert address(link) is None


@table(
    ("link", "meant"),
    [
        ("127.0.0.1:8017/a", "http://127.0.0.1:8017/a"),
        ("http://127.0.0.1:8017/127.0.0.1:8017/a", "http://127.0.0.1:8017/a"),
        ("localhost:8017/a", None),
        ("127.0.0.1:99/a", None),
        ("127.0.0.2/a", None),
    ],
)
def test_hosts_with_a_port(link: str, meant: str | None) -> None:
    assert address(link, "http://127.0.0.1:8017/feed.xml") == meant


def test_hostile_links_are_got_through() -> None:
    """Each of these took minutes by a pattern that looks for its end again and again."""
    for part in (" ", "?", "/", '"', "<a", "https://", "\\", ".a", "&", "http:/", "{{", "%2f", ":", "\n"):
        for begins in ("", "https://www.tidings.example/", '"', "a"):
            for length in (1_000, 7_900, 300_000):
                mended(begins + part * (length // len(part)) + "!", BASE, own_hosts_of(BASE))


PIECES = (
    "http", "https", "s", ":", "//", "/", "\\", ".", ";", "%3A", "%2f", "?", "#", "&#38;", "{{", " ", "\n", '"', "<a>", "x",
    "www.", "tidings.example", "www.tidings.example", "other.example", ":80", "news", "@", "[",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(max_size=40))
def test_any_text_gives_an_address_or_none(link: str) -> None:
    found = address(link)
    assert found is None or canonicalize(found) == found

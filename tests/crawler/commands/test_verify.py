"""What somebody who may write the ledger or its archive can do to it: `verify` finds it, or docs/proof.md says that it cannot."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from crawler.warc.reader import problem_of
from crawler.warc.writer import ArchiveWriter
from pipelines.article import Article, Author, Exchange, Fetch, Image, Outcome
from pipelines.proof.checkpoints import Anchors, Witness, make
from pipelines.proof.signed_note import SigningKey
from pipelines.proof.verify import Checked, against, manifest, sealed_again, verify
from pipelines.store.chain import Cause, Subject, digest, link_of
from pipelines.store.database import Store
from pipelines.store.removal.redaction import withdraw
from tests.crawler.processes import newsledger
from tests.factories import URL, article, at, make_chain_anew, new_ledger, new_store

NOW = at(3 * 24 * 60)
OTHER, THIRD = "https://paper.example/news/the-weir", "https://paper.example/news/the-inn"
DOCS = Path(__file__).parents[3] / "docs" / "proof.md"
HEADERS = (("Content-Type", "text/html"), ("Date", "Fri, 07 Mar 2025 08:00:00 GMT"))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with its archive, in which everything has happened."""
    folder = tmp_path_factory.mktemp("sound")
    archive = ArchiveWriter(folder / "warc", "paper")
    with new_store(folder) as store:
        ledger = new_ledger(store)

        def record(item: Article | Fetch) -> None:
            fetch = item if isinstance(item, Fetch) else item.fetch
            assert fetch is not None
            text = item.body if isinstance(item, Article) else "It is gone."
            page = Exchange(fetch.url, (("User-Agent", "Newsledger"),), fetch.status or 200, HEADERS, f"<p>{text}".encode())
            place = archive.write(page, fetch.fetched)
            fetch = replace(fetch, warc_file=place.file, warc_offset=place.offset, payload_hash=place.payload_hash,
                            archived=place.archived)  # fmt: skip
            ledger.record(replace(item, fetch=fetch) if isinstance(item, Article) else fetch)

        def unchanged(url: str, minutes: float) -> None:
            ledger.record(Fetch(url, at(minutes), status=304, outcome=Outcome.NOT_MODIFIED))

        record(article("One was hurt."))
        unchanged(URL, 20)
        unchanged(URL, 30)
        record(article("Two were hurt.", seen=60, modified=59, authors=(Author("Ann Other", "Editor"), Author("Al Dorn"))))
        record(article("Three were hurt.", seen=90, modified=59, images=(Image("https://p/2.jpg", "a mill", "Rain", "PA"),)))
        again = {"modified": 59, "extractor": "test/2", "images": (Image("https://p/2.jpg", "a mill", "Rain", "PA"),)}
        ledger.record(article("Three were hurt!", seen=100, **again))
        unchanged(URL, 200)
        moved = article("Three were hurt!", seen=210, url=f"{URL}-out", fetch={"requested_url": URL}, **again)
        record(moved)
        store.backup(folder / "older.db")
        record(article("The weir holds.", url=OTHER, headline="The weir", seen=70))
        record(Fetch(OTHER, at(80), status=410, outcome=Outcome.GONE, reason="status 410"))
        ledger.record(article("The inn opens.", url=THIRD, headline="The inn", seen=75))
        third = store.row("SELECT * FROM articles WHERE url = ?", (THIRD,))
        assert third is not None
        withdraw(store, third, "the editor", "asked to", at(300), lambda *_: None)
        store.execute("""INSERT INTO quarantine (site_id, url, fetched, last_seen, state, reason, symptoms, lines, extractor,
            content_hash, reading, look) VALUES ('paper', 'https://paper.example/q', '2025-03-07T08:00:00Z',
            '2025-03-07T08:00:00Z', 'quarantined', 'x', '[]', '[]', 'test/1', '', '{}', '{}')""")
        assert [str(fault) for fault in faults_of(store, folder / "warc")] == []
    archive.close()
    return folder


@pytest.fixture(scope="module")
def kept(sound: Path, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """A checkpoint of it, and the key, where nobody can change them."""
    folder = tmp_path_factory.mktemp("kept")
    key = SigningKey.make(folder / "paper.key", None)
    with Store(manipulated(sound, folder)) as store:
        row = make(store, key, NOW)
    return Kept(key, Anchors(key.public, None, (Witness("checkpoint.txt", row["note"]),)), row["size"])


def faults_of(store: Store, warc: Path, anchors: Anchors | None = None) -> list[object]:
    return list(verify(store, partial(problem_of, warc), NOW, anchors=anchors))


@dataclass(frozen=True)
class Kept:
    """What is known of a ledger elsewhere."""

    key: SigningKey
    anchors: Anchors
    size: int


ARTICLE = "UPDATE articles SET {} WHERE id = 1"
REVISION = "UPDATE revisions SET {} WHERE number = 2"
FETCH = "INSERT INTO fetches (crawl_id, article_id, url, fetched, outcome, warc_file, warc_offset, payload_hash) "
FOUND = {
    **{f"articles.{what.partition(' ')[0]}": ARTICLE.format(what) for what in (
        "site_id = 'x'", "url = url || 'x'", "external_id = '9'", "kind = 'live'", "date_published = '2001-01-01T00:00:00Z'",
        "first_seen = '2025-03-07T07:00:00Z'", "last_seen = '2025-03-07T09:01:00Z'", "state = 'gone'", "moved_to = 2",
        "latest_revision_id = 1", "revision_count = 2",
    )},
    **{f"revisions.{what.partition(' ')[0]}": REVISION.format(what) for what in (
        "number = 9", "change = 'new'", "changed_fields = '[]'", "reverted_to = 1", "headline = 'x'", "description = 'x'",
        "body = body || ' x'", "byline = 'x'", "section = 'x'", "topics = '[\"x\"]'", "language = 'fr'", "kind = 'live'",
        "is_accessible_for_free = 0", "canonical_url = 'http://x/'", "date_modified = '2025-03-07T08:00:00Z'",
        "date_published_raw = 'x'", "first_seen = '2025-03-07T09:01:00Z'", "last_seen = '2025-03-07T09:01:00Z'",
        "not_before = '2025-03-07T08:00:00Z'", "extractor = 'x'", "crawl_id = NULL", "warc_offset = 0", "warc_file = 'x'",
        "payload_hash = NULL", "reads_as = 1", "content_hash = 'x'",
    )},
    "an author renamed": "UPDATE revision_authors SET name = 'Al Dawn' WHERE name = 'Al Dorn'",
    "an author deleted": "DELETE FROM revision_authors WHERE name = 'Al Dorn'",
    "a caption": "UPDATE revision_images SET caption = 'x' WHERE caption = 'Rain'",
    "an alternative text": "UPDATE revision_images SET alt = 'x' WHERE alt = 'a mill'",
    "the address of a picture": "UPDATE revision_images SET url = 'x' WHERE alt = 'a mill'",
    "an alias added": "INSERT INTO aliases VALUES ('https://paper.example/x', 1, 'slug', '2025-03-07T08:00:00Z', 'x')",
    "an alias deleted": "DELETE FROM aliases",
    "an alias moved": "UPDATE aliases SET article_id = 2",
    "a state added": "INSERT INTO states (article_id, at, state) VALUES (1, '2025-03-07T09:00:00Z', 'gone')",
    "a state removed": "DELETE FROM states WHERE state = 'gone'",
    "the reason of a state": "UPDATE states SET reason = 'x' WHERE state = 'gone'",
    "the status of a fetch that wrote a revision": "UPDATE fetches SET status = 404 WHERE outcome = 'new'",
    "the outcome of a fetch that a state rests on": "UPDATE fetches SET outcome = 'error' WHERE outcome = 'gone'",
    "the status of a fetch that a state rests on": "UPDATE fetches SET status = 503 WHERE outcome = 'gone'",
    "a fetch that a state rests on is deleted": "DELETE FROM fetches WHERE outcome = 'gone'",
    "all fetches that saw nothing new saw nothing":
        "UPDATE fetches SET outcome = 'not_article', status = 404 WHERE outcome IN ('unchanged', 'not_modified')",
    "a forged look at an archived page": FETCH + """SELECT crawl_id, article_id, url, '2025-03-07T08:40:00Z', 'unchanged',
        warc_file, warc_offset, payload_hash FROM fetches WHERE outcome = 'new' LIMIT 1""",
    "a pointer is taken away": "UPDATE fetches SET warc_file = NULL WHERE outcome = 'moved'",
    "what is known of a record": "UPDATE fetches SET record_hash = NULL WHERE outcome = 'new'",
    "all crawls deleted": "DELETE FROM crawls",
    "a view replaced": "DROP VIEW silent_edits; CREATE VIEW silent_edits AS SELECT * FROM revisions WHERE 0",
    "a view dropped": "DROP VIEW takedowns",
    "a trigger dropped": "DROP TRIGGER changes_update",
    "a trigger added": "CREATE TRIGGER x AFTER INSERT ON fetches BEGIN DELETE FROM states; END",
    "changes wiped": "DELETE FROM changes",
    "changes forged": "UPDATE changes SET change = 'new'",
    "counts of days": "UPDATE day_counts SET n = n + 1",
    "counts of sites": "UPDATE site_counts SET n = n + 1",
    "the index": "INSERT INTO revisions_fts (revisions_fts) VALUES ('delete-all')",
    "search reads another table": """DROP TABLE revisions_fts; CREATE TABLE other AS SELECT * FROM search_documents;
        CREATE VIRTUAL TABLE revisions_fts USING fts5(headline, description, body, byline, authors, topics, captions, address,
        letters, content='other', content_rowid='id'); INSERT INTO revisions_fts (revisions_fts) VALUES ('rebuild')""",
    "what search is made of": """UPDATE search_texts SET authors = 'Al Dawn';
        INSERT INTO revisions_fts (revisions_fts) VALUES ('rebuild')""",
    "search finds what was withdrawn": "INSERT INTO search_texts (revision_id, headline) VALUES (5, 'x')",
    "words counted": "UPDATE revision_facts SET words = 9",
    "a correction made up": "UPDATE revision_facts SET note = 'Correction: x' WHERE words_added IS NOT NULL",
    "a day that lists nothing": "UPDATE days SET first_id = 99, last_id = 99",
    "a column of ours added": "ALTER TABLE revision_images ADD COLUMN source TEXT DEFAULT 'x'",
    "states that go with their article": """PRAGMA writable_schema = ON; UPDATE sqlite_schema SET
        sql = replace(sql, 'REFERENCES articles(id)', 'REFERENCES articles(id) ON DELETE CASCADE') WHERE name = 'states'""",
    "the last seal deleted": "DELETE FROM chain WHERE id = (SELECT max(id) FROM chain)",
    "the last seal deleted, and the counter": """DELETE FROM chain WHERE id = (SELECT max(id) FROM chain);
        UPDATE sqlite_sequence SET seq = seq - 1 WHERE name = 'chain'""",
    "a seal in the middle deleted": "DELETE FROM chain WHERE id = 5",
    "the time of a seal": "UPDATE chain SET at = '2025-03-07T08:00:01Z' WHERE id = 5",
    "the digest of a seal": "UPDATE chain SET digest = link WHERE id = 5",
    "the cause of a seal": "UPDATE chain SET cause = 'merge' WHERE id = 5",
    "all seals deleted": "DELETE FROM chain",
    "all seals deleted, and the counter": "DELETE FROM chain; DELETE FROM sqlite_sequence WHERE name = 'chain'",
    "a withdrawal forged": """INSERT INTO withdrawals (article_id, at, who, reason, revisions)
        VALUES (2, '2025-03-07T09:00:00Z', 'x', 'x', 1)""",
    "a reading forged": """INSERT INTO readings (revision_id, replaced, extractor, content_hash, article)
        VALUES (1, '2025-03-07T09:00:00Z', 'x', 'x', '{}')""",
    "a reading changed": "UPDATE readings SET article = '{}'",
    "an article deleted": """DELETE FROM aliases WHERE article_id = 2; DELETE FROM states WHERE article_id = 2;
        DELETE FROM fetches WHERE article_id = 2; DELETE FROM revisions WHERE article_id = 2;
        DELETE FROM articles WHERE id = 2""",
}  # fmt: skip
UNFOUND = {
    "`url_key`": ("UPDATE articles SET url_key = 'x'", "UPDATE aliases SET url_key = 'x'"),
    "`last_checked`, `next_check`": (
        "UPDATE articles SET last_checked = '2025-03-08T08:00:00Z' WHERE id = 1", "UPDATE articles SET next_check = NULL",
    ),
    "validators (`etag`, `last_modified`, `claimed_modified`)": (
        "UPDATE articles SET etag = 'x', last_modified = 'x', claimed_modified = 'x'",
    ),
    "`suspected_since`, `stale_hash`": ("UPDATE articles SET suspected_since = '2025-03-07T09:00:00Z', stale_hash = 'x'",),
    "fetches that found nothing new": (
        "DELETE FROM fetches WHERE outcome = 'not_modified' AND fetched = '2025-03-07T08:20:00Z'",
        "UPDATE fetches SET url = 'https://paper.example/x' WHERE outcome = 'not_modified'",
    ),
    "an invented fetch": (
        FETCH + """SELECT crawl_id, 1, url, '2025-03-07T12:00:00Z', 'unchanged', NULL, NULL, NULL FROM fetches LIMIT 1;
            UPDATE articles SET last_seen = '2025-03-07T12:00:00Z', last_checked = '2025-03-07T12:00:00Z' WHERE id = 1;
            UPDATE revisions SET last_seen = '2025-03-07T12:00:00Z' WHERE number = 3""",
    ),
    "names and zones of sites": ("UPDATE sites SET name = 'x', timezone = 'Asia/Tokyo'",),
    "the times of crawls": ("UPDATE crawls SET started = '2025-03-01T00:00:00Z', finished = '2025-03-01T00:00:00Z'",),
    "quarantine": ("UPDATE quarantine SET reading = '[]', reason = 'y'",),
    "stories": ("DELETE FROM story_members",),
    "views and tables of your own": ("CREATE VIEW mine AS SELECT 1 AS one", "CREATE TABLE mine (one)"),
    "`revision_facts`": ("UPDATE revision_facts SET local_hour = 3, words_added = 9, words_removed = 9",),
    "`rereadings`": ("DELETE FROM rereadings",),
}  # fmt: skip
"""How docs/proof.md names what no seal covers -> statements that nothing finds."""


def manipulated(sound: Path, folder: Path, script: str = "") -> Path:
    shutil.copy(sound / "news.db", folder / "news.db")
    if script:
        with closing(sqlite3.connect(folder / "news.db")) as conn:
            conn.executescript(script)
    return folder / "news.db"


@pytest.mark.slow
def test_what_is_done_to_the_record_is_found(sound: Path, tmp_path: Path, subtests: pytest.Subtests) -> None:
    for name, script in FOUND.items():
        with subtests.test(name), Store(manipulated(sound, tmp_path, script)) as store:
            assert faults_of(store, sound / "warc")


def test_what_no_seal_covers_is_named(sound: Path, kept: Kept, tmp_path: Path, subtests: pytest.Subtests) -> None:
    """A checkpoint finds none of it either."""
    said = " ".join(DOCS.read_text(encoding="utf-8").split())
    for name, scripts in UNFOUND.items():
        for script in scripts:
            with subtests.test(name), Store(manipulated(sound, tmp_path, script)) as store:
                assert [str(fault) for fault in faults_of(store, sound / "warc", kept.anchors)] == []
                assert name in said


def append(store: Store, row_id: int, cause: str | None) -> None:
    """A seal of a revision as it stands, by somebody who knows how."""
    last = store.row("SELECT * FROM chain ORDER BY id DESC LIMIT 1") or {}
    found = digest(store, Subject.REVISION, row_id)
    assert found is not None
    link = link_of(last["link"], last["at"], Subject.REVISION, row_id, found, cause)
    store.insert(
        "chain", {"at": last["at"], "subject": "revision", "subject_id": row_id, "digest": found, "link": link, "cause": cause}
    )


FORGED = {
    "another text": "UPDATE revisions SET section = 'x' WHERE id = 4",
    "no pointer": "UPDATE revisions SET warc_file = NULL, payload_hash = NULL WHERE id = 4",
}


def test_a_seal_appended_without_a_sound_cause_is_found(sound: Path, tmp_path: Path, subtests: pytest.Subtests) -> None:
    """Revision 4 is of an article that nobody read again or withdrew."""
    for name, script in FORGED.items():
        for cause in (None, "", "rumour", *(set(Cause) - {Cause.ORDER})):
            with subtests.test(f"{name}, {cause}"), Store(manipulated(sound, tmp_path, script)) as store:
                append(store, 4, cause)
                assert any("at seal" in str(fault) or "has no cause" in str(fault) for fault in faults_of(store, sound / "warc"))


def test_each_seal_appended_without_a_sound_cause_is_named(sound: Path, tmp_path: Path) -> None:
    with Store(manipulated(sound, tmp_path, FORGED["another text"])) as store:
        for row_id in (3, 4):
            append(store, row_id, "rumour")
        found = [str(fault) for fault in faults_of(store, sound / "warc")]
    for row_id in (3, 4):
        assert any(fault.startswith(f"revision {row_id}: was sealed again by rumour") for fault in found), found


ATTACKS: dict[str, tuple[Callable[[Store, SigningKey], object], str]] = {
    "a row changed and sealed again by `order`": (lambda store, _: append(store, 4, Cause.ORDER), ""),
    "the chain made again": (lambda store, _: make_chain_anew(store), "is of other seals"),
    "the same, signed with the key": (lambda store, key: (make_chain_anew(store), make(store, key, NOW)), "is of other seals"),
    "an older copy restored": (lambda store, _: None, "seals, and there are"),
}
"""How docs/proof.md names what somebody does who knows the program and may write the file: nothing inside tells. And what a
checkpoint that was kept elsewhere says; nothing where the row is only listed.
"""


def test_what_only_a_checkpoint_kept_elsewhere_finds(sound: Path, kept: Kept, tmp_path: Path, subtests: pytest.Subtests) -> None:
    said = " ".join(DOCS.read_text(encoding="utf-8").split())
    for name, (attack, problem) in ATTACKS.items():
        path = manipulated(sound, tmp_path, FORGED["another text"])
        if "older" in name:
            shutil.copy(sound / "older.db", path)
        with subtests.test(name), Store(path) as store:
            attack(store, kept.key)
            assert [str(fault) for fault in faults_of(store, sound / "warc")] == []
            found = [str(fault) for fault in faults_of(store, sound / "warc", kept.anchors)]
            assert [problem in fault and fault.startswith("checkpoint.txt: ") for fault in found] == [True] * bool(problem)
            assert [one.where for one in sealed_again(store, [kept.size])] == ["revision 4"] * (not problem)
            assert f"| {name} |" in said


def test_a_published_line_finds_what_the_record_itself_cannot_tell(sound: Path, tmp_path: Path) -> None:
    """Somebody who knows all, and appends a sound seal or makes the chain anew."""
    with Store(sound / "news.db", readonly=True) as store:
        signed = manifest(store, at(0).date())
    with Store(manipulated(sound, tmp_path, FORGED["another text"])) as store:
        append(store, 4, Cause.ORDER)
        assert faults_of(store, sound / "warc") == []
        assert against(store, signed) is None
        (one,) = sealed_again(store, [signed.seals])
        assert (one.where, one.cause) == ("revision 4", "order")
    done = newsledger("verify", "--no-pages", "--against", str(signed), "--db", str(tmp_path / "news.db"))
    assert (done.returncode, done.stdout.splitlines()[1].partition(":")[0]) == (0, "revision 4")
    told = newsledger("verify", "--no-pages", "--json", "--against", str(signed), "--db", str(tmp_path / "news.db"))
    assert [(line["where"], line["is_fault"]) for line in json.loads(told.stdout)] == [("revision 4", False)]
    with Store(manipulated(sound, tmp_path, FORGED["another text"])) as store:
        make_chain_anew(store)
        assert faults_of(store, sound / "warc") == []
        assert against(store, signed) is not None


def test_what_was_forged_is_not_sealed_anew(sound: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """An older capture moves the revision; a later one adds to the article; it is withdrawn."""
    forged = ("UPDATE revisions SET section = 'x' WHERE number = 1", "UPDATE articles SET kind = 'live'", "DELETE FROM states",
              "INSERT INTO states (article_id, at, state) VALUES (1, '2025-03-07T09:00:00Z', 'gone')")  # fmt: skip
    for script in forged:
        for when in (-60, 400):
            with Store(manipulated(sound, tmp_path, script)) as store:
                new_ledger(store).record(article("Nobody was hurt.", seen=when, modified=when, url=f"{URL}-out"))
                assert faults_of(store, sound / "warc"), (script, when)
    assert "was not what was sealed, and is not sealed anew" in caplog.text


def rewrite(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Change the records of a file, and pack each again by itself."""
    members, rest = [], path.read_bytes()
    while rest:
        stream = zlib.decompressobj(31)
        members.append(stream.decompress(rest))
        rest = stream.unused_data
    path.write_bytes(b"".join(gzip.compress(change(member)) for member in members))


ARCHIVE: dict[str, Callable[[bytes], bytes]] = {
    "a bit of a body": lambda record: record.replace(b"One was hurt.", b"One was hunt."),
    "a date": lambda record: record.replace(b"WARC-Date: 2025", b"WARC-Date: 2024"),
    "a URL": lambda record: record.replace(b"news/the-weir", b"news/the-weib"),
    "an HTTP header": lambda record: record.replace(b"Fri, 07 Mar", b"Sat, 08 Mar"),
    "a status": lambda record: record.replace(b"HTTP/1.1 410", b"HTTP/1.1 200"),
    "a request blanked": lambda record: re.sub(rb"User-Agent: \w+", b"User-Agent: xxxxxxxxxx", record),
    "an id": lambda record: record.replace(
        b"WARC-Type: response\r\nWARC-Record-ID: <urn", b"WARC-Type: response\r\nWARC-Record-ID: <URN"
    ),
}


def test_what_is_done_to_the_archive_is_found(sound: Path, tmp_path: Path, subtests: pytest.Subtests) -> None:
    """Every record is held to what the ledger knows of it, wherever in it the change is."""
    name = next((sound / "warc" / "paper").iterdir()).name
    path = tmp_path / "warc" / "paper" / name
    path.parent.mkdir(parents=True)
    with Store(manipulated(sound, tmp_path)) as store:
        shutil.copy(sound / "warc" / "paper" / name, path)
        rewrite(path, lambda record: record)
        offsets: dict[int, int] = dict(zip(members(sound / "warc" / "paper" / name), members(path), strict=True))
        for row in list(store.rows("SELECT id, warc_offset FROM fetches WHERE warc_file IS NOT NULL")):
            store.update("fetches", row["id"], {"warc_offset": offsets[row["warc_offset"]]})
        for row in list(store.rows("SELECT id, warc_offset FROM revisions WHERE warc_file IS NOT NULL")):
            store.update("revisions", row["id"], {"warc_offset": offsets[row["warc_offset"]]})
        assert pages_of(store, tmp_path / "warc") == []
        for what, change in ARCHIVE.items():
            with subtests.test(what):
                shutil.copy(sound / "warc" / "paper" / name, path)
                rewrite(path, change)
                assert pages_of(store, tmp_path / "warc")
        path.unlink()
        assert len(pages_of(store, tmp_path / "warc")) == 6, "the file is gone"


def pages_of(store: Store, warc: Path) -> list[str]:
    """Faults of archived pages alone."""
    checked = Checked()
    return [str(fault) for fault in verify(store, partial(problem_of, warc), NOW, checked) if "archive" in fault.what]


def members(path: Path) -> list[int]:

    offsets, data, at_byte = [], path.read_bytes(), 0
    while at_byte < len(data):
        offsets.append(at_byte)
        stream: Any = zlib.decompressobj(31)
        stream.decompress(data[at_byte:])
        at_byte = len(data) - len(stream.unused_data)
    return offsets

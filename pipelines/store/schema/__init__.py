"""Tables, indexes, views and full-text search of the store, as numbered migrations.

The SQL stands in founding (1 to 7), proving (8 to 10, 22, 32), derived (11 and 12), crawls (13 to 15, 17, 19, 35, 36), reasons
(16, 18, 21), searching (23, 24) and questions (30).

A migration that has landed is never edited; what changes is a new one. docs/schema.md tells every column, and so does the file
(documentation); a test keeps it so.
Times are UTC, ISO 8601 with `Z`; where a page gave only a day, the bare day.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from sqlite_utils import Database, Migrations

from pipelines.store.schema import crawls, derived, documentation, founding, proving, questions, reasons, searching
from pipelines.text.urls import article_key

migrations = Migrations("newsledger")

LATEST = "m039_questions"
"""Name of the last migration; names sort by number, so a greater one is from a newer version."""
NUMBER = int(LATEST[1:4])
"""The same, as `user_version` of the file has it."""
APPLICATION_ID = 0x4E4C4447
"""`NLDG`, by which `file` and others tell a ledger from other SQLite files."""


@migrations()
def m001_tables(db: Database) -> None:
    """What the ledger holds."""
    _run(db, founding.TABLES)


@migrations()
def m002_search(db: Database) -> None:
    """Full-text search over all revisions, not only the latest."""
    _run(db, founding.SEARCH)
    db.execute("INSERT INTO revisions_fts (revisions_fts) VALUES ('rebuild')")


@migrations()
def m003_views(db: Database) -> None:
    """The views that analysts query."""
    _run(db, founding.VIEWS)


@migrations()
def m004_reservations(db: Database) -> None:
    """What a page reserves for itself, on the fetch that saw it; and which articles were passed over for it."""
    _run(db, founding.RESERVATIONS)


@migrations()
def m005_states_by_crawl(db: Database) -> None:
    """An old crawl may go only where no state refers to it: without the index each one that goes reads all states."""
    _run(db, "CREATE INDEX states_by_crawl ON states(crawl_id);\n")


@migrations()
def m006_habits_and_hosts(db: Database) -> None:
    """What looks have taught: how a site edits, and whether a host's 304s are true."""
    _run(db, founding.LEARNED)


@migrations()
def m007_quarantine(db: Database) -> None:
    """Readings that are not believed, with their pages, until extraction is mended or a person decides."""
    _run(db, founding.QUARANTINE)


@migrations()
def m008_archive(db: Database) -> None:
    """Where pages are archived and the hash of what came; revisions that only a parser told apart; articles withdrawn."""
    _run(db, proving.ARCHIVE)


@migrations()
def m009_chain(db: Database) -> None:
    """The hash chain over the record, in order of commitment."""
    _run(db, proving.CHAIN)


@migrations()
def m010_rereading(db: Database) -> None:
    """Which archived pages today's extraction has read again; what reads as it did before is no edit in the views."""
    _run(db, proving.REREADING)


@migrations()
def m011_stories(db: Database) -> None:
    """Which articles of several sites carry the same copy."""
    _run(db, derived.STORIES)


@migrations()
def m012_feed(db: Database) -> None:
    """What changed last, of a site and of a day, found without reading the ledger."""
    _run(db, derived.FEED)


@migrations()
def m013_cluster(db: Database) -> None:
    """Which worker made a crawl, and what the writer of many workers' looks must know again after it was killed."""
    _run(db, crawls.CLUSTER)


@migrations()
def m014_reasons(db: Database) -> None:
    """Why candidates were passed over, as codes."""
    _run(db, crawls.SKIPPED)


@migrations()
def m015_crawl_reasons(db: Database) -> None:
    """Why a crawl ended as it did, as a code beside the sentence."""
    _run(db, crawls.CRAWLS)


@migrations()
def m016_fetch_reasons(db: Database) -> None:
    """Why a fetch came to what it did, and why a reading is not believed, as codes beside the sentences."""
    _run(db, reasons.FETCHES)


@migrations()
def m017_source_problems(db: Database) -> None:
    """Why a source named nothing, as a code and a sentence."""
    _run(db, crawls.SOURCE_PROBLEMS)


@migrations()
def m018_replay(db: Database) -> None:
    """What a fetch read and where it led, so that a history can be written anew when an older capture comes in."""
    _run(db, reasons.REPLAY)


@migrations()
def m019_suspended_hosts(db: Database) -> None:
    """Whether the host that a crawl stopped asking was the site's own."""
    for site_id, url in db.execute("SELECT id, url FROM sites").fetchall():
        own = f"{urlsplit(url).netloc.lower()} "
        db.execute(crawls.SUSPENDED, {"site": site_id, "own": own, "length": len(own)})


@migrations()
def m020_canonical_of_fetch(db: Database) -> None:
    """Which address a page that was fetched named as its own: that decides which article it is."""
    _run(db, "ALTER TABLE fetches ADD COLUMN canonical_url TEXT;\n")


@migrations()
def m021_pages_by_canonical(db: Database) -> None:
    """Which pages named an address as their own that is another's: what comes of them hangs on what that address says."""
    _run(db, reasons.CANONICAL)


@migrations()
def m022_archived_records(db: Database) -> None:
    """What an archived record is known by, beside its place; by its digest a later revisit finds what it repeats."""
    _run(db, proving.RECORDS)


@migrations()
def m023_search_in_every_script(db: Database) -> None:
    """Letters as others, scripts without spaces, captions, authors, topics and addresses: the index is built anew."""
    _run(db, searching.TABLES)
    db.conn.executemany(searching.PUT_TEXT, searching.search_texts(db.execute(searching.REVISIONS)))
    _run(db, searching.INDEX)
    _run(db, searching.REBUILD)


@migrations()
def m024_article_of_change(db: Database) -> None:
    """Which article a change is of, in the narrow table: hits of a search are grouped without reading what they say."""
    _run(db, searching.ARTICLES)


@migrations()
def m025_fetches_by_url(db: Database) -> None:
    """Which articles a URL has led to, of which its alias tells one alone."""
    _run(db, reasons.LED)


@migrations()
def m026_retired_sites(db: Database) -> None:
    """Since when a site is history: it is crawled and judged no more."""
    _run(db, "ALTER TABLE sites ADD COLUMN retired TEXT;\n")


@migrations()
def m027_kind_of_author(db: Database) -> None:
    """Whether an author is a person, or the agency or desk that alone is named."""
    _run(db, "ALTER TABLE revision_authors ADD COLUMN kind TEXT DEFAULT 'person';\n")


@migrations()
def m028_unresolved_revisits(db: Database) -> None:
    """Revisits whose original is not known yet: few, and looked for at the end of every crawl and import."""
    _run(db, "CREATE INDEX fetches_unresolved ON fetches(payload_digest) WHERE reason_code = 'original_unknown';\n")


@migrations()
def m029_causes(db: Database) -> None:
    """Why each row was sealed; null in seals of an older version."""
    _run(db, "ALTER TABLE chain ADD COLUMN cause TEXT;\n")


@migrations()
def m030_questions(db: Database) -> None:
    """What analysts ask of a revision, worked out once, and views that ask it."""
    _run(db, questions.TABLES)
    found = db.execute(questions.REVISIONS)
    db.conn.executemany(questions.PUT_FACT, questions.facts((column[0] for column in found.description), found))
    _run(db, questions.VIEWS)


@migrations()
def m031_documentation(db: Database) -> None:
    """What each table and column means, in the file itself; opening it for writing fills it."""
    _run(db, documentation.TABLE)


@migrations()
def m032_checkpoints(db: Database) -> None:
    """What is signed of the chain, what others say of when, and the tree that proves a seal to be in it."""
    _run(db, proving.CHECKPOINTS)


@migrations()
def m034_prunings(db: Database) -> None:
    """Which records of the page archive were taken out by a policy, so that they are not missed."""
    _run(db, proving.PRUNINGS)


@migrations()
def m035_pauses(db: Database) -> None:
    """Between when and when a site is paused, and its next planned start: what a schedule that runs is told, and tells."""
    _run(db, crawls.PAUSES)


@migrations()
def m036_snapshot_question(db: Database) -> None:
    """The URLs that led to no article by their key, failures by crawl, articles by the list that names them."""
    _run(db, crawls.QUESTION)
    urls = db.execute(crawls.DEAD_ENDS).fetchall()
    db.conn.executemany("INSERT INTO dead_ends VALUES (?, ?)", ((url, article_key(url)) for (url,) in urls))


@migrations()
def m038_missed_edits(db: Database) -> None:
    """How many edits were probably made between two looks and never seen."""
    _run(db, crawls.MISSED)


@migrations()
def m039_questions(db: Database) -> None:
    """More of what analysts ask: places and stamps in the views, sections, searches by name."""
    _run(db, questions.LATER)


def steps_of(path: Path) -> tuple[list[str], list[str], int]:
    """The migrations that a file has taken, those that it lacks, and how many revisions it has; reads only.

    Raises ValueError where it cannot be read; a file without any is no ledger.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as conn:
            db = Database(conn, execute_plugins=False)
            applied = [migration.name for migration in migrations.applied(db)]
            pending = [migration.name for migration in migrations.pending(db)]
            return applied, pending, int(conn.execute("SELECT count(*) FROM revisions").fetchone()[0]) if applied else 0
    except sqlite3.Error as error:
        raise ValueError(str(error)) from error


def label(db: Database) -> bool:
    """Whether the file says already what it is: its application, the number of its last migration and its documentation.

    Called in a transaction, it makes it say so.
    """
    conn = db.conn
    is_labelled = (
        conn.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
        and conn.execute("PRAGMA user_version").fetchone()[0] == NUMBER
        and tuple(conn.execute("SELECT relation, column_name, meaning FROM documentation ORDER BY rowid"))
        == documentation.documentation()
    )
    if is_labelled or not conn.in_transaction:
        return is_labelled
    conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    conn.execute(f"PRAGMA user_version = {NUMBER}")
    conn.execute("DELETE FROM documentation")
    conn.executemany("INSERT INTO documentation VALUES (?, ?, ?)", documentation.documentation())
    return True


def _run(db: Database, script: str) -> None:
    """Each statement of a script inside the caller's transaction; `executescript` would commit it."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if _complete(statement):
            db.execute(statement)
            statement = ""


def _complete(statement: str) -> bool:
    stripped = statement.strip()
    if "CREATE TRIGGER" in stripped:
        return stripped.endswith("END;")
    return stripped.endswith(";")

"""Writes sisters.jsonl: four invented papers near the demo's, on the demo's day, as `newsledger import` takes them in.

    python docs/examples/sisters.py            (from the checkout, where newsledger is installed)

They carry the same agency copy as the demo paper, and as one another, each edited in its own way; and they do what else papers do
to an article after it is out. docs/cookbook.md asks the demo ledger with these in it.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from crawler.demo.stories import stories
from crawler.demo.story import at
from pipelines.article import Article, Author, Fetch, Image, Outcome
from pipelines.store.crawls import put_sites, start_crawl
from pipelines.store.database import Store
from pipelines.store.writer import RevisionWriter
from pipelines.text.bylines import parse_byline
from pipelines.text.dates import Timestamp
from pipelines.text.normalise import normalise

PAPERS = {
    "wenshire-echo": ("Wenshire Echo", "Wenshire", "Amberley Press", 40),
    "ternbridge-observer": ("Ternbridge Observer", "Wenshire", "Amberley Press", 60),
    "coldhatch-times": ("Coldhatch Times", "Coldhatch", "Amberley Press", 75),
    "lydmouth-herald": ("Lydmouth Herald", "Lydmouth", "Herald & Sons", 90),
}
"""id -> name, region, owner, minutes between two looks."""


@dataclass(frozen=True)
class Piece:
    """An article of a paper, and what becomes of it: (time, what is set anew); None: it is taken down."""

    site: str
    slug: str
    published: datetime
    page: dict[str, Any]
    events: list[tuple[datetime, dict[str, Any] | None]] = field(default_factory=list)


def pieces() -> list[Piece]:
    """The day of all four."""
    return [*wire(), *fees(), *buses(), *own()]


def text(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


def wire() -> list[Piece]:
    """What PA sent, which the demo paper printed too: with a headline of its own, cut, with a local quote, under a staff name."""
    copy = next(s.events[0].page for s in stories() if s.events[0].page.headline.startswith("Vash to meet")).body
    paragraphs = copy.split("\n\n")
    local = "Lydmouth station master Ivo Penhale said: “A sleeper stopped here every night until 1968. We still have the lamp.”"
    return [
        Piece("wenshire-echo", "vash-calls-rail-chiefs-to-sleeper-talks", at("07:10"),
              {"headline": "Vash calls rail chiefs to sleeper talks", "byline": "By PA political staff", "body": copy,
               "section": "UK News"},
              [(at("10:30"), {"headline": "Vash and rail chiefs discuss sleeper trains", "stamped": True})]),
        Piece("ternbridge-observer", "six-rail-firms-asked-for-night-trains", at("07:35"),
              {"headline": "Six rail firms asked for night trains", "byline": "By Dora Fennick", "section": "News",
               "body": text(*paragraphs[:4])},
              [(at("13:15"), {"body": text(*paragraphs[:3])})]),
        Piece("lydmouth-herald", "sleeper-trains-could-stop-here-again", at("08:20"),
              {"headline": "Sleeper trains could stop here again", "byline": "PA Media", "section": "News",
               "body": text(*paragraphs[:2], local, *paragraphs[2:])}),
    ]  # fmt: skip


def fees() -> list[Piece]:
    """A council reporter's copy in three papers; one softens its headline, one drops the name of who wrote it."""
    copy = text(
        "Families of care home residents in Wenshire were sent bills for weeks in which the rooms stood empty, papers show.",
        "The county council wrote to 214 families last spring to say that they owed £1.3 million between them.",
        "Councillor Petra Lumb told a meeting on Thursday that the letters had been “wrong, and sent in anger”.",
        "Chief executive Rufus Harbottle said that 61 families had been told by telephone that no money was owed.",
        "The council’s auditors found that dates of death had been typed into the column for dates of birth.",
        "A report will go to the cabinet in July, when members will be asked to waive the debts.",
    )
    page = {"byline": "By Tom Arkwell, Local Democracy Reporting Service", "body": copy, "section": "News"}
    return [
        Piece("wenshire-echo", "council-misled-families-over-care-fees", at("09:05"),
              page | {"headline": "Council misled families over care fees"},
              [(at("12:20"), {"headline": "Questions over council’s advice on care fees"}),
               (at("16:40"), {"byline": None, "authors": ()})]),
        Piece("coldhatch-times", "anger-as-council-bills-families-for-empty-rooms", at("09:40"),
              page | {"headline": "Anger as council bills families for empty rooms"}),
        Piece("lydmouth-herald", "care-bills-sent-for-empty-rooms", at("11:00"),
              page | {"headline": "Care bills sent for empty rooms", "body": copy.replace("214 families", "241 families")},
              [(at("14:10"), {"body": copy + "\n\nCorrection: an earlier version of this article gave the number of families "
                              "as 241. It is 214.", "stamped": True})]),
    ]  # fmt: skip


def buses() -> list[Piece]:
    """One owner's copy in two of its papers."""
    copy = text(
        "The last bus from Ternbridge to Coldhatch will leave at 6.05pm from the end of June, its operator says.",
        "Wen Valley Travel said that four passengers an evening did not pay for the driver, let alone the diesel.",
        "Nurse Agnes Tolliver, who finishes at the hospital at 8pm, said she would have to walk five miles or give up the job.",
        "The county council has offered £18,000 a year to keep the 8.15pm bus on weekdays.",
    )
    page = {"byline": "By Marcus Thwaite", "body": copy, "section": "News"}
    return [
        Piece("ternbridge-observer", "last-bus-to-coldhatch-at-six", at("10:15"),
              page | {"headline": "Last bus to Coldhatch at six"},
              [(at("11:45"), {"section": "Transport", "headline": "Last bus to Coldhatch at five past six", "stamped": True})]),
        Piece("coldhatch-times", "evening-bus-to-be-withdrawn", at("10:50"), page | {"headline": "Evening bus to be withdrawn"},
              [(at("18:30"), {"body": copy.replace("£18,000", "£8,000")})]),
    ]  # fmt: skip


def own() -> list[Piece]:
    """What only one paper has."""
    court = text(
        "A former parish clerk has denied taking £4,100 from a fund for the church bells.",
        "Edwin Sallow, 58, told magistrates at Lydmouth that the money had been “borrowed, and counted twice on its way back”.",
        "Prosecutor Honor Vane said that the fund had been empty for 11 months before anybody looked.",
        "Mr Sallow will appear again on 20 June.",
    )
    picture = Image("https://lydmouth-herald.example/sallow.jpg", "A man by a door", "Edwin Sallow leaves court", "Kit Marl")
    mill = text(
        "Plans for 40 flats in the old paper mill at Coldhatch have been withdrawn by the developer.",
        "Mill Lane Homes said that “no further comment will be made”.",
        "Neighbours had objected to the height of the chimney, which would have been rebuilt.",
    )
    return [
        Piece("lydmouth-herald", "former-clerk-denies-bell-fund-theft", at("11:20"),
              {"headline": "Former clerk denies theft from bell fund", "byline": "By Sefton Crake", "body": court,
               "section": "Courts", "images": (picture,)},
              [(at("15:35"), {"images": (replace(picture, caption="Edwin Sallow arrives at court"),)}),
               (at("02:40", 1), {"body": court.replace("had been “borrowed, and counted twice on its way back”",
                                                        "had been borrowed")})]),
        Piece("coldhatch-times", "paper-mill-flats-plan-withdrawn", at("12:05"),
              {"headline": "Paper mill flats plan withdrawn", "byline": "By Enid Marsh", "body": mill, "section": "News",
               "is_accessible_for_free": True},
              [(at("17:00"), {"is_accessible_for_free": False, "body": mill.replace("40 flats", "48 flats")})]),
        Piece("ternbridge-observer", "publican-named-in-licence-row", at("13:30"),
              {"headline": "Publican named in licence row", "byline": "By Dora Fennick", "section": "News",
               "body": text("A Ternbridge publican has been named in a row over late licences.",
                            "Three neighbours say that the Anchor was serving at 2am on a Sunday.",
                            "The council said that it was looking into the matter and would say no more.")},
              [(at("19:10"), None)]),
        Piece("wenshire-echo", "ten-walks-by-the-wen", at("06:45"),
              {"headline": "Ten walks by the Wen", "byline": "By Lotte Imrie", "section": "Leisure",
               "body": text("Here are ten walks by the river, none of them longer than a morning.",
                            "All ten begin at a bus stop and end at a place that serves tea.")},
              [(at("12:45"), {"stamped": True}), (at("18:45"), {"stamped": True})]),
    ]  # fmt: skip


def article(piece: Piece, page: dict[str, Any], modified: datetime, seen: datetime) -> Article:
    """The page at a look."""
    url = f"https://{piece.site}.example/{piece.slug}"
    told = {"authors": parse_byline(page["byline"]).authors if page.get("byline") else ()} | page
    told["authors"] = tuple(Author(a.name, a.role, a.agency) for a in told["authors"])
    stamps = {"date_published": Timestamp(piece.published), "date_modified": Timestamp(modified)}
    look = Fetch(url, seen, status=200)
    return normalise(Article(url=url, language="en-GB", extractor="example/1", fetch=look, **told, **stamps))


def state_at(piece: Piece, now: datetime) -> tuple[dict[str, Any] | None, datetime]:
    """What the page says at a moment (None: it is gone), and its own stamp."""
    page: dict[str, Any] | None = dict(piece.page)
    modified = piece.published
    for when, change in piece.events:
        if when > now:
            break
        page = None if change is None else {**(page or {}), **change}
        if page is not None and page.pop("stamped", False):
            modified = when
    return page, modified


def write(db: Path) -> None:
    """Each paper looked at on its own beat, from Friday 05:00 to Saturday 09:00."""
    with Store(db) as store:
        for site, (name, region, owner, minutes) in PAPERS.items():
            facts = {"country": "GB", "region": region, "owner": owner, "timezone": "Europe/London", "language": "en-GB"}
            put_sites(store, [{"id": site, "name": name, "url": f"https://{site}.example/", **facts}])
            ledger = RevisionWriter(store, site, start_crawl(store, site, "example", at("05:00")))
            now = at("05:00")
            while now <= at("09:00", 1):
                for piece in (one for one in pieces() if one.site == site and one.published <= now):
                    page, modified = state_at(piece, now)
                    url = f"https://{site}.example/{piece.slug}"
                    gone = Fetch(url, now, status=410, outcome=Outcome.GONE, reason="status 410")
                    ledger.record(article(piece, page, modified, now) if page else gone)
                now += timedelta(minutes=minutes)


def main() -> None:
    """Beside this file."""
    target = Path(__file__).with_name("sisters.jsonl")
    with TemporaryDirectory() as folder:
        db = Path(folder) / "news.db"
        write(db)
        command = [sys.executable, "-m", "crawler", "export", "jsonl", "--db", str(db), "-o", str(target)]
        subprocess.run(command, check=True)  # noqa: S603 - our own command


if __name__ == "__main__":
    main()

"""Citations of a revision, or of the difference between two: the permanent address, and forms for papers and programs.

A permanent address names a revision by the beginning of its content's hash and the time when it was first seen, below the URL
of its article. A merge renumbers rows and revisions, but does not change the text.
`/revision/0a1b2c3d4e5f-20250307080000/URL`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pipelines.article import Author, AuthorKind, revision_key
from pipelines.proof.memento import header_uri
from pipelines.queries import articles
from pipelines.queries.activity import site_of
from pipelines.queries.results import ArticleRecord, LastSeal, Revision
from pipelines.queries.site_results import SiteRecord
from pipelines.store.database import Store
from pipelines.store.rows import instant_of
from pipelines.text.dates import digits_of, parse_digits

_NAME_SEPARATOR = re.compile(r",|\band\b", re.IGNORECASE)
_NAME_BREAKS = re.compile(r"[\s.-]+")
KEY = r"[0-9a-f]{12,64}-[0-9]{14}"
"""Regular expression of a revision's key in a permanent address."""
_LATEX = str.maketrans({**{mark: f"\\{mark}" for mark in "&%$#_{}"}, "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
                        "\\": r"\textbackslash{}"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Citation:
    """The cited revision or difference, with all that a reader needs to find and to check it."""

    article: ArticleRecord
    paper: SiteRecord
    revision: Revision
    authors: tuple[Author, ...]
    base: str
    """URL at which the ledger is shown, without a final slash."""
    accessed: datetime
    """Aware UTC."""
    seal: LastSeal | None = None
    compared: Revision | None = None
    """The revision to compare with, if the citation is of a difference."""

    @property
    def address(self) -> str:
        """The permanent address of the revision, or of the difference."""
        return address(self.base, self.article.url, self.revision, self.compared)

    @property
    def path(self) -> str:
        """The permanent address below `base`."""
        return self.address.removeprefix(self.base)

    def forms(self) -> list[tuple[str, str]]:
        """The citation in each form: (the form's name for readers, text)."""
        return [(name, write(self)) for name, write in FORMS.values()]

    @property
    def archived(self) -> str | None:
        """Address of the page as received; None if it is not archived."""
        if not self.revision.warc_file:
            return None
        return f"{self.base}/memento/{digits_of(instant_of(self.revision.first_seen))}id_/{header_uri(self.article.url)}"

    @property
    def headline(self) -> str:
        """The revision's headline on one line."""
        return _line(self.revision.headline) or "(no headline)"

    @property
    def wording(self) -> str:
        """The number of the cited revision, and between which times it appeared: "revision 2, edited between ... and ..."."""
        found = self.revision
        first = (
            f"edited between {found.not_before} and {found.first_seen}" if found.not_before else f"first seen {found.first_seen}"
        )
        against = f", compared with revision {self.compared.number}, last seen {self.compared.last_seen}" if self.compared else ""
        return f"revision {found.number}, {first}, last seen {found.last_seen}{against}"


def key(revision: Revision) -> str:
    """The key of a revision in permanent addresses; see `KEY`."""
    return revision_key(revision.content_hash, revision.first_seen)


def address(base: str, url: str, revision: Revision, compared: Revision | None = None) -> str:
    """The permanent address of a revision of the article at `url`, or of the difference between `compared` and the revision."""
    what = f"diff/{key(compared)}..{key(revision)}" if compared else f"revision/{key(revision)}"
    return f"{base}/{what}/{header_uri(url)}"


def plain_text(cited: Citation) -> str:
    """All that is known, one fact a line."""
    found, seal = cited.revision, cited.seal
    lines = (
        ("", f"“{cited.headline}”"),
        ("", ", ".join(filter(None, (cited.paper.name, ", ".join(author.name for author in cited.authors))))),
        ("Original", cited.article.url),
        ("Published", found.date_published or cited.article.date_published),
        ("Wording", cited.wording),
        ("Page says updated", found.date_modified),
        ("Link", cited.address),
        ("Archived copy", cited.archived or "none"),
        ("SHA-256 of the text", found.content_hash),
        ("SHA-256 of the page", found.payload_hash),
        ("Seal", f"no. {seal.number} of the ledger's chain, {seal.at}, {seal.link}" if seal else None),
        ("Accessed", cited.accessed.strftime("%Y-%m-%d")),
    )
    return "\n".join(f"{name}: {_line(text)}" if name else _line(text) for name, text in lines if text)


def apa(cited: Citation) -> str:
    """APA, 7th edition: an online news article, with the number and times of the revision in square brackets."""
    names = [_initials(author) for author in cited.authors]
    who = f"{', '.join(names[:-1])}, & {names[-1]}" if len(names) > 1 else "".join(names)
    day, title = _published(cited), f"{cited.headline} [{cited.wording}]"
    when = f"({day.year}, {day:%B} {day.day})" if day else "(n.d.)"
    start = f"{who.rstrip('.')}. {when}. {title}." if who else f"{title}. {when}."
    return f"{start} {cited.paper.name}. {cited.article.url} Archived at {cited.address}"


def chicago(cited: Citation) -> str:
    """Chicago, 17th edition, as in a bibliography."""
    names = [_inverted(author) if place == 0 else author.name for place, author in enumerate(cited.authors)]
    who = f"{', '.join(names[:-1])}, and {names[-1]}" if len(names) > 1 else "".join(names)
    day = _published(cited)
    when = f", {day:%B} {day.day}, {day.year}" if day else ""
    wording = cited.wording[:1].upper() + cited.wording[1:]
    start = f"{who.rstrip('.')}. " if who else ""
    return f"{start}“{cited.headline}.” {cited.paper.name}{when}. {wording}. {cited.article.url}. Archived at {cited.address}."


def bibtex(cited: Citation) -> str:
    """A BibTeX entry."""
    day = _published(cited)
    fields = {
        "author": " and ".join(_braced(author) for author in cited.authors),
        "title": f"{{{_latex(cited.headline)}}}",
        "howpublished": _latex(cited.paper.name),
        "year": str(day.year) if day else "",
        "month": f"{day:%b}".lower() if day else "",
        "url": cited.article.url.translate({ord("{"): "%7B", ord("}"): "%7D", ord("\\"): "%5C"}),
        "urldate": f"{cited.accessed:%Y-%m-%d}",
        "note": _latex(f"{cited.wording}. Archived at {cited.address}. SHA-256 {cited.revision.content_hash}"),
        "language": _latex(cited.revision.language or ""),
    }
    inner = "".join(f"  {name} = {text if name == 'month' else f'{{{text}}}'},\n" for name, text in fields.items() if text)
    return f"@misc{{newsledger-{key(cited.revision)},\n{inner}}}"


def csl_json(cited: Citation) -> str:
    """CSL-JSON, which Zotero, Pandoc and others read: a list of one item."""
    day, at, found = _published(cited), cited.accessed, cited.revision
    item = {
        "id": f"newsledger-{key(found)}",
        "type": "article-newspaper",
        "title": cited.headline,
        "container-title": cited.paper.name,
        "author": [_csl_name(author) for author in cited.authors],
        "issued": {"date-parts": [[day.year, day.month, day.day]]} if day else None,
        "accessed": {"date-parts": [[at.year, at.month, at.day]]},
        "URL": cited.article.url,
        "archive": "Newsledger",
        "archive_location": cited.address,
        "version": str(found.number),
        "language": found.language,
        "note": f"{cited.wording}; SHA-256 {found.content_hash}",
    }
    return json.dumps([{name: value for name, value in item.items() if value}], ensure_ascii=False, indent=2)


FORMS: Mapping[str, tuple[str, Callable[[Citation], str]]] = {
    "plain": ("All of it", plain_text),
    "apa": ("APA", apa),
    "chicago": ("Chicago", chicago),
    "bibtex": ("BibTeX", bibtex),
    "csl-json": ("CSL-JSON", csl_json),
}
"""Code of a form -> (its name for readers, the function that writes it)."""


def cite(store: Store, article: ArticleRecord, revision: Revision, base: str, now: datetime,
         compared: Revision | None = None) -> Citation:  # fmt: skip
    """The citation of a revision, or of the difference between `compared` and it, for a ledger that is shown at `base`."""
    text = articles.revision(store, article.article_id, article.url, revision.number)
    seal = articles.seals(store, [revision.revision_id]).get(revision.revision_id)
    authors = text.authors if text else ()
    return Citation(article, site_of(store, article.site_id), revision, authors, base, now, seal, compared)


def find_revision(store: Store, article: ArticleRecord, name: str) -> Revision | None:
    """The revision that a key names; the key may come from another ledger.

    Candidates are the revisions whose text has this hash, now or before a newer extractor read it again. The one that was
    current at the key's time is returned, otherwise the one first seen nearest to it.
    """
    start, _, digits = name.partition("-")
    moment = parse_digits(digits)
    numbers = articles.numbers_by_hash(store, article.article_id, start)
    entries = [articles.history_entry(store, article.article_id, number) for number in numbers]
    found = [one for one in entries if one]
    if moment is None or not found:
        return None
    return min(found, key=lambda one: (not _was_shown_at(one, moment), abs(instant_of(one.first_seen) - moment)))


def _was_shown_at(revision: Revision, moment: datetime) -> bool:
    return instant_of(revision.first_seen) <= moment <= instant_of(revision.last_seen)


def _published(cited: Citation) -> date | None:
    text = cited.revision.date_published or cited.article.date_published
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def _given_and_family_name(author: Author) -> tuple[str, str]:
    """(given, family) names of a person. An organisation, or a person with one name, has only a family name.

    The family name is the last word and the lower-case particles before it: "van der Berg".
    """
    words = _line(author.name).split(" ")
    if author.kind is AuthorKind.ORGANISATION or len(words) < 2:
        return "", " ".join(words)
    start = next((place for place, word in enumerate(words) if place and word[:1].islower()), len(words) - 1)
    return " ".join(words[:start]), " ".join(words[start:])


def _inverted(author: Author) -> str:
    given, family = _given_and_family_name(author)
    return f"{family}, {given}" if given else family


def _initials(author: Author) -> str:
    given, family = _given_and_family_name(author)
    return f"{family}, {' '.join(f'{word[0]}.' for word in _NAME_BREAKS.split(given) if word)}" if given else family


def _braced(author: Author) -> str:
    """A name for BibTeX, which splits lists at `and` and names at commas outside of braces."""
    given, family = _given_and_family_name(author)
    inner = [
        f"{{{_latex(part)}}}" if _NAME_SEPARATOR.search(part) or not given else _latex(part) for part in (family, given) if part
    ]
    return ", ".join(inner)


def _csl_name(author: Author) -> dict[str, str]:
    given, family = _given_and_family_name(author)
    return {"family": family, "given": given} if given else {"literal": family}


def _latex(text: str) -> str:
    return _line(text).translate(_LATEX)


def _line(text: str | None) -> str:
    return " ".join((text or "").split())

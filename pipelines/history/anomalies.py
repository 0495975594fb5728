"""Anomalies: readings that a broken template explains better than an edit. Pure.

A page whose template changed overnight is read wrongly, and every article seems edited. One reading alone
proves nothing: editors do cut texts and remove bylines. So a doubtful reading is held until the crawl's other readings are in
(`judge_batch`): alone among many sound ones it is trusted; if several share a symptom, or there are too few others
to tell, it is not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from pipelines.article import Article, Kind
from pipelines.history.revisions import same_story
from pipelines.reasons import CodedReason, FetchReason, coded
from pipelines.text import join_paragraphs, paragraphs
from pipelines.text.normalise import CONTENT_FIELDS, content_hash, content_of
from pipelines.text.urls import article_key

FIELDS = ("headline", "body", "authors", "date_published")
"""Fields that a site is expected to fill in an article."""
ENOUGH_REVISIONS = 50
"""With fewer revisions fields are not judged. Lower: young sites are judged by their first days."""
NEARLY_ALWAYS = 0.9
"""The share of revisions from which on a field counts as always filled."""
SHRUNK, SWOLLEN, KEPT = 0.5, 2.5, 0.3
"""A text is doubted below or above this part of its former length, or if no more than this part of its words is left. Closer
to 1: more honest edits wait for the crawl's end, and in small crawls for a person."""
ENOUGH_TEXT, LONG_TEXT = 400, 1_500
"""Characters from which on a text's shrinking, and its swelling, is judged: breaking news begins with two lines."""
BRIEF = 0.25
"""A new article below this part of the site's median body is doubted; one in ten may be as short."""
SOUND_NEEDED = 5
"""Sound readings that must accompany a reading without headline or text. Higher: small crawls settle less by themselves."""
RARE = 20
"""Sound readings needed for each reading if several share a milder symptom. Higher: a day of many honest cuts waits for a
person."""
SHARED_BY = 5
"""If this many articles, and most of those that were read again, gain or lose the very same line silently, the template was
edited. Lower: a note that a desk adds to a handful of articles waits for a person."""
AT_TIMES = 2
"""Number of articles that gained such a line, and of those that lost it. Lower: a note that a desk moves counts as
boilerplate."""
VERY_MANY = 20
"""Number of articles that gain the same line, or change the same one of standfirst, names and captions, for it to be the template
in any crawl, however many others are as they were; those in quarantine for the same count too. Lower: a note that a desk adds to
many counts as boilerplate."""
MANY, MANY_MILD = 8, 5
"""This many silent edits of one field, in most articles that were read again, are none; of standfirst, names or captions only."""
WORDY = 5
"""Letters that a line must have beside its numbers to count as a counter's. Lower: rows of results are taken for counters."""
COUNTER_CHARS = 120
"""Maximum characters of a counter's line. Higher: a paragraph of prose, with a number that is corrected, is taken for one."""
CUT = 0.5
"""A page that silently shows no more than this part of its text, and exactly the beginning, is a meter's or cut. Higher: a desk
that deletes the end of an article is believed a day later."""
HARDLY_KEPT = 0.1
"""If no more than this part of a text is left it waits for a second fetch. Higher: more honest rewrites are recorded a fetch
later."""
AGAIN, SECOND_LOOK, LONG_LOOK = timedelta(seconds=1), timedelta(minutes=30), timedelta(hours=24)
"""A waiting reading is trusted if the page says the same this much later; the longest if nothing is left of the former
article, as in a notice of the server. Shorter: lasting notices become edits."""
NAMES_ANOTHER = "its canonical link has the id of another article"
"""A doubt that only counts if the text is another story, because such links are often just wrong."""
LOST_ARTICLE = "lost article"
"""A page that was an article, and reads as none without saying that it is gone."""
GRAVE = frozenset({LOST_ARTICLE, "lost headline", "lost body"})
_MILD = frozenset({"description", "authors", "images"})
_NUMBER = re.compile(r"[-+−]?\d[\d.,:]*")
_SILENT = "silent "
_NEW = "new: "
_ABSENCE_PREFIXES = ("lost ", f"{_NEW}no ")


@dataclass(frozen=True, slots=True)
class Readings:
    """Statistics of revisions: how many, how many have each field, and the median length of existing bodies."""

    count: int = 0
    filled: Mapping[str, int] = field(default_factory=dict)
    body_chars: float | None = None

    def share(self, name: str) -> float:
        """The part of the revisions that has the field."""
        return self.filled.get(name, 0) / self.count if self.count else 0.0


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Why one reading waits: its symptoms and, for a silent edit, the added and removed lines."""

    symptoms: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()
    came: frozenset[str] = frozenset()
    """The added ones among the lines."""

    def __bool__(self) -> bool:
        return bool(self.symptoms or self.lines)


@dataclass(frozen=True, slots=True)
class LineCounts:
    """In how many of a site's recent articles each line is from the first, and how many edits added and removed it."""

    first: Counter[str] = field(default_factory=Counter)
    came: Counter[str] = field(default_factory=Counter)
    went: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class SecondLook:
    """Why one reading is not trusted until the page says the same again."""

    code: FetchReason
    symptom: str
    wait: timedelta
    """From the first such reading to the trusted one."""


@dataclass(frozen=True, slots=True)
class BatchContext:
    """Other facts for judging a batch."""

    sound: int = 0
    """Readings of the crawl without a doubt, including pages that the server calls unchanged."""
    confirmed: int = 0
    """Those of known articles among them."""
    usual: Readings = field(default_factory=Readings)
    quarantined: Mapping[str, int] = field(default_factory=dict)
    """Symptom -> earlier readings of the site that have it and were not trusted."""
    lines: frozenset[str] = frozenset()
    """Lines for which earlier readings of the site were not trusted."""


def find_anomaly(before: Article | None, reading: Article, usual: Readings, *, declared: bool) -> Anomaly:
    """What is doubtful in a normalised reading, compared with the latest revision, or with the site's statistics if the
    article is new.

    `declared`: the page itself declares an update, which explains everything except a lost headline or text, and changes of
    only standfirst, names or captions if there are few.
    """
    if before is None:
        return Anomaly(frozenset(_NEW + symptom for symptom in _missing_usual_fields(reading, usual)))
    symptoms = frozenset((*_lost_fields(before, reading), *_body(before, reading)))
    fields = {name for name in CONTENT_FIELDS if content_of(before, name) != content_of(reading, name)}
    if declared:
        return Anomaly(symptoms & GRAVE | {_SILENT + name for name in fields if fields <= _MILD})
    before_lines, lines = _lines(before), _lines(reading)
    return Anomaly(symptoms | {_SILENT + name for name in fields}, before_lines ^ lines, lines - before_lines)


def second_look(before: Article | None, reading: Article, unsure: str | None, *, declared: bool,
                is_back: bool = False) -> SecondLook | None:  # fmt: skip
    """Whether a reading waits for another fetch that says the same, even if it is the only such reading.

    `unsure` says why the page may be incomplete or old; `is_back`: its text is an earlier one. `before` is the
    article's latest revision, None if it is new.
    """
    if before and not declared and _names(reading, before.url) and not _names(reading, reading.url):
        return SecondLook(FetchReason.NOT_THIS_PAGE, "a copy at another address", LONG_LOOK)
    if before and _belongs_to_another_article(before, reading, unsure):
        return SecondLook(FetchReason.NOT_THIS_PAGE, "another story, which names another address as its own", LONG_LOOK)
    is_bare = reading.body in ("", reading.description) and reading.is_accessible_for_free is not False
    if before is None and reading.kind is Kind.ARTICLE and is_bare:
        lack = "it has no text but its standfirst" if reading.body else "it has no text"
        return SecondLook(FetchReason.NOT_SURE_WHOLE, f"perhaps not the whole page: {lack}", SECOND_LOOK)
    if before and Kind.LIVE not in (before.kind, reading.kind):  # their posts turn over
        other_headline = not _title_words(before) & _title_words(reading)
        was_signed = before.date_published or before.authors
        if other_headline and was_signed and not reading.date_published and not reading.authors:
            return SecondLook(FetchReason.NOT_THIS_PAGE, "lost headline, date and byline", LONG_LOOK)
        is_long = len(before.body) >= ENOUGH_TEXT
        is_emptied = len(reading.body) < SHRUNK * len(before.body) if is_long else bool(before.body) > bool(reading.body)
        is_asked = is_emptied or (is_long and not declared)
        if is_asked and _words_kept(before.body, reading.body) < HARDLY_KEPT:
            wait = LONG_LOOK if other_headline or is_emptied else SECOND_LOOK
            return SecondLook(FetchReason.NOT_THIS_PAGE, "lost nearly all its words", wait)
        is_beginning = reading.body and before.body != reading.body and before.body.startswith(reading.body)
        if is_beginning and not declared and (unsure or (is_long and len(reading.body) < CUT * len(before.body))):
            return SecondLook(FetchReason.NOT_SURE_WHOLE, "perhaps not the whole page: only the beginning of its text", LONG_LOOK)
    if unsure in (None, NAMES_ANOTHER):
        return None
    return SecondLook(FetchReason.NOT_SURE_WHOLE, f"perhaps not the whole page: {unsure}", LONG_LOOK if is_back else AGAIN)


def _belongs_to_another_article(before: Article, reading: Article, unsure: str | None) -> bool:
    """Whether a page belongs to another article: it names another address, and has another story, or another headline
    and time. Caches that confuse their keys send such pages; texts of one desk may share most of their words."""
    is_own = reading.canonical_url is None or _names(reading, reading.url, before.url, before.canonical_url)
    if unsure != NAMES_ANOTHER and is_own:
        return False
    is_other = before.headline != reading.headline and str(before.date_published) != str(reading.date_published)
    return is_other or not same_story(before, reading)


def _names(reading: Article, *addresses: str | None) -> bool:
    """Whether a page names one of these as its address."""
    named = reading.canonical_url
    return bool(named) and article_key(named) in {article_key(url) for url in addresses if url}


def judge_batch(anomalies: Sequence[Anomaly], batch: BatchContext) -> list[CodedReason | None]:
    """For each doubt of one site's crawl: why its reading is not trusted, or None if it is."""
    symptoms, believed = _judged_symptoms(anomalies, batch)
    lines = Counter(line for one in anomalies for line in one.lines)
    shared = {line for line, count in lines.items() if count >= SHARED_BY and count > batch.confirmed} | batch.lines
    return [_reason(one, symptoms, believed, lines, shared, batch) for one in anomalies]


def shown_at_times(anomalies: Iterable[Anomaly], earlier: LineCounts | None = None, confirmed: int = 0) -> frozenset[str]:
    """Boilerplate lines: those that some articles gained and others lost, and those that several lost, or very many gained, in
    one crawl. `earlier` has the counts of the site's recent history.

    A counter has another number at each fetch: its line is meant by its `shape`. It is one if only its numbers differ in more
    articles than the `confirmed` ones, which are as they were; or if some articles gained and others lost it, and so many that
    it is no sentence of a few reports.
    """
    anomalies, earlier = list(anomalies), earlier or LineCounts()
    came = Counter(line for one in anomalies for line in one.came)
    went = Counter(line for one in anomalies for line in one.lines - one.came)
    shapes = [({*map(shape, one.came)}, {*map(shape, one.lines - one.came)}) for one in anomalies]
    gained = Counter(line for new, old in shapes for line in new - old)
    lost = Counter(line for new, old in shapes for line in old - new)
    counted = Counter(line for new, old in shapes for line in new & old)
    shown = (
        line
        for line in came.keys() | went.keys()
        if (came[line] >= VERY_MANY and not went[line])
        or (went[line] >= SHARED_BY and not came[line])
        or _comes_and_goes(came[line] + earlier.came[line], went[line] + earlier.went[line], earlier.first[line])
    )
    counters = (
        line
        for line, count in (gained + lost + counted).items()
        if count >= MANY
        and (counted[line] > max(confirmed, MANY - 1) or (_comes_and_goes(gained[line], lost[line]) and count > confirmed / 4))
    )
    return frozenset((*shown, *counters))


def shape(line: str) -> str:
    """A line with "#" for each number; as it is if it has hardly a word, as the row of a table, or is as long as a paragraph."""
    words = _NUMBER.sub("#", line) if len(line) <= COUNTER_CHARS else line
    return words if sum(map(str.isalpha, words)) >= WORDY else line


def is_boilerplate(line: str, lines: frozenset[str]) -> bool:
    """Whether it is one of these boilerplate lines, or has the shape of one."""
    return line in lines or shape(line) in lines


def _comes_and_goes(came: int, went: int, first: int = 0) -> bool:
    is_common = came + went >= SHARED_BY and min(came, went) >= AT_TIMES
    return is_common or (first >= SHARED_BY and min(came, went) > 0)


def fields_of_template(anomalies: Sequence[Anomaly], batch: BatchContext) -> frozenset[str]:
    """Standfirst, names or captions, if so many articles lost or changed them that it was the template."""
    _, believed = _judged_symptoms(anomalies, batch)
    names = {symptom.removeprefix(_SILENT).removeprefix("lost ") for symptom, is_honest in believed.items() if not is_honest}
    return _MILD & {"images" if name == "captions" else name for name in names}


def as_before(before: Article, reading: Article, fields: frozenset[str], lines: frozenset[str]) -> Article:
    """A reading without the effects of its template: these fields as before, and without these lines. The same object if it
    has none of them."""
    kept = {name: getattr(before, name) for name in fields}
    whole = [paragraphs(one.body) for one in (before, reading)]
    old, new = kept_lines = [[line for line in text if not is_boilerplate(line, lines)] for text in whole]
    if not fields and kept_lines == whole:
        return reading
    if lines:
        kept["body"] = before.body if old == new else join_paragraphs(new)
    article = replace(reading, **kept)
    return replace(article, content_hash=content_hash(article))


def _judged_symptoms(anomalies: Sequence[Anomaly], batch: BatchContext) -> tuple[Counter[str], dict[str, bool]]:
    """How many readings have each symptom, and whether it is trusted."""
    symptoms = Counter(symptom for one in anomalies for symptom in one.symptoms)
    mild = sum(1 for one in anomalies if _is_mild(one))
    return symptoms, {symptom: _is_honest(symptom, count, mild, batch) for symptom, count in symptoms.items()}


def _reason(one: Anomaly, symptoms: Mapping[str, int], believed: Mapping[str, bool], lines: Mapping[str, int], shared: set[str],
            batch: BatchContext) -> CodedReason | None:  # fmt: skip
    bad = sorted(symptom for symptom in one.symptoms if not believed[symptom])
    if bad:
        count = max(symptoms[symptom] for symptom in bad)
        return coded(_code_of(bad), ", ".join(bad), count, batch.sound)
    same = sorted(one.lines & shared, key=lambda line: (-lines[line], line))
    if same:
        return coded(FetchReason.SHARED_LINE, lines[same[0]], same[0][:80])
    return None


def _code_of(symptoms: Sequence[str]) -> FetchReason:
    """The code of the most serious of several symptoms."""
    if LOST_ARTICLE in symptoms:
        return FetchReason.LOST_ARTICLE
    if any(symptom.startswith(_ABSENCE_PREFIXES) for symptom in symptoms):
        return FetchReason.LOST_FIELDS
    return FetchReason.SILENT_EDITS if all(symptom.startswith(_SILENT) for symptom in symptoms) else FetchReason.BODY_DIFFERS


def _is_mild(one: Anomaly) -> bool:
    fields = {symptom.removeprefix(_SILENT) for symptom in one.symptoms if symptom.startswith(_SILENT)}
    return bool(fields) and fields <= _MILD


def _is_honest(symptom: str, count: int, mild: int, batch: BatchContext) -> bool:
    """Whether this many readings with one symptom, compared with those without, can be chance and editing."""
    if symptom.startswith(_NEW):
        name = symptom.removeprefix(_NEW + "no ")
        share = 1 - batch.usual.share(name) if name in FIELDS else 1 - NEARLY_ALWAYS
        return batch.sound >= SOUND_NEEDED - 2 and count <= 1 + 2 * share * (count + batch.sound)
    known = batch.quarantined.get(symptom, 0)
    if symptom.startswith(_SILENT):
        is_most = mild >= MANY_MILD and mild > batch.confirmed
        is_mild = symptom.removeprefix(_SILENT) in _MILD and (is_most or count + known >= VERY_MANY)
        return not is_mild and (count < MANY or count <= 3 * batch.confirmed)
    count += known
    if symptom in GRAVE:
        return batch.sound >= SOUND_NEEDED and count == 1
    return count == 1 or batch.sound >= (RARE if count > 2 else SOUND_NEEDED) * count


def _missing_usual_fields(reading: Article, usual: Readings) -> Iterable[str]:
    """Fields that the site nearly always fills and this new article lacks; a text far shorter than the site's usual one."""
    if usual.count < ENOUGH_REVISIONS:
        return
    for name in FIELDS:
        if usual.share(name) >= NEARLY_ALWAYS and not getattr(reading, name):
            yield f"no {name}"
    if reading.kind is Kind.ARTICLE and usual.body_chars and 0 < len(reading.body) < BRIEF * usual.body_chars:
        yield "short body"


def _lost_fields(before: Article, reading: Article) -> Iterable[str]:
    for name in ("headline", "description", "authors"):
        if getattr(before, name) and not getattr(reading, name):
            yield f"lost {name}"
    if _captions(before) and not _captions(reading):
        yield "lost captions"


def _body(before: Article, reading: Article) -> Iterable[str]:
    """Changes of the text's length. Live blogs replace their posts, so they are not judged."""
    old, new = len(before.body), len(reading.body)
    if Kind.LIVE in (before.kind, reading.kind) or not old:
        return
    if not new:
        yield "lost body"
    elif old >= ENOUGH_TEXT and new < SHRUNK * old:
        yield "shrunk body"
    elif old >= LONG_TEXT and new > SWOLLEN * old:
        yield "swollen body"
    elif old >= ENOUGH_TEXT and before.headline == reading.headline and _words_kept(before.body, reading.body) < KEPT:
        yield "other body"


def _words_kept(old: str, new: str) -> float:
    words, there = Counter(old.split()), Counter(new.split())
    return (words & there).total() / max(words.total(), 1)


def _title_words(article: Article) -> set[str]:
    """Words of the headline; in scripts without spaces it is compared as a whole."""
    words = (article.headline or "").casefold().split()
    return {word for word in words if len(word) > 3} or set(words)


def _captions(article: Article) -> bool:
    return any(image.caption or image.credit for image in article.images)


def _lines(article: Article) -> frozenset[str]:
    """Every line that can be edited, except names."""
    heads = (article.headline, article.description)
    captions = (part for image in article.images for part in (image.caption, image.credit))
    return frozenset(line for line in (*heads, *paragraphs(article.body), *captions) if line)

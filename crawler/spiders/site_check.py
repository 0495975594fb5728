"""The check of a site's definition: robots.txt, each source, a few articles as read; and the faults found.

Pure except for the types: responses in, findings out. `crawler.spiders.run` makes the requests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches

from crawler.catalogue.site import Site
from crawler.crawl.robots_txt import RobotsRules
from crawler.discovery.proposal import needs_script
from crawler.extraction.families import FAMILIES
from pipelines.article import Article, Fetch, Kind
from pipelines.queries.health import Finding, is_ill
from pipelines.reasons import Skipped
from pipelines.store.crawls import Source
from pipelines.store.rows import Row

ARTICLES = 3
"""Articles that are read. More: more certain, and slower at a site that asks for long gaps."""
NEEDS_SCRIPT = "shows its text only when its scripts have run, and they are not run here: its feeds may hold the text"
SITEMAPS = 4
"""Sitemaps that are read, the newest first: enough to see that they list articles."""


@dataclass(frozen=True, slots=True)
class RobotsCheck:
    """The rules for us in robots.txt of the site's own host."""

    allows: bool
    """Whether the front page may be fetched."""
    delay_seconds: float | None = None
    sitemaps: tuple[str, ...] = ()
    unreadable: str | None = None


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """The result of a feed, sitemap or section page."""

    url: str
    kind: str
    status: int | None
    named: int
    """Number of articles in it."""
    problem: str | None
    is_defined: bool
    """False: found through robots.txt or an index of sitemaps, or in a usual place."""


@dataclass(frozen=True, slots=True)
class ArticleCheck:
    """One article as it reads now; `problem`: why it does not."""

    url: str
    kind: str | None = None
    headline: str | None = None
    date_published: str | None = None
    byline: str | None = None
    authors: tuple[str, ...] = ()
    body_chars: int = 0
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class SiteCheck:
    """One site's results, and the findings."""

    site_id: str
    robots: RobotsCheck | None = None
    sources: tuple[SourceCheck, ...] = ()
    articles: tuple[ArticleCheck, ...] = ()
    findings: tuple[Finding, ...] = ()
    """The most serious first; those that are not `ill` are warnings, and pass."""
    requests: int = 0

    @property
    def passes(self) -> bool:
        """Whether the site may be enabled."""
        return not is_ill(self.findings)

    def as_row(self) -> Row:
        values = asdict(self)
        return {"site": values.pop("site_id"), "passes": self.passes, **values}


def failed(site: Site, code: str, text: str) -> SiteCheck:
    return SiteCheck(site.id, findings=(Finding(code, text),))


@dataclass(frozen=True, slots=True)
class Answers:
    """The responses that a spider received from sources and a few articles."""

    rules: RobotsRules | None
    sources: Sequence[Source]
    items: Sequence[object]
    """Articles and fetches, in the order of the responses."""
    planned: int
    """Number of planned articles."""
    skipped: Mapping[str, int]
    """Number of skipped ones, by reason."""
    requests: int


def judge_answers(site: Site, answers: Answers) -> SiteCheck:
    robots = robots_check(site, answers.rules)
    defined = {*site.feeds, *site.sitemaps, *site.sections}
    sources = tuple(
        SourceCheck(one.url, one.kind, one.status, one.candidates, one.problem, one.url in defined) for one in answers.sources
    )
    articles = tuple(article_check(item) for item in answers.items if isinstance(item, Article | Fetch))
    found = (
        *_platform_findings(site),
        *_robots_findings(site, robots),
        *_source_findings(answers, sources),
        *(_article_findings(articles) if articles else ()),
    )
    findings = tuple(sorted(found, key=lambda finding: not finding.ill))
    return SiteCheck(site.id, robots, sources, articles, findings, answers.requests)


def robots_check(site: Site, rules: RobotsRules | None) -> RobotsCheck | None:
    """The rules of a site's own host; None if they were never read."""
    if rules is None:
        return None
    if rules.unreadable:
        return RobotsCheck(allows=False, unreadable=rules.unreadable.text)
    return RobotsCheck(rules.parser.can_fetch(site.url, "*"), rules.delay_seconds, rules.sitemaps)


def article_check(item: Article | Fetch) -> ArticleCheck:
    fetch = item if isinstance(item, Fetch) else item.fetch
    page = fetch.payload if fetch else None
    if page and not (isinstance(item, Article) and item.body) and needs_script(page.body, page.content_type):
        return ArticleCheck(item.url, problem=NEEDS_SCRIPT)
    if isinstance(item, Fetch) or item.kind is Kind.NOT_ARTICLE:
        return ArticleCheck(item.url, problem=item.reason or "no article")
    stamp = item.date_published
    return ArticleCheck(item.url, item.kind, item.headline, stamp.isoformat() if stamp else None, item.byline,
                        tuple(author.name for author in item.authors), len(item.body))  # fmt: skip


def _platform_findings(site: Site) -> Iterator[Finding]:
    """Most platforms have no code of their own, so an unknown name is no fault, unless it is similar to a known one."""
    names = [family.name for family in FAMILIES]
    near = get_close_matches(site.platform, names, n=1, cutoff=0.8)
    if near and site.platform not in names:
        yield Finding("platform", f"platform {site.platform!r} has no rules of its own; {near[0]!r} has", ill=False)


def _robots_findings(site: Site, robots: RobotsCheck | None) -> Iterator[Finding]:
    if robots is None:
        return
    if robots.unreadable:
        yield Finding("robots_unreadable", f"robots.txt could not be read, so nothing may be asked: {robots.unreadable}")
    elif not robots.allows:
        yield Finding("robots_forbids", "robots.txt keeps us from the front page", ill=False)
    if robots.delay_seconds and robots.delay_seconds > site.delay_seconds:
        text = f"robots.txt asks for {robots.delay_seconds:g} s between two requests, the definition says {site.delay_seconds:g}"
        yield Finding("longer_delay", text, ill=False)


def _source_findings(answers: Answers, sources: tuple[SourceCheck, ...]) -> Iterator[Finding]:
    for source in sources:
        if source.problem and source.is_defined:
            yield Finding("source", f"{source.url}: {source.problem}")
    named = sum(source.named for source in sources)
    if not named:
        reason = next((f": {source.url}: {source.problem}" for source in sources if source.problem), "")
        yield Finding("nothing_named", f"no source names an article{reason}")
    left = answers.skipped.get(Skipped.NOT_ARTICLE_URL, 0)
    if named and not answers.planned:
        why = ", ".join(f"{count} {code}" for code, count in answers.skipped.items())
        yield Finding("nothing_wanted", f"none of the {named} addresses that sources name is taken for an article: {why}")
    elif left > named / 2:
        yield Finding("article_url", f"article_url is not found in {left} of the {named} addresses that sources name", ill=False)


def _article_findings(articles: tuple[ArticleCheck, ...]) -> Iterator[Finding]:
    read = [one for one in articles if not one.problem]
    for one in articles:
        if one.problem:
            yield Finding("page", f"{one.url}: {one.problem}", ill=not read)
    for code, what, lacking in (
        ("no_text", "text", [one for one in read if not one.body_chars and one.kind == Kind.ARTICLE]),
        ("no_date", "date of publication", [one for one in read if not one.date_published]),
        ("no_byline", "byline", [one for one in read if not one.byline]),
    ):
        if lacking:
            count = (
                f"none of the {len(read)} articles has"
                if len(lacking) == len(read)
                else f"{len(lacking)} of {len(read)} articles lack"
            )
            yield Finding(code, f"{count} a {what}", ill=len(lacking) == len(read) and code != "no_byline")

"""Why a URL was or was not fetched, and when it is fetched next: the knowledge of store and catalogue, as sentences.

Pure: a URL report, the sites and their last crawls in, reasons out, the most important first. It runs the frontier's
`plan_requests` rather than repeat its rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crawler.catalogue.site import Site, host_of
from crawler.discovery.candidate import Candidate, SourceKind
from crawler.discovery.frontier import MAX_RETRIES, plan_requests
from pipelines.article import Outcome
from pipelines.history.edit_rates import EditRateModel, Traits
from pipelines.history.revisions import State
from pipelines.history.revisit import DEFAULT_RECHECK, dead_end_next, next_check, price_of
from pipelines.history.validators import ValidatorTrust
from pipelines.queries.url_report import Trace
from pipelines.reasons import Skipped, skipped_sentence
from pipelines.store.crawls.snapshot import LastAttempt, SiteSnapshot
from pipelines.store.database import Row
from pipelines.store.rows import humanize, instant_of, moment, span, traits_of
from pipelines.store.statistics import host_of as host_by_trust
from pipelines.text.urls import article_key, canonicalize

SITES_NAMED = 5
"""Titles of one owner may share a host by the dozen; only this many are named."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence, and its code for programs."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class UrlFacts:
    """The facts about a URL, from the ledger (`trace`, `crawls`, `sources` by site) and the catalogue (`sites`)."""

    trace: Trace
    sites: tuple[Site, ...] = ()
    """Sites to which the URL may belong; see `sites_of`."""
    crawls: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    sources: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    edit_rates: Mapping[str, EditRateModel] = field(default_factory=dict)
    """By site."""
    trust: Mapping[str, ValidatorTrust] = field(default_factory=dict)
    """By host, as in `learning.host_of`."""


def sites_of(url: str, article: Row | None, catalogue: Iterable[Site]) -> tuple[Site, ...]:
    """The sites to which a URL may belong: the article's own, then those with the same host whose `article_url` accepts it."""
    found = [site for site in catalogue if site.same_site(url) or (article and site.id == article["site_id"])]

    def nearest_first(site: Site) -> tuple[bool, bool, bool, bool]:
        keeps = bool(article) and site.id == (article or {})["site_id"]
        return (not keeps, site.host != host_of(url), site.looks_like_article(url) is not True, not site.enabled)

    return tuple(sorted(found, key=nearest_first))


def reasons(facts: UrlFacts, now: datetime) -> tuple[Reason, ...]:
    """Every reason, the most important first."""
    if canonicalize(facts.trace.url) is None:
        return (Reason("no_address", "This is no http or https address that could be asked for."),)
    if facts.trace.article:
        return tuple(_article(facts, facts.trace.article, now))
    return (*_dead_ends(facts, now), *_not_stored(facts, now))


# --- an article we know ------------------------------------------------------------------------------------------------


def _article(facts: UrlFacts, article: Row, now: datetime) -> Iterator[Reason]:
    trace, latest = facts.trace, facts.trace.latest or {}
    if article_key(article["url"]) == article_key(trace.url):
        headline = "its text was withdrawn" if trace.withdrawn else latest.get("headline")
        yield Reason("known", f"It is an article of {article['site_id']}, {article['state']}: {headline!s}")
    else:
        why = f" ({trace.alias})" if trace.alias else ""
        yield Reason("alias", f"It leads{why} to an article of {article['site_id']}, {article['state']}, at {article['url']}")
    if trace.withdrawn:
        yield Reason("withdrawn", f"It was {trace.withdrawn}. It is never asked for again, and no look may bring its text back.")
        yield from _last_fetches(trace, now)
        return
    yield from _owning_site(facts, article)
    if article["state"] == State.MOVED:
        yield Reason("moved", f"That address leads to {trace.moved_to} now; the old one is not looked at again.")
    else:
        yield from _next_fetch(facts, article, now)
    yield from _last_fetches(trace, now)
    yield from _validator_trust(facts, article, now)
    if article["suspected_since"]:
        since = humanize(article["suspected_since"], now)
        yield Reason("missing", f"It has been missing since {since}, in {article['suspected_looks']} looks.")
    if trace.changed and latest:
        changed = humanize(moment(trace.changed), now)
        yield Reason("changed", f"It changed last {changed}; revision {latest['number']} ({latest['change']}).")
    for site in facts.sites[:1]:
        if site.id == article["site_id"]:
            yield from _last_crawl(facts, site, now)


def _next_fetch(facts: UrlFacts, article: Row, now: datetime) -> Iterator[Reason]:
    trace = facts.trace
    if not article["next_check"]:
        yield Reason("never_again", "It is never looked at again by itself; `newsledger crawl URL` does.")
        return
    if trace.reserved:
        fetches = int(trace.reserved["looks"])
        next_time = moment(dead_end_next(Outcome.RESERVED, fetches, instant_of(trace.reserved["fetched"])))
        why = f"It is reserved, and has not been read in {fetches} looks: {trace.reserved['reason']}."
        yield Reason("reserved", f"{why} It is asked for from {humanize(next_time, now)} on, whatever its sources claim.")
        return
    due = instant_of(article["next_check"]) <= now
    text = humanize(article["next_check"], now)
    text = f"due since {text}: the next crawl looks" if due else text
    yield Reason("due" if due else "next_look", f"Next look: {text}.")
    since = instant_of(article["suspected_since"]) if article["suspected_since"] else trace.changed
    if since is None:
        return
    outcome = Outcome(trace.looks[0]["outcome"]) if trace.looks else Outcome.UNCHANGED
    checked = instant_of(article["last_checked"])
    cheap = facts.trust.get(host_by_trust(article["url"]), ValidatorTrust()).is_good(now)
    edit_rates = facts.edit_rates.get(article["site_id"], EditRateModel())
    site = next((site for site in facts.sites if site.id == article["site_id"]), None)
    price = price_of(site.recheck if site else DEFAULT_RECHECK, cheap=cheap)
    traits = traits_of(article, trace.changed or since, (trace.latest or {}).get("section"))
    following = next_check(outcome, State(article["state"]), since, checked, traits, edit_rates, price=price)
    if following:
        what = "missing" if article["suspected_since"] else "unchanged"
        step = f"after a look at an article {what} for {span(checked - since)} the next comes {span(following - checked)} later"
        yield Reason("ladder", f"The ladder says: {step}. A source that claims a change brings it sooner.")
    if not article["suspected_since"]:
        yield _expected_edits(edit_rates, traits, since, checked, now, price)
    if due:
        yield from _missed_recheck(facts, article)


def _expected_edits(
    edit_rates: EditRateModel, traits: Traits, since: datetime, checked: datetime, now: datetime, price: float
) -> Reason:
    """The expected edits of an article, and what a fetch of it must be worth."""
    hourly = edit_rates.expected(now - since, timedelta(hours=1), traits)
    unseen = edit_rates.expected(checked - since, now - checked, traits)
    lost = edit_rates.worth(checked - since, traits).after(max((now - checked) / timedelta(hours=1), 0.01))
    once_in = span(timedelta(hours=1 / max(hourly, 1e-9)))
    text = (f"Articles like it are edited without notice about once in {once_in} at this age; since the last look {unseen:.2f} "
            f"such edits are expected. A look is worth it when waiting longer would lose one edit in "
            f"{1 / price:,.0f} articles; now it would lose {lost / price:.0%} of that.")  # fmt: skip
    return Reason("worth", text)


def _missed_recheck(facts: UrlFacts, article: Row) -> Iterator[Reason]:
    """A recheck that was due before the last crawl began, and was not made in it."""
    crawls = [crawl for crawl in facts.crawls.get(article["site_id"], ()) if crawl["started"]]
    put_off = ((crawls[0]["counts"].get("skipped") or {}) if crawls else {}).get(Skipped.RECHECK_BUDGET)
    if put_off and article["next_check"] <= crawls[0]["started"] and article["last_checked"] < crawls[0]["started"]:
        text = f"It was one of {put_off} looks that the last crawl put off: the hour's rechecks were spent (recheck_per_hour)."
        order = "The likeliest to find an edit go first, and of each twenty one that has waited longest."
        yield Reason("put_off", f"{text} {order}")


def _validator_trust(facts: UrlFacts, article: Row, now: datetime) -> Iterator[Reason]:
    """How far the host's "not modified" is trusted."""
    host = host_by_trust(article["url"])
    trust = facts.trust.get(host)
    if trust is None:
        return
    if trust.lost and trust.until and trust.until > now:
        what = f"{host} was found vouching for a text that had changed {humanize(moment(trust.lost), now)} ({trust.lost_url})"
        until = humanize(moment(trust.until), now)
        yield Reason("distrusted", f"{what}: its 304s are not trusted, and pages are asked for in full, until {until}.")
        return
    one_in = trust.one_in(now)
    before = f"; it was found lying {trust.losses} times, last {humanize(moment(trust.lost), now)}" if trust.lost else ""
    how = "all looks are still made in full" if one_in == 1 else f"one look in {one_in} is made in full all the same"
    yield Reason("trust", f"{host} has been found true {trust.passed} times when it vouched for a page: {how}{before}.")


def _last_fetches(trace: Trace, now: datetime) -> Iterator[Reason]:
    for position, fetch in enumerate(trace.looks):
        status = f", status {fetch['status']}" if fetch["status"] else ", no answer"
        why = f": {fetch['reason']}" if fetch["reason"] else ""
        directives = "".join(f"; {name} says {fetch[name]}" for name in ("robots", "tdm") if fetch[name])
        name = "Last look" if position == 0 else "Before it"
        yield Reason("look", f"{name} {humanize(fetch['fetched'], now)}: {fetch['outcome']}{status}{why}{directives}.")


def _owning_site(facts: UrlFacts, article: Row) -> Iterator[Reason]:
    """The catalogue's information about the site of an article."""
    site = next((site for site in facts.sites if site.id == article["site_id"]), None)
    if site is None:
        text = f"{article['site_id']} is in no catalogue given here, so no crawl looks at its articles."
        yield Reason("site_unknown", text)
    elif not site.enabled:
        yield Reason("site_off", f"{site.id} is switched off: only `newsledger crawl {site.id}` looks at its articles.")
    others = [
        one.id for one in facts.sites if one.id != article["site_id"] and one.looks_like_article(article["url"]) is not False
    ]
    if others:
        text = f"Crawls of {_names(others)} pass it over where a source names it: kept by another site."
        yield Reason("kept_elsewhere", text)


# --- a URL that led to no article, or that nobody asked for ------------------------------------------------------------


def _dead_ends(facts: UrlFacts, now: datetime) -> Iterator[Reason]:
    for row in sorted(facts.trace.dead_ends, key=lambda row: str(row["fetched"]), reverse=True):
        outcome, fetches = Outcome(row["outcome"]), int(row["looks"])
        whose = f"a crawl of {row['site_id']}" if row["site_id"] else "an import"
        why = f": {row['reason']}" if row["reason"] else ""
        times = "one look" if fetches == 1 else f"{fetches} looks"
        text = f"It led to no article when {whose} met it {humanize(row['fetched'], now)}: {outcome}{why} ({times})."
        yield Reason("dead_end", text)
        if row["site_id"]:
            yield _retry(outcome, fetches, instant_of(row["fetched"]), now)
    if facts.trace.dead_ends:
        yield from _last_fetches(facts.trace, now)


def _retry(outcome: Outcome, fetches: int, last: datetime, now: datetime) -> Reason:
    following = dead_end_next(outcome, fetches, last)
    when = f"from {humanize(moment(following), now)} on" if following > now else "at the next crawl"
    if outcome is Outcome.ERROR and fetches <= MAX_RETRIES:
        return Reason("tried_again", f"It is asked for again {when}.")
    return Reason("tried_again", f"It is asked for again {when}, if a source still names it.")


def _not_stored(facts: UrlFacts, now: datetime) -> Iterator[Reason]:
    url, was_fetched = facts.trace.url, bool(facts.trace.dead_ends)
    if not facts.sites:
        text = (
            f"No site of the catalogue has the host {host_of(url)}. A [[site]] table for it, and a crawl, would have it fetched."
        )
        yield Reason("no_site", text)
        return
    if not was_fetched:
        yield Reason("never_asked", f"No crawl of {_names([site.id for site in facts.sites])} has ever asked for it.")
    for site in facts.sites[:SITES_NAMED]:
        if not site.enabled:
            yield Reason("site_off", f"{site.id} is switched off: only `newsledger crawl {site.id}` crawls it.")
        yield from _outcome_if_listed(facts, site, now)
        yield from _last_crawl(facts, site, now)
        yield from _silent_sources(facts, site)
    if len(facts.sites) > SITES_NAMED:
        yield Reason("more_sites", f"{len(facts.sites) - SITES_NAMED} more sites of the catalogue share its host.")


def _outcome_if_listed(facts: UrlFacts, site: Site, now: datetime) -> Iterator[Reason]:
    """What a crawl of the site would do if a source listed the URL now: by running `plan_requests`."""
    url = facts.trace.url
    if site.looks_like_article(url) is False:
        text = (f"{site.id}'s article_url does not accept it: sitemaps and section pages may name it in vain. "
                "A feed that names it, or `newsledger crawl URL`, would have it fetched.")  # fmt: skip
        yield Reason("not_accepted", text)
        return
    snapshot = SiteSnapshot(dead_ends={article_key(url): fetch for fetch in _attempts(facts.trace, site)})
    plan = plan_requests((Candidate(url, SourceKind.SITEMAP),), snapshot, site, now)
    for code in plan.skipped:
        yield Reason("passed_over", f"A crawl of {site.id} would pass it over now: {skipped_sentence(code)}.")
    if not plan.skipped:
        yield Reason("would_be_asked", f"A crawl of {site.id} would ask for it if one of the site's sources named it.")


def _attempts(trace: Trace, site: Site) -> Iterator[LastAttempt]:
    for row in trace.dead_ends:
        if row["site_id"] == site.id:
            yield LastAttempt(row["url"], instant_of(row["fetched"]), Outcome(row["outcome"]), row["looks"])


# --- its site ----------------------------------------------------------------------------------------------------------


def _last_crawl(facts: UrlFacts, site: Site, now: datetime) -> Iterator[Reason]:
    crawls = facts.crawls.get(site.id, ())
    if crawls and not crawls[0]["started"]:
        planned, why = crawls[0], crawls[0]["reason"] or "nobody knows why"
        when = f" planned for {humanize(planned['planned'], now)}" if planned["planned"] else ""
        yield Reason("not_begun", f"The last start of {site.id}{when} was {planned['outcome']}: {why}.")
    last = next((crawl for crawl in crawls if crawl["started"]), None)
    if last is None:
        yield Reason("never_crawled", f"{site.id} has never been crawled.")
        return
    when = humanize(last["started"], now)
    why = f": {last['reason']}" if last["reason"] else ""
    text = f"The last crawl of {site.id} began {when}: {last['outcome']}{why}; its sources named {last['candidates']} URLs"
    skipped = last["counts"].get("skipped") or {}
    if skipped:
        listed = ", ".join(f"{n} {skipped_sentence(code)}" for code, n in sorted(skipped.items(), key=lambda item: -item[1]))
        text += f", of which it passed over {listed}"
    yield Reason("last_crawl", text + ".")
    over = skipped.get(Skipped.CRAWL_LIMIT)
    if over:
        text = f"It may be one of the {over} over the limit; the next crawl asks for more of them, newest first."
        yield Reason("over_limit", text)


def _silent_sources(facts: UrlFacts, site: Site) -> Iterator[Reason]:
    read = facts.sources.get(site.id, ())
    silent = [source for source in read if source["problem"] or source["status"] not in (200, 304)]
    if silent:
        why = (source["problem"] or source["status"] or "no answer" for source in silent)
        named = ", ".join(f"{source['url']} ({reason})" for source, reason in zip(silent[:SITES_NAMED], why, strict=False))
        yield Reason("source_silent", f"Sources of {site.id} that named nothing the last time: {named}.")


def _names(ids: list[str]) -> str:
    more = f" and {len(ids) - SITES_NAMED} more" if len(ids) > SITES_NAMED else ""
    return ", ".join(ids[:SITES_NAMED]) + more

"""Papers side by side: what each published and edited in the same period, openly or silently, and what each made of shared copy.

/compare?site=one&site=other&since=2025-05-01&until=2025-05-31      the last 30 days if no period is given
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from statistics import median
from typing import Any

from pipelines import stories
from pipelines.queries import activity
from pipelines.queries.questions import DEFAULT_DAYS, answer
from pipelines.queries.results import row_of
from viewer import charts, labels
from viewer.downloads import download
from viewer.filters import wanted
from viewer.http import Request, Response
from viewer.rendering import page, refusal
from viewer.repository import Repository

MAX_SITES = 6
"""Papers that fit side by side."""
DELAYS = 500
"""Latest edits of which the median delay is computed."""
STORIES = 20
"""Listed stories that all of the papers carried."""
QUESTION = "papers"
"""Name of the cookbook's question: how papers treat the copy that they share."""
SHARED = ("as_source", "minutes_behind", "percent_kept")
MEASURES = {
    "new": "Articles first seen",
    "edits": "Edits",
    "silent": "Edited without telling",
    "silent_share": "Share of edits without telling",
    "median_delay": "Median time to an edit",
    "shared": "Articles that others carry too",
    "as_source": "Had it first, or whole",
    "minutes_behind": "Behind the first paper",
    "percent_kept": "Of the source kept",
}


def respond(request: Request, ledger: Repository, root: str) -> Response:
    asked = wanted(request.query_string)
    if len(asked.sites) > MAX_SITES:
        return refusal(400, f"No more than {MAX_SITES} papers fit beside each other.", root)
    since = asked.since or (ledger.now - timedelta(days=DEFAULT_DAYS)).date().isoformat()
    until = asked.until or ledger.now.date().isoformat()
    names = activity.site_names(ledger.store)
    _, rows = answer(ledger.store, QUESTION, {"since": since}, ledger.now) if asked.sites else ((), [])
    shared = {row["site_id"]: row for row in rows}
    papers = [{"site_id": site, "name": names[site], **paper(ledger, site, since, until),
               "shared": shared.get(site, {}).get("articles", 0), **{name: shared.get(site, {}).get(name) for name in SHARED}}
              for site in asked.sites]  # fmt: skip
    if request.form:
        return download(request.form, "compare", ("site_id", "name", *MEASURES), papers)
    asked = replace(asked, since=since, until=until)
    together = stories.carried_by_all(ledger.store, asked.sites, since, until, STORIES + 1) if len(papers) > 1 else []
    return page(
        "compare.html",
        root,
        asked=asked,
        query=asked.query(),
        names=names,
        papers=papers,
        measures=MEASURES,
        drawn=chart(papers),
        together=together[:STORIES],
        has_more_stories=len(together) > STORIES,
        max_sites=MAX_SITES,
    )


def paper(ledger: Repository, site: str, since: str, until: str) -> dict[str, Any]:
    days = [row_of(day) for day in activity.days(ledger.store, site, since[:10], until[:10])]
    sums = {kind: sum(day[kind] for day in days) for kind in ("new", "updated", "silent", "restamped", "reverted", "restored")}
    edits = sum(sums[kind] for kind in ("updated", "silent", "reverted", "restored"))
    delays = activity.delays(ledger.store, site, DELAYS)
    return sums | {
        "edits": edits,
        "silent_share": round(sums["silent"] / edits, 3) if edits else None,
        "median_delay": int(median(delays)) if delays else None,
    }


def chart(papers: list[dict[str, Any]]) -> charts.Chart:
    """New articles and edits, one row per paper."""
    rows = [(one["name"], (one["new"], one["updated"], one["silent"], one["reverted"] + one["restored"])) for one in papers]
    summary = f"{labels.counted(len(papers), 'paper')}, in the same time."
    return charts.bars("Articles and edits", summary, ("paper", *charts.SERIES), rows, charts.LEGEND)

"""`newsledger health`"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import click
from rich.text import Text

from crawler.cluster import cluster_problems
from crawler.commands import (
    SettingOption,
    archive_by_settings,
    db_option,
    json_option,
    load_catalogue,
    now,
    open_ledger,
    options,
    sites_option,
)
from crawler.commands.cluster import redis_option, status_reader_of
from crawler.commands.console import console, echo, print_json, table, when, word
from crawler.commands.operate.monitoring import judged_plan
from crawler.monitoring.monitor import plan_problem
from crawler.monitoring.state_files import read_heartbeat
from crawler.warc.holdings import absence_anywhere
from pipelines.history.anomalies import FIELDS
from pipelines.queries.health import Finding, HealthMetrics, is_ill, judge
from pipelines.queries.health_metrics import health_metrics
from pipelines.queries.missed import MissedEdits, missed_by_site
from pipelines.store.rows import span

MOST_WELL = 20
"""Well sites that are printed; if there are more, only their number is."""
MOST_NAMED = 5
"""Sites that are named of those that no crawl has begun of."""
Judged = list[tuple[HealthMetrics, tuple[Finding, ...]]]


@click.command("health")
@click.option("--site", metavar="ID", help="Only this site, enabled or not.")
@click.option("--max-age", "max_age_hours", cls=SettingOption, setting="max_age", metavar="HOURS",
              help="A site whose last success is older is ill.")  # fmt: skip
@click.option("--ill", "only_ill", is_flag=True, help="Print only sites that are ill.")
@click.option("--all", "every", is_flag=True, help="Print healthy sites too, however many there are.")
@click.option(
    "--schedule", "of_schedule", is_flag=True, help="Check that the schedule is alive, instead of the sites: for supervisors."
)
@options(redis_option, db_option, sites_option, json_option)
def command(site: str | None, max_age_hours: float, only_ill: bool, every: bool, of_schedule: bool, redis: str, db: str,
            sites_path: Path | None, as_json: bool) -> None:  # fmt: skip
    """Check every site against its own history; exit code 1 if one is ill.

    Reads the ledger, and of a cluster its Redis, so it tells the truth when nothing runs. Sites that nobody is to crawl, because
    the catalogue has switched them off or has them no more, are left out.
    """
    if of_schedule:
        _check_schedule(db, as_json)
        return
    plan = judged_plan(db, sites_path, now())
    if plan is None and not site:
        load_catalogue(sites_path)  # raises the error that says what is wrong
    on = {*(plan.sites if plan else ()), site}
    max_age = timedelta(hours=max_age_hours)
    with open_ledger(db) as store:
        absent = None if site else absence_anywhere(archive_by_settings(db), store)
        metrics = list(health_metrics(store, now(), site))
        missed = missed_by_site(store, site)
    if site and not metrics:
        raise click.UsageError(f"the ledger has no site {site!r}")
    judged = [(one, judge(one, max_age)) for one in metrics if one.site_id in on]
    read_status = status_reader_of("" if site else redis)
    problem = cluster_problems(read_status()) if read_status else {}
    shown = [one for one in judged if is_ill(one[1]) or not only_ill]
    if as_json:
        print_json([_facts(one, findings, missed.get(one.site_id)) for one, findings in shown])
    else:
        folded = [] if every else [one for one in shown if not one[1]]
        folded = folded if len(folded) > MOST_WELL else []
        _print([one for one in shown if one not in folded], len(judged), len(metrics) - len(judged), len(folded), missed)
    never = sorted(set(plan.sites) - {one.site_id for one in metrics}) if plan and metrics and not site else []
    if 0 < len(never) <= len(metrics) and not as_json:  # else who crawls some titles of the catalogue would see all others
        more = f" and {len(never) - MOST_NAMED} more" if len(never) > MOST_NAMED else ""
        echo(f"never crawled, though enabled: {', '.join(never[:MOST_NAMED])}{more}")
    for text in problem.values():
        echo(f"cluster: {text}", err=as_json)
    if plan and plan.problem and not site:
        echo(f"catalogue: {plan_problem(plan)}", err=as_json)
        problem["catalogue"] = plan.problem
    if absent:
        echo(absent, err=as_json)
        problem["archive"] = absent
    if problem or any(is_ill(findings) for _, findings in judged):
        raise SystemExit(1)


def _check_schedule(db: str, as_json: bool) -> None:
    """Check the schedule by the heartbeat file beside the ledger; ill sites do not count."""
    heartbeat = read_heartbeat(db)
    alive = heartbeat is not None and heartbeat.fresh(now())
    if as_json:
        print_json({"alive": alive, "beat": asdict(heartbeat) if heartbeat else None})
    elif heartbeat is None:
        echo("no schedule has ever run here")
    else:
        state = f"{heartbeat.sites} sites, {heartbeat.running} crawls running, {heartbeat.queued} waiting"
        state += f"; the largest took {heartbeat.peak / 1e6:.0f} MB" if heartbeat.peak else ""
        echo(f"{'alive' if alive else 'dead'}; last sign of life {heartbeat.at}: {state}")
    if not alive:
        raise SystemExit(1)


def _print(shown: Judged, judged: int, left_out: int, folded: int, missed: Mapping[str, MissedEdits]) -> None:
    out = console()
    columns = (
        "site",
        "health",
        "last success",
        "age",
        "last crawl",
        "new in a day",
        "usually",
        *FIELDS,
        "median body",
        "usual body",
        "missed",
    )
    if shown:
        out.print(table(columns, [(*_row(one, findings), str(missed.get(one.site_id, ""))) for one, findings in shown]))
    ill = [(one, findings) for one, findings in shown if is_ill(findings)]
    for one, findings in ill:
        out.print(f"\n{one.site_id}", style="bold")
        for finding in findings:
            out.print(f"  {finding.text}")
    if folded:
        out.print(f"\n{folded} sites are well; --all prints them")
    if left_out:
        out.print(f"\n{left_out} more in the ledger, switched off or in no catalogue, and not judged")
    out.print(f"\n{judged} sites, {len(ill)} ill" if judged or left_out else "No site has been crawled into this ledger yet.")


def _row(one: HealthMetrics, findings: tuple[Finding, ...]) -> tuple[object, ...]:
    if is_ill(findings):
        health = Text("ill", style="bold red")
    else:
        unsaid = {"retired": "retired", "paused": "paused", "imported": "imported"}.get(findings[0].code if findings else "")
        unsaid = unsaid or "too little to tell"
        health = Text(unsaid, style="dim") if findings else Text("well", style="green")
    usual = one.usual_articles
    return (
        one.site_id, health, when(one.last_success), span(one.success_age) if one.success_age is not None else "",
        word(one.last_outcome), one.articles_last_day, "" if usual is None else f"{usual:.0f}",
        *(f"{one.recent.share(name):.0%}" if one.recent.count else "" for name in FIELDS),
        *("" if chars is None else f"{chars:.0f}" for chars in (one.recent.body_chars, one.baseline.body_chars)),
    )  # fmt: skip


def _facts(one: HealthMetrics, findings: tuple[Finding, ...], missed: MissedEdits | None) -> dict[str, object]:
    age = one.success_age.total_seconds() if one.success_age is not None else None
    facts = {
        **asdict(one),
        "success_age": age,
        "usual_articles": one.usual_articles,
        "resumed_age": one.resumed_age.total_seconds() if one.resumed_age is not None else None,
        "missed": asdict(missed) if missed else None,
    }
    return {"site": one.site_id, "ill": is_ill(findings), "findings": [asdict(finding) for finding in findings], **facts}

"""Metrics: what is exposed is what is documented, well named, and true."""

from __future__ import annotations

import re
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

pytest.importorskip("prometheus_client", reason="the extra `metrics` is not installed")
from prometheus_client.parser import text_string_to_metric_families

from crawler.cli import main
from crawler.monitoring.collector import Measurement, MeasurementReader
from crawler.monitoring.exporter import render
from crawler.monitoring.metrics import FAMILIES, MetricFamily, MetricKind, samples
from crawler.monitoring.state_files import write_heartbeat
from pipelines.reasons import CodedReason, CrawlReason
from pipelines.store.crawls import CrawlOutcome, finish_crawl, note_crawl, put_sites
from pipelines.store.database import Store
from pipelines.store.rows import moment
from tests.crawler.processes import site_table
from tests.factories import article, at, new_ledger, new_store
from tests.table import table

ROOT = Path(__file__).resolve().parents[3]
DOCUMENTED = re.compile(r"^\| `(newsledger_\w+)` \| (\w+) \|([^|]*)\| ([^|]+) \|$", re.MULTILINE)
DAY = timedelta(hours=24)


def every(_: str) -> bool:
    return True


def filled(folder: Path) -> str:
    """A ledger with something of everything: a site that is well, one whose host is closed, one never crawled."""
    with new_store(folder) as store:
        put_sites(store, [{"id": "shut", "name": "Shut", "url": "https://shut.example/"}])
        put_sites(store, [{"id": "new", "name": "New", "url": "https://new.example/"}])
        for minute in range(3):
            new_ledger(store).record(article(f"Text {minute}.", seen=minute, modified=minute))
            crawl = store.value("SELECT max(id) FROM crawls")
            finish_crawl(store, crawl, CrawlOutcome.FINISHED, at(minute + 1), requests=3, skipped={"recheck_budget": 1})
        new_ledger(store, "shut")
        why = CodedReason(CrawlReason.HOST_SUSPENDED, "shut.example refused 5 times (status 403): nothing more is asked of it")
        finish_crawl(store, store.value("SELECT max(id) FROM crawls"), CrawlOutcome.FAILED, at(5), reason=why, requests=6)
        note_crawl(
            store,
            "shut",
            "schedule",
            CrawlOutcome.MISSED,
            at(9),
            at(9),
            CodedReason(CrawlReason.SCHEDULE_DOWN, "nobody was there"),
        )
    return str(folder / "news.db")


def read(db: str, minute: float = 10) -> Measurement:
    return MeasurementReader(db, DAY).read(at(minute), every)


def values(reading: Measurement) -> dict[str, float]:
    """Sample names with labels -> values, as Prometheus reads them."""
    return {
        one.name + "".join(f" {value}" for _, value in sorted(one.labels.items())): one.value
        for family in text_string_to_metric_families(render(reading).decode())
        for one in family.samples
    }


def test_what_is_told_is_true(tmp_path: Path) -> None:
    db = filled(tmp_path)
    write_heartbeat(db, at(9.9), pid=1, sites=3, queued=2, running=1)
    found = values(read(db))
    expected = {
        "newsledger_crawls_total finished paper test": 3, "newsledger_crawls_total failed shut test": 1,
        "newsledger_crawls_total missed shut schedule": 1, "newsledger_requests_total paper": 9,
        "newsledger_fetches_total new paper": 1, "newsledger_fetches_total updated paper": 2,
        "newsledger_responses_total 2xx paper": 3, "newsledger_revisions_total updated paper": 2,
        "newsledger_passed_over_total recheck_budget": 3,
        "newsledger_site_last_success_timestamp_seconds paper": at(3).timestamp(),
        "newsledger_site_ill paper": 0, "newsledger_site_ill shut": 1, "newsledger_site_finding no_success shut": 1,
        "newsledger_site_host_closed shut": 1, "newsledger_site_host_closed paper": 0,
        "newsledger_site_failures_in_a_row shut": 1, "newsledger_site_field_share authors paper": 1,
        "newsledger_site_articles_last_day paper": 1, "newsledger_sites_watched": 3, "newsledger_sites_ill": 1,
        "newsledger_schedule_queued": 2, "newsledger_schedule_running": 1, "newsledger_schedule_sites": 3,
        "newsledger_schedule_heartbeat_timestamp_seconds": at(9.9).timestamp(), "newsledger_crawls_running": 0,
        "newsledger_reading_timestamp_seconds": at(10).timestamp(),
        "newsledger_store_size_bytes": (tmp_path / "news.db").stat().st_size,
    }  # fmt: skip
    assert {name: found.get(name) for name in expected} == expected
    assert "newsledger_store_writable" not in found, "a reading that did not try does not say"
    assert not any(name.startswith("newsledger_site_last_success_timestamp_seconds shut") for name in found), "unknown is not 0"


def test_a_dead_schedule_has_nothing_queued(tmp_path: Path) -> None:
    db = filled(tmp_path)
    write_heartbeat(db, at(1), pid=1, sites=3, queued=2, running=1)
    found = values(read(db))
    assert "newsledger_schedule_queued" not in found
    assert found["newsledger_schedule_heartbeat_timestamp_seconds"] == at(1).timestamp()


def test_counters_survive_restarts_and_nothing_is_read_twice(tmp_path: Path) -> None:
    db = filled(tmp_path)
    one = MeasurementReader(db, DAY)
    first = values(one.read(at(10), every))
    one.save()
    again = MeasurementReader(db, DAY)
    reading = again.read(at(10), every, seconds=0)
    assert reading.whole
    second = values(reading)
    changing = ("newsledger_reading_seconds", "newsledger_store_disk_free_bytes", "newsledger_archive_disk_free_bytes",
                "newsledger_disk_full_seconds")  # fmt: skip
    assert {**first, **dict.fromkeys(changing, 0)} == {**second, **dict.fromkeys(changing, 0)}
    assert values(again.read(at(60 * 30), every))["newsledger_site_ill paper"] == 1, "age is counted without being read anew"


def test_health_metrics_are_read_within_their_time(tmp_path: Path) -> None:
    with Store(tmp_path / "news.db") as store:
        put_sites(store, [{"id": f"s{n}", "name": "S", "url": "https://s.example/"} for n in range(50)])
    reader = MeasurementReader(str(tmp_path / "news.db"), DAY)
    assert not reader.read(at(0), every, seconds=-1).whole
    reading = reader.read(at(0), every)
    assert (reading.whole, len(reading.health_metrics)) == (True, 50)


def test_state_that_is_broken_is_counted_anew(tmp_path: Path) -> None:
    db = filled(tmp_path)
    whole = values(read(db))
    for broken in ("", "{", "[]", "{}", '{"tallies": {"version": 1}}', '{"tallies": 3, "vitals": 4}', "[" * 100_000):
        (tmp_path / "news-watch.json").write_text(broken, encoding="utf-8")
        found = values(read(db))
        assert found["newsledger_requests_total paper"] == whole["newsledger_requests_total paper"]


def test_each_metric_is_documented_and_each_documented_one_is_there() -> None:
    told = {
        name: (kind, tuple(re.findall(r"`(\w+)`", labels)))
        for name, kind, labels, _ in DOCUMENTED.findall((ROOT / "docs/operate/metrics.md").read_text(encoding="utf-8"))
    }
    assert told == {family.sample: (str(family.kind), family.labels) for family in FAMILIES}


def test_each_family_is_exposed(tmp_path: Path) -> None:
    text = render(read(filled(tmp_path))).decode()
    assert set(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE)) == {(one.sample, str(one.kind)) for one in FAMILIES}


@table("family", FAMILIES, ids=lambda family: family.name)
def test_names_follow_the_rules(family: MetricFamily) -> None:
    """What promtool checks: base units, endings that say the kind, help, snake case, no type in the name."""
    assert re.fullmatch(r"newsledger(_[a-z]+)+", family.name)
    assert family.sample.endswith("_total") == (family.kind is MetricKind.COUNTER)
    assert not family.name.endswith(("_total", "_count", "_sum", "_bucket", "_info"))
    assert not re.search(r"_(ms|millis\w*|minutes|hours|days|kb|mb|percent|ratio|counter|gauge|secs?)(_|$)", family.name)
    assert family.meaning.endswith(".")
    assert all(re.fullmatch(r"[a-z]+", label) and label not in {"le", "quantile", "job", "instance"} for label in family.labels)


def test_samples_have_the_labels_of_their_family_and_no_twins(tmp_path: Path) -> None:
    found = list(samples(read(filled(tmp_path))))
    assert all(len(labels) == len(family.labels) for family, labels, _ in found)
    assert len({(family.name, labels) for family, labels, _ in found}) == len(found)


def run(db: str, *arguments: str) -> str:
    sites = Path(db).with_name("sites.toml")
    sites.write_text("\n".join(site_table(site, f"https://{site}.example/", delay_seconds=1) for site in ("paper", "shut")))
    said = {"NEWSLEDGER_NOW": moment(at(10)), "NEWSLEDGER_SITES": str(sites)}
    done = CliRunner().invoke(main, ["metrics", "--db", db, *arguments], env=said)
    assert done.exit_code == 0, done.output
    return done.output


def test_the_command_needs_no_schedule(tmp_path: Path) -> None:
    db = filled(tmp_path)
    assert 'newsledger_site_ill{site="shut"} 1.0' in run(db)
    target = tmp_path / "collector" / "newsledger.prom"
    target.parent.mkdir()
    target.write_text("old", encoding="utf-8")
    assert run(db, "--textfile", str(target)) == ""
    assert 'newsledger_site_ill{site="shut"} 1.0' in target.read_text(encoding="utf-8")
    assert stat.S_IMODE(target.stat().st_mode) == 0o644, "the collector runs as somebody else"
    assert [path.name for path in target.parent.iterdir()] == ["newsledger.prom"], "nothing is left beside it"


def test_the_command_where_there_is_nothing(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["metrics", "--db", str(tmp_path / "none.db")])
    assert (done.exit_code, "there is no ledger here yet" in done.output) == (1, True)
    db = filled(tmp_path)
    done = CliRunner().invoke(main, ["metrics", "--db", db, "--textfile", str(tmp_path / "none" / "x.prom")])
    assert (done.exit_code, "No such file or directory" in done.output) == (1, True)

"""What goes on in a cluster, what of it is ill, and how it is told: as values, and by the commands."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from redis import Redis
from rq import Worker as RqWorker
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from crawler.catalogue.site import Site
from crawler.cli import main
from crawler.cluster import ClusterStatus, WorkerStatus, cluster_problems, describe
from crawler.cluster.consumer import WRITER
from crawler.cluster.lease import LEASES
from crawler.cluster.messages import ItemFetched, QuestionAsked
from crawler.cluster.queue import put, queue_of
from crawler.cluster.status_reader import describe_url, of_url, status_at, status_of
from crawler.cluster.stream import ITEMS, REFUSED, Stream
from crawler.crawl.session import rows_of
from pipelines.store.crawls import put_sites
from pipelines.store.crawls.snapshot import SnapshotQuestion
from pipelines.store.database import Store
from tests.crawler.cluster.cluster_env import site
from tests.crawler.cluster.real_redis import RedisServer
from tests.crawler.processes import environment, site_table
from tests.factories import article
from tests.table import table

HERALD, GAZETTE = site("herald"), site("gazette")
CRAWL = "0" * 32
REPLY = f"newsledger:reply:{CRAWL}"
URL = "https://herald.example/news/1"
EMPTY = ClusterStatus(queued=0, put_off=0, running=0, failed=0, workers=(), leases=(), unwritten=0, oldest=None, writer=None,
                 refused=0, memory_bytes=2_000_000)  # fmt: skip
WELL = replace(EMPTY, writer="here:/news.db", workers=(WorkerStatus("w1", None, timedelta()),))


def live(redis: Redis) -> None:
    """Two crawls on the queue, one put off, one under way, a worker, a lease, a writer, two looks, and one that was refused."""
    queue = queue_of(redis)
    for each in (HERALD, GAZETTE, site("times"), site("post")):
        put(queue, each, planned=None, time_limit_seconds=60)
    redis.lrem("rq:queue:newsledger", 0, "times")
    redis.zadd("rq:scheduled:newsledger", {"times": 4e9})
    redis.lrem("rq:queue:newsledger", 0, "post")
    redis.zadd("rq:wip:newsledger", {"post:1": 4e9})
    worker = RqWorker([queue], name="w1", connection=redis, serializer=JSONSerializer)
    worker.register_birth()
    worker.heartbeat()
    redis.set(f"{LEASES}post.example", "w1 123.4")
    redis.set(WRITER, "here:/news.db")
    stream = Stream(redis)
    stream.send(ItemFetched(CRAWL, 1, article(url=URL)))
    stream.send(QuestionAsked(CRAWL, 2, SnapshotQuestion((URL,)), REPLY))
    redis.xadd(REFUSED, {"m": "what?"})


def test_what_goes_on_is_read(redis: Redis) -> None:
    live(redis)
    found = status_of(redis)
    assert (found.queued, found.put_off, found.running, found.failed) == (2, 1, 1, 0)
    assert [(one.name, one.site) for one in found.workers] == [("w1", None)]
    assert found.workers[0].heard < timedelta(seconds=60)
    assert found.leases == (("post.example", "w1"),)
    assert (found.unwritten, found.refused, found.writer) == (2, 1, "here:/news.db")
    assert found.oldest is not None
    assert timedelta() <= found.oldest < timedelta(seconds=60)
    assert found.memory_bytes > 100_000


def test_where_nothing_goes_on_nothing_is_read(redis: Redis) -> None:
    assert replace(status_of(redis), memory_bytes=2_000_000) == EMPTY


@table(
    ("standing", "found"),
    [
        (WELL, {}),
        (EMPTY, {"writer": "there is no writer: 0 fetches wait"}),
        (
            replace(EMPTY, unwritten=4, oldest=timedelta(minutes=3)),
            {"writer": "there is no writer: 4 fetches wait, the oldest for 3 min"},
        ),
        (replace(WELL, unwritten=4, oldest=timedelta(minutes=9)), {}),
        (
            replace(WELL, unwritten=4, oldest=timedelta(minutes=11)),
            {"behind": "the writer is behind: 4 fetches wait, the oldest for 11 min"},
        ),
        (replace(WELL, workers=(), queued=2, put_off=1), {"workers": "3 crawls wait, and there is no worker"}),
        (replace(WELL, workers=()), {}),
        (replace(WELL, refused=2), {"refused": "2 entries could not be written, and were put aside"}),
        ("Redis at there:1 does not answer", {"redis": "Redis at there:1 does not answer"}),
    ],
)
def test_what_is_ill_is_told(standing: ClusterStatus | str, found: dict[str, str]) -> None:
    assert cluster_problems(standing) == found


def test_all_of_it_is_told() -> None:
    busy = tuple(WorkerStatus(f"w{number}", f"site-{number}", timedelta()) for number in range(10))
    lines = describe(replace(WELL, queued=1, put_off=2, running=10, workers=(*busy, WorkerStatus("w11", None, timedelta()))))
    assert lines == [
        "queue: 1 crawls wait, 2 are put off, 10 run, 0 failed",
        f"workers: 11, 10 busy ({', '.join(f'w{n}: site-{n}' for n in range(8))}, ...); 0 hosts are being asked",
        "stream: 0 looks unwritten; written to here:/news.db",
        "Redis holds 2 MB",
    ]
    assert describe(EMPTY)[2] == "stream: 0 looks unwritten; written to nowhere: no writer runs"
    assert describe("Redis is away") == ["Redis is away"]


# --- of one URL --------------------------------------------------------------------------------------------------------------


def of(redis: Redis, site: Site | None, url: str = URL) -> list[str]:
    return list(of_url(redis, site, url))


def test_what_waits_for_a_url_is_told(redis: Redis) -> None:
    assert of(redis, HERALD) == []
    live(redis)
    redis.set(f"{LEASES}herald.example", "w1 123.4")
    assert of(redis, HERALD) == [
        "A crawl of herald waits on the queue for a worker.",
        "herald.example is being asked by worker w1.",
        "1 look at it is on the stream and not written yet.",
    ]
    Stream(redis).send(ItemFetched(CRAWL, 3, article(url=URL)))
    assert of(redis, None) == ["2 looks at it are on the stream and not written yet."]
    assert of(redis, None, "https://herald.example/news/") == []


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (JobStatus.STARTED, ["A crawl of herald is under way."]),
        (JobStatus.SCHEDULED, ["A crawl of herald was put off, and is tried again soon."]),
        (JobStatus.FAILED, ["A crawl of herald failed on the queue; the next planned start makes a new one."]),
        (JobStatus.FINISHED, []),
    ],
)
def test_the_crawl_of_its_site_is_told(redis: Redis, status: JobStatus, line: list[str]) -> None:
    put(queue_of(redis), HERALD, planned=None, time_limit_seconds=60)
    Job.fetch("herald", connection=redis, serializer=JSONSerializer).set_status(status)
    assert of(redis, HERALD) == line


def test_rubbish_on_the_stream_is_passed_over(redis: Redis) -> None:
    redis.xadd(ITEMS, {"v": "9", "m": f'"{URL}"'})
    assert of(redis, None) == []


# --- the commands ------------------------------------------------------------------------------------------------------------

NOWHERE = "redis://:secret@127.0.0.1:1/0"
AWAY = "Redis at 127.0.0.1:1 does not answer"


@pytest.fixture
def ledger(tmp_path: Path) -> list[str]:
    """Options of a ledger that knows one site and no crawl."""
    (tmp_path / "sites.toml").write_text(site_table("herald", HERALD.url, delay_seconds=2), encoding="utf-8")
    with Store(tmp_path / "news.db") as store:
        put_sites(store, rows_of([HERALD]))
    return ["--db", str(tmp_path / "news.db")]


def run(*arguments: str, code: int = 0) -> tuple[str, str]:
    """A command, within this process; what it printed."""
    done = CliRunner(env=environment()).invoke(main, arguments)
    assert done.exit_code == code, done.output
    assert "secret" not in done.output
    return done.stdout, done.stderr


def test_status_tells_of_the_cluster(redis_server: RedisServer, redis: Redis, ledger: list[str]) -> None:
    live(redis)
    out, _ = run("status", *ledger, "--redis", redis_server.url)
    assert "queue: 2 crawls wait, 1 are put off, 1 run, 0 failed" in out
    found = json.loads(run("status", *ledger, "--redis", redis_server.url, "--json")[0])["cluster"]
    assert (found["queued"], found["writer"], found["workers"][0]["name"]) == (2, "here:/news.db", "w1")


def test_status_tells_that_redis_is_away(ledger: list[str]) -> None:
    out, _ = run("status", *ledger, "--redis", NOWHERE)
    assert AWAY in out.replace("\n", " ")
    assert json.loads(run("status", *ledger, "--redis", NOWHERE, "--json")[0])["cluster"].startswith(AWAY)


def test_health_tells_of_the_cluster(redis_server: RedisServer, redis: Redis, ledger: list[str]) -> None:
    out, _ = run("health", *ledger, "--redis", redis_server.url, code=1)
    assert "cluster: there is no writer: 0 fetches wait" in out
    out, err = run("health", *ledger, "--redis", NOWHERE, "--json", code=1)
    assert isinstance(json.loads(out), list)
    assert f"cluster: {AWAY}" in err


def test_metrics_tell_of_the_cluster(redis_server: RedisServer, redis: Redis, ledger: list[str]) -> None:
    live(redis)
    out, _ = run("metrics", *ledger, "--redis", redis_server.url)
    samples = dict(line.rsplit(" ", 1) for line in out.splitlines() if line.startswith("newsledger_cluster_"))
    assert {name: float(value) for name, value in samples.items() if not name.endswith(("_seconds", "_bytes"))} == {
        "newsledger_cluster_up": 1, "newsledger_cluster_queued": 2, "newsledger_cluster_put_off": 1,
        "newsledger_cluster_running": 1, "newsledger_cluster_failed": 0, "newsledger_cluster_workers": 1,
        "newsledger_cluster_leases": 1,
        "newsledger_cluster_unwritten": 2, "newsledger_cluster_writer_up": 1, "newsledger_cluster_refused": 1,
    }  # fmt: skip
    out, _ = run("metrics", *ledger, "--redis", NOWHERE)
    assert [line for line in out.splitlines() if line.startswith("newsledger_cluster_")] == ["newsledger_cluster_up 0.0"]


def test_why_tells_of_the_cluster(redis_server: RedisServer, redis: Redis, ledger: list[str], tmp_path: Path) -> None:
    live(redis)
    where = [*ledger, "--sites", str(tmp_path / "sites.toml")]
    out, _ = run("why", URL, *where, "--redis", redis_server.url)
    assert "A crawl of herald waits on the queue for a worker." in out
    found = json.loads(run("why", URL, *where, "--redis", NOWHERE, "--json")[0])["cluster"]
    assert len(found) == 1
    assert found[0].startswith(AWAY)


def test_what_is_away_is_told_without_its_password() -> None:
    (line,) = describe_url(NOWHERE, None, URL)
    assert line.startswith(AWAY)
    with pytest.raises(Exception, match=AWAY):
        status_at(NOWHERE)


WITHOUT = """
import sys
for name in ("redis", "rq"):
    if name not in sys.argv[1]:
        continue
    sys.modules[name] = None
from crawler.cli import main
main(sys.argv[2:])
"""


@pytest.mark.parametrize(("verb", "missing"), [("worker", "rq"), ("writer", "redis"), ("schedule --once", "rq"),
                                               ("status", "redis"), (f"why {URL}", "rq")])  # fmt: skip
def test_without_the_extra_it_is_named(redis_server: RedisServer, ledger: list[str], verb: str, missing: str) -> None:
    words = [*verb.split(), "--redis", redis_server.url, *([] if verb == "worker" else ledger)]
    done = subprocess.run([sys.executable, "-c", WITHOUT, missing, *words], env=environment(), capture_output=True, text=True)
    assert done.returncode == 1, done.stdout
    assert f"{missing} is not installed; pip install '.[cluster]' in a checkout brings it" in done.stderr


def test_one_machine_needs_no_extra(ledger: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT, "redis rq", "status", *ledger], env=environment(), capture_output=True)
    assert done.returncode == 0

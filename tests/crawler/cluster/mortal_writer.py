"""A writer that is killed again and again: `python -m tests.crawler.cluster.mortal_writer URL DB LONGEST KILLS SEED`.

A process that has loaded everything starts the writer by fork, kills it (-9) at a moment that a lot draws, up to LONGEST seconds,
and starts it again; after the last kill one more is left alone until SIGTERM.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time

from crawler.clock import clock
from crawler.cluster import consumer as loop
from crawler.cluster.consumer import StreamConsumer
from crawler.cluster.queue import connect
from pipelines.store.database import Store


def main(url: str, db: str, longest: str, kills: str, seed: str) -> None:
    """Kill, then let live."""
    lot = random.Random(seed)
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())  # who asks us to end while there are kills to come waits for them
    Store(db).close()
    for _ in range(int(kills)):
        child = os.fork()
        if child == 0:
            write(url, db, threading.Event())
            os._exit(1)
        time.sleep(lot.uniform(0.01, float(longest)))
        os.kill(child, signal.SIGKILL)
        if os.waitpid(child, 0)[1] != signal.SIGKILL:
            sys.exit("the writer ended by itself")
    write(url, db, stopping)


def write(url: str, db: str, stopping: threading.Event) -> None:
    """Until asked to stop; in small batches, so that a kill falls between them and within."""
    loop.ENTRIES_PER_READ = 7
    with Store(db) as store:
        StreamConsumer(connect(url, seconds=5), store, clock()).run(stopping)


if __name__ == "__main__":
    main(*sys.argv[1:])

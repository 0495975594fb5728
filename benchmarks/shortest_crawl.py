"""The least that a schedule can start in place of a crawl: a process that writes its row, and ends. For timetable.py.

Takes the arguments of `newsledger crawl`. The time is that of the accelerated clock which CLOCK in the environment describes:
when it began (seconds since the epoch), what `time.monotonic` said then, and how fast it goes. Loads nothing but SQLite.
"""

import os
import sqlite3
import sys
import time

arguments = sys.argv[2:]
values = dict(zip(arguments[1:], arguments[2:], strict=False))  # noqa: RUF007 - one import more
began, steady, speed = map(float, os.environ["CLOCK"].split())
now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(began + (time.monotonic() - steady) * speed))
planned = values["--planned"][:19] + "Z"
with sqlite3.connect(values["--db"], timeout=60) as db:
    db.execute(
        'INSERT INTO crawls (site_id, "trigger", planned, started, finished, outcome, pid) VALUES (?, ?, ?, ?, ?, ?, ?)',
        (arguments[0], "schedule", planned, now, now, "finished", os.getpid()),
    )

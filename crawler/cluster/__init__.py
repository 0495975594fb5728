"""Crawls on many machines, one writer: an RQ queue gives crawls to workers, a Redis stream brings what they saw to the ledger.

messages.py   what workers and the writer say to each other, as versioned JSON; pure
values.py     frozen dataclasses as plain JSON and back; pure
stream.py     the stream: sending with a bounded backlog, reading as the group's one consumer
writing.py    messages -> the ledger, knowing no Redis
writer.py     the loop of `newsledger writer`
connection.py   how Redis is reached
lease.py      who may ask a host now, and when it may be asked again
sending.py    one crawl's line to the writer
jobs.py worker.py    the RQ job that is a crawl; the RQ worker that runs it
queueing.py   the schedule's side: starts go on the queue, and are accounted for
state.py standing.py    what goes on, read from Redis; and, knowing no Redis, what of it is ill
"""

"""Bylines as printed, turned into persons, what they do and whom they write for.

parse.py        the public door: text -> Byline
lines.py        what is no part of a byline: toolbars, times, addresses
tokens.py clauses.py runs.py people.py     words -> clauses -> runs of names and titles -> persons
job_titles.py agency_spans.py cjk.py words.py     what the runs are told apart by
"""

from pipelines.text.bylines.parse import Byline, parse_byline

__all__ = ["Byline", "parse_byline"]

"""Which regular expressions are refused because a text can keep them busy for minutes."""

from __future__ import annotations

import re
from time import process_time

import pytest

from crawler.catalogue.backtracking import MAX_SEARCHED_CHARS, SEARCHED_CHARS_OF_SLOW, searched_chars
from tests.table import table

REFUSED = r"""
(a+)+$ (a*)*b (a|aa)*b (a|ab|b)*$ (x+x+)+y (\w+\s?)*$ (?:\d{2}|\d{4})+$ (?:[a-z-]+-)+\d+$ (?:/?[^/]+)+/\d+
(?:-?[a-z0-9]+)*-\d+$ (?>a+)+b (?=(a+)+$)x (.+)\1+x (?:[a-z]{1,9})*! ((a{0,10}){0,10}){0,10} (?:a?){30}a{30}
(?:a|b|ab){30}c (.*a){20} .*.*.*.*= /.*/.*/.*/.*\d$ (?:a{200}){200} (?i)(A|a+)+$ ((a?)?)*b
"""


@table("pattern", [*REFUSED.split(), "a?" * 99 + "a" * 99])
def test_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"^(can match the same text|takes too long|is too)"):
        searched_chars(pattern)


@table(
    ("pattern", "chars"),
    [
        (r"(?:[a-z]+-)+(?P<id>\d+)/?$", MAX_SEARCHED_CHARS),
        (r"/(?:[a-z0-9]+(?:-[a-z0-9]+)*/)*(?P<id>\d+)", MAX_SEARCHED_CHARS),
        (r"^/(?:(?!video|gallery)[a-z-]+/)+\d+$", MAX_SEARCHED_CHARS),
        (r"^/(?:news|sport)(?:/[\w-]+){1,4}-(?P<id>[a-f0-9]{24,40})$", MAX_SEARCHED_CHARS),
        (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|/[0-9a-f]{64}$", MAX_SEARCHED_CHARS),
        (r"/\d{4}/\d{1,2}/\d{1,2}/[a-z0-9-]+(?:\.html?|/)?$", MAX_SEARCHED_CHARS),
        (r"/[^/]*/[^/]*/[^/]*/[^/]*\.html", MAX_SEARCHED_CHARS),
        (r"(?i)[?&]id=(?P<id>\d+)(?:&|$)", MAX_SEARCHED_CHARS),
        (r"/(?:a|an|the|news|north|nation)+-\d+", MAX_SEARCHED_CHARS),
        (r"^/.+/.+/\d+$", MAX_SEARCHED_CHARS),
        (r"/.+/.+-\d+$", SEARCHED_CHARS_OF_SLOW),
        (r"/[^/]+-[^/]+-[^/]+$", SEARCHED_CHARS_OF_SLOW),
    ],
)
def test_accepted(pattern: str, chars: int) -> None:
    assert searched_chars(pattern) == chars
    for text in ("/", "-", "a", "1", "a-", "/a", "/1-", "/news"):
        start = process_time()
        re.search(pattern, (text * chars)[:chars] + "!")
        assert process_time() - start < 1

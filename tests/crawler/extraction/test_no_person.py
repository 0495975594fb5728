"""Lines that look like bylines and name nobody, or fewer than it seems."""

from __future__ import annotations

from tests.crawler.extraction.test_html_shown import HEADING, TEXT, read
from tests.table import table


@table(
    "line,names",
    [
        ("<div class=author>By <a href=/who/ida-lund>Ida Lund</a>, Surveyor, Roads, and Harbours Office</div>", ["Ida Lund"]),
        ("<p class=byline><a href=/p/7>Ida Lund</a>, Fellow, ABU Centre for Cities, Coasts, and Ports</p>", ["Ida Lund"]),
        ("<p class=byline>By <a href=/p/7>Ida Lund</a> and <a href=/p/8>Tom Holm</a>, Lakes Unit</p>", ["Ida Lund", "Tom Holm"]),
        ("<p class=byline>By <a href=/p/7>Ida Lund</a>, Tom Holm</p>", ["Ida Lund", "Tom Holm"]),
        ("<p class=byline>By Ida Lund and Tom Holm, culture reporters</p>", ["Ida Lund", "Tom Holm"]),
        ("<p><b>Chapel Opens Its Doors and Windows for Singers</b></p>", []),
        ("<strong><em>Harbour Plans Three New Quays</em></strong>", []),
        ("<p><b>What Singers Should Know</b></p>", []),
        ("<p><b>Ida Lund</b></p>", ["Ida Lund"]),
        ("<p><b>Ida van der Lund</b></p>", ["Ida van der Lund"]),
    ],
)  # fmt: skip
def test_who_is_named(line: str, names: list[str]) -> None:
    assert [author.name for author in read(HEADING + line + TEXT).authors] == names

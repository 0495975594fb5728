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
        ("<div class=author>By Ida Lund, Senior Surveyor, ABU Roads, Ports, and Quays Office</div>", ["Ida Lund"]),
        ("<p class=byline>By Ida Lund, PhD, Department of Sea, Ice, and Coastal Studies</p>", ["Ida Lund"]),
        ("<p class=byline>By Ida Lund, Vice President, Choirs, Bands and Halls Fund</p>", ["Ida Lund"]),
        ("<p class=byline>By Ida Lund, Marine Biologist</p>", ["Ida Lund"]),
        ("<p class=byline>By Ida Lund, Tom, and Ada Holm-McBain</p>", ["Ida Lund", "Ada Holm-McBain"]),
        ("<p class=byline>Ana Lago, jefa, Dirección de Puertos, Puentes y Barcas</p>", ["Ana Lago"]),
        ("<p class=byline>Ada Riva, direttrice, Facoltà di Lettere, Arti e Musica</p>", ["Ada Riva"]),
        ("<p class=byline>José Ortega y Lago</p>", ["José Ortega y Lago"]),
        ("<p class=byline>Tierra y Mar</p>", []),
        ("<p class=byline>By Ida E Lund</p>", ["Ida E Lund"]),
        ("<p class=byline>By Unknown Author</p>", []),
        ("<p class=byline>Latest News</p>", []),
        ("<div class=author>Get Updates</div>", []),
        ("<p><strong>Key Points</strong></p>", []),
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

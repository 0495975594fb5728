"""Code, shortcodes and places of templates in a text; short lines that are the text."""

from __future__ import annotations

from crawler.extraction import extract
from crawler.extraction.body.code_in_text import without_code
from tests.crawler.extraction.test_html_shown import HEADING, LINES, TEXT, URL, read
from tests.table import table


@table(
    "text",
    [
        'window.ads = window.ads || []; ads.push({"slot": 4});',
        "(function(d, s) { var js = d.createElement(s); js.async = true; })(document, 'script');",
        "googletag.cmd.push(function() { googletag.display('div-gpt-3'); });",
        "var player = new Player({id: 7, auto: false});",
        "if (typeof fbq === 'function') { fbq('track', 'View'); }",
        '{"@context": "https://schema.org", "@type": "Quiz", "name": "Choirs"}',
        ".choir-box { margin: 0 auto; color: #333; }",
        "@media (max-width: 600px) { .choir { display: none; } }",
        "[embed]https://video.example/w/88[/embed]",
        '[gallery ids="12,13,14" columns="3"]',
        '[caption id="attachment_9" width="300"]The choir in May[/caption]',
        "[/vc_column_text][/vc_column]",
        '[adinserter block="2"]',
        "{{ article.related | render }}",
        "[vimeo=https://video.example/w/88]",
        "[tweet 8812345678]",
        "[instagram https://pictures.example/p/8]",
        '[[{"type":"media","fid":"88"}]]',
        "%%CHOIR_BOX%%",
        'import { Choir } from "/js/choir.js"; Choir();',
        "//<![CDATA[ choir.init(8); //]]>",
        "showBox('choir-8', 3);",
        "{% include 'newsletter.html' %}",
        "<%= render_partial('box') %>",
        '<iframe src="https://video.example/w/88" width="560"></iframe>',
        '<script async src="https://ads.example/x.js"></script>',
        "<?php the_content(); ?>",
    ],
)
def test_code_is_no_text(text: str) -> None:
    assert without_code(text) == ""
    escaped = text.replace("<", "&lt;")
    assert read(f"{HEADING}{TEXT}<p>{escaped}</p><p>{LINES[0][:60]} and so they said.</p>").body.count("\n\n") == len(LINES)


@table(
    "text,plain",
    [
        ("The choir [embed]https://video.example/w/8[/embed] sang on.", "The choir sang on."),
        ("[dropcap]T[/dropcap]he choir sang on.", "The choir sang on."),
        ("The choir {{ad-slot}} sang on.", "The choir sang on."),
        ('The choir sang on. [button link="/x"]', "The choir sang on."),
    ],
)
def test_the_text_around_code_stays(text: str, plain: str) -> None:
    assert without_code(text) == plain


@table(
    "text",
    [
        "She wrote {see the table} and [sic] beside the sum, the court heard.",
        '"They [the singers] were (almost) all there," she said [laughs].',
        "[Applause]",
        "The fault was one line, “if (tone > 5) { stop(); }”, which the makers of the organ had left out.",
        "A reader sent “window.open(x)” to the firm; it did nothing (as the choir knew); {she} left.",
        "A choir of 20% more singers, 100%% of them local, sang f(x) = 2x; nobody knew why.",
        "[Tuesday 8 March, in the hall]",
        "The law (section 4(b); see also 7[2]) lets the council close a hall.",
        "Set f(x) = 2x; then f(3) = 6, the pupils were told by their teacher on Monday.",
        "Prices: 5 < 7, and A&B; C|D remain listed (for now).",
        "The function of the choir is to sing, and the document was signed in a window.",
        "He typed {name} where the letter should have named the singer.",
        "[Editor's note: the date was corrected on Friday.]",
    ],
)
def test_prose_is_left_alone(text: str) -> None:
    assert without_code(text) == text


def test_a_page_about_code_keeps_what_it_shows_as_code() -> None:
    code = "function sing(x) { return x + 1; } var y = sing(2);"
    assert code in read(f"{HEADING}{TEXT}<pre>{code}</pre><p>{LINES[0][:60]} as said.</p>").body


@table(
    "story,short",
    [
        ("<div class=t>{0}<br><br>Nobody was hurt.<br><br>{1}<br><br>{2}</div>", "Nobody was hurt."),
        ("<div class=t>Nobody was hurt.<br><br>{0}<br><br>{1}<br><br>{2}</div>", "Nobody was hurt."),
        ("<div class=t><div>{0}</div><div>It rained.</div><div>{1}</div><div>{2}</div></div>", "It rained."),
        ("<x-text><x-line>{0}</x-line><x-line>Two sang.</x-line><x-line>{1}</x-line><x-line>{2}</x-line></x-text>", "Two sang."),
        ("<p>{0}</p><p>{1}</p><dl><dt>Hurt: 3</dt><dd>{2}</dd></dl>", "Hurt: 3"),
        ("<p>{0}</p><p>{1}</p><details open><summary>Who will sing?</summary><p>{2}</p></details>", "Who will sing?"),
        ("<p>{0}</p>It rained all day.<p>{1}</p><p>{2}</p>", "It rained all day."),
        ("<p>{0}</p><b>It rained all day.</b><p>{1}</p><p>{2}</p>", "It rained all day."),
        ("<p>{0}</p><x-line>It rained all day.</x-line><p>{1}</p><p>{2}</p>", "It rained all day."),
        ("<p>{0}</p><section><div>It rained all day.</div></section><p>{1}</p><p>{2}</p>", "It rained all day."),
        ("<div class=t><div>It rained all day.</div><div>{0}</div><div>{1}</div><div>{2}</div></div>", "It rained all day."),
        ("<div class=t><div>{0}</div><div>雨だった。</div><div>{1}</div><div>{2}</div></div>", "雨だった。"),
        ("<div class=t><div>{0}</div><div>Verletzt: 3</div><div>{1}</div><div>{2}</div></div>", "Verletzt: 3"),
        ("<div class=t>{0}<br><br>Why?<br><br>{1}<br><br>{2}</div>", "Why?"),
        ("<div class=t>{0}<br><br>Γιατί;<br><br>{1}<br><br>{2}</div>", "Γιατί;"),
        ("<div class=t>{0}<br><br>死者：三人<br><br>{1}<br><br>{2}</div>", "死者：三人"),
        ("<div class=t><div>{0}</div><div>Weir 2, Choir 1</div><div>{1}</div><div>{2}</div></div>", "Weir 2, Choir 1"),
        ("<p>{0}</p><p>At 9.15am:</p><p>{1}</p><p>{2}</p>", "At 9.15am:"),
        ("<section class=t>{0}<br><br>\"We are glad.\"<br><br>{1}<br><br>{2}</section>", '"We are glad."'),
    ],
)  # fmt: skip
def test_short_lines_of_the_text_are_read(story: str, short: str) -> None:
    assert short in read(HEADING + story.format(*LINES)).body.split("\n\n")


@table(
    "scrap",
    [
        "Share",
        "Advertisement",
        "12 comments",
        "Read more:",
        "<a href=/x>Sing along.</a>",
        "Loading...",
        "Loading…",
        "03.05.2026",
        "Sponsored",
    ],
)
def test_scraps_between_boxes_are_not(scrap: str) -> None:
    story = "".join(f"<div>{line}</div><div>{scrap}</div>" for line in LINES)
    assert read(HEADING + story).body == "\n\n".join(LINES)


@table(
    "place,instant",
    [
        ('<abbr class="published" title="2024-05-03T08:10:00Z">this morning</abbr>', "2024-05-03T08:10:00"),
        ('<abbr title="2024-05-03T08:10:00+02:00">today</abbr>', "2024-05-03T06:10:00"),
        ('<data value="2024-05-03T08:10:00Z">today</data>', "2024-05-03T08:10:00"),
        ('<span class="date" title="2024-05-03 08:10:00 +0000">3 h</span>', "2024-05-03T08:10:00"),
        ('<relative-time datetime="2024-05-03T08:10:00Z">3 h</relative-time>', "2024-05-03T08:10:00"),
        ('<span property="datePublished" content="2024-05-03T08:10:00Z">Friday</span>', "2024-05-03T08:10:00"),
        ('<span property="dc:date dc:created" content="2024-05-03T08:10:00+00:00">Friday</span>', "2024-05-03T08:10:00"),
        ('<div itemprop="datePublished" title="2024-05-03T08:10:00Z">Friday</div>', "2024-05-03T08:10:00"),
        ('<time content="2024-05-03T08:10:00Z">Friday</time>', "2024-05-03T08:10:00"),
        ('<meta property="schema:datePublished" content="2024-05-03T08:10:00Z">', "2024-05-03T08:10:00"),
        ('<meta name="DC.date.issued" content="2024-05-03T08:10:00Z">', "2024-05-03T08:10:00"),
        ('<meta property="dc:issued" content="2024-05-03T08:10:00Z">', "2024-05-03T08:10:00"),
        ('<meta name="published_time" content="2024-05-03T08:10:00Z">', "2024-05-03T08:10:00"),
        ('<meta name="citation_online_date" content="2024/05/03">', "2024-05-03T00:00:00"),
    ],
)
def test_instants_in_attributes(place: str, instant: str) -> None:
    head, inside = (place, "") if place.startswith("<meta") else ("", f"<p>{place}</p>")
    html = f"<html lang=en><head>{head}</head><body><article>{HEADING}{inside}{TEXT}</article></body></html>"
    published = extract(html, URL).date_published
    assert published is not None
    assert published.instant.isoformat().removesuffix("+00:00") == instant

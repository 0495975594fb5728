"""What stays in the body although it looks like furniture, and what leaves although it looks like text."""

from __future__ import annotations

import json

from crawler.extraction import extract
from tests.table import table

URL = "https://www.example.org/news/the-ferry-that-never-came"
ONE = "The ferry to the outer islands did not come on Friday, nor on Saturday, and the shop has run out of flour and of tea."
TWO = "Its owner said that a bearing had failed in the port engine, and that the part had to be made anew on the mainland."
THREE = "“We have waited for longer than this,” said the postmistress, who remembers the winter when the harbour froze over."
FOUR = "A fishing boat brought the mail in the end, and with it eleven sacks of flour that the baker counted on the quay."
H1 = "<h1>The ferry that never came</h1>"


def p(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def body_of(html: str, head: str = "") -> list[str]:
    article = extract(f"<html><head>{head}</head><body>{html}</body></html>", URL)
    return article.body.split("\n\n") if article.body else []


POINTS = "<ul><li>No ferry came for two days.</li><li>A boat brought flour.</li></ul>"
SUMMED_UP = {
    "a pop-up": f"<div><button>AI summary</button><div class=b><p>Summed up by AI, a summary.</p><div>{POINTS}</div></div></div>",
    "a box with a heading": f"<section><h3>AI-generated summary</h3>{POINTS}</section>",
    "details": f"<details><summary>Zusammenfassung (KI)</summary>{POINTS}</details>",
    "a label in a div": f"<div class=k><div class=l>Résumé par l'IA</div>{POINTS}</div>",
    "no box": f"<h4>Key points (AI)</h4>{POINTS}",
    "a note below the points": f"<div class=k>{POINTS}<p>A summary by artificial intelligence.</p></div>",
}


@table("name", SUMMED_UP)
def test_what_a_machine_summed_up_leaves(name: str) -> None:
    assert body_of(f"<article>{H1}{SUMMED_UP[name]}{p(ONE, TWO, THREE, FOUR)}</article>") == [ONE, TWO, THREE, FOUR]


def test_a_story_of_such_a_summary_stays() -> None:
    line = "The ministry had an AI summary made of all letters, and nobody read the letters themselves, the postmistress said."
    assert body_of(f"<article>{H1}{p(ONE, line, THREE, FOUR)}</article>") == [ONE, line, THREE, FOUR]


INVITED = (
    "Be the first to comment on this story.",
    "Have your say: 14 comments so far.",
    "14 readers have commented so far.",
    "Join the conversation",
    "View all 14 comments",
    "Let us know in the comments below.",
    "No comments yet. Be the first!",
    "Share your thoughts in the comments below.",
    "Seien Sie der Erste, der diesen Artikel kommentiert.",
    "Soyez le premier à commenter cet article",
    "Sé el primero en comentar esta noticia",
)


@table("line", INVITED)
def test_an_invitation_to_comment_leaves(line: str) -> None:
    assert body_of(f"<article>{H1}{p(ONE, TWO, THREE, FOUR, line)}</article>") == [ONE, TWO, THREE, FOUR]


@table(
    "line", ("Have your say on the ferry at the hall on Friday.", "The islanders left 14 comments on the timetable in a week.")
)
def test_a_story_of_comments_stays(line: str) -> None:
    assert body_of(f"<article>{H1}{p(ONE, TWO, line, THREE, FOUR)}</article>") == [ONE, TWO, line, THREE, FOUR]


LINKED = "The islanders have waited for a second ship since the summer of last year."
QUOTED = "One hears of bearings, but the truth is that the ship is older than anybody who sails in her."

TEASED = (
    f'<div class="teaser-content"><div class="story-text"><p class="par">{ONE}</p></div></div>'
    f'<div class="remainder"><div class="story-text">'
    f'<p class="par">{TWO}</p><p class="par">{THREE}</p><p class="par">{FOUR}</p></div></div>'
)

DENSE = (
    "港に向かう連絡船は金曜日も土曜日も来ず、店の小麦粉が底をついた。",
    "船主は機関の軸受けが壊れたと説明した。",
    "「こんなに待ったことはない」と局長は話した。",
)

BREAK = '<span class="part br"></span>'

STAYS = {
    "a short sentence in a box of its own": (
        (
            f"<article>{p(ONE)}<div>Nobody was on board.</div>{p(TWO)}<hr><div>Advertisement</div>"
            f"<div>Who pays for it?</div>{p(THREE)}</article>"
        ),
        [ONE, "Nobody was on board.", TWO, "Who pays for it?", THREE],
    ),
    "a sentence that is mostly a link": (
        f"<article>{p(ONE)}<p>The islanders have waited <a>for a second ship since the summer of last year</a>.</p>{p(TWO)}",
        [ONE, LINKED, TWO],
    ),
    "a whole sentence that is a link": (
        f'<article>{p(ONE)}<p><a href="/x">{TWO}</a></p>{p(THREE)}</article>',
        [ONE, TWO, THREE],
    ),
    "a figure that quotes": (
        f"{p(ONE)}<figure><blockquote><p>{QUOTED}</p></blockquote><figcaption>A pilot</figcaption></figure>{p(TWO)}",
        [ONE, QUOTED, TWO],
    ),
    "paragraphs whose ids are a database's": (
        f'<article><div id="slide-65ad1ad9">{p(ONE)}</div><div id="slide-7tip3ad2">{p(TWO, THREE)}</div></article>',
        [ONE, TWO, THREE],
    ),
    "a slide named by a sentence": (
        f'<div id="what-the-next-weather-warning-means-for-you">{p(ONE)}</div><div>{p(TWO, THREE)}</div>',
        [ONE, TWO, THREE],
    ),
    "the part before a paywall": (
        TEASED,
        [ONE, TWO, THREE, FOUR],
    ),
    "paragraphs that are all named placeholders": (
        "<main>" + "".join(f'<p class="paragraph inline-placeholder">{text}</p>' for text in (ONE, TWO, THREE)) + "</main>",
        [ONE, TWO, THREE],
    ),
    "a name with its reading": (
        f"<article><p>{ONE} <ruby><rb>港</rb><rp>(</rp><rt>みなと</rt><rp>)</rp></ruby> is shut.</p>{p(TWO, THREE)}</article>",
        [f"{ONE} 港(みなと) is shut.", TWO, THREE],
    ),
    "a quotation longer than the rest": (
        f"<div class=entry>{p(ONE)}<blockquote>{p(TWO, THREE, FOUR)}</blockquote></div>",
        [ONE, TWO, THREE, FOUR],
    ),
    "a callout card": (
        f'<article>{p(ONE)}<div class="card callout-card"><div>💡</div><div class="text">{TWO}</div></div>{p(THREE)}</article>',
        [ONE, TWO, THREE],
    ),
    "breaks and sub-headings made of spans": (
        f'<div class=t>{ONE}{BREAK * 2}<span class="strong">What the pilots say</span>{BREAK * 2}{TWO}{BREAK * 2}{THREE}</div>',
        [ONE, "What the pilots say", TWO, THREE],
    ),
    "slides with headings": (
        f"<article>{p(ONE)}"
        + "".join(f'<div class="photo-slide"><h2>Stop</h2><img src="/{n}.jpg"><p>{n}</p></div>' for n in (TWO, THREE, FOUR))
        + "</article>",
        [ONE, "Stop", TWO, "Stop", THREE, "Stop", FOUR],
    ),
    "a first paragraph without a full stop": (
        f"<article><p>{(ONE + ' ' + TWO).rstrip('.')}</p>{p(THREE, FOUR)}</article>",
        [(ONE + " " + TWO).rstrip("."), THREE, FOUR],
    ),
    "a whole text in one div, without a full stop": (
        f"<div><div class=t>{ONE} {TWO} {THREE} And there it</div><div>Follow the house</div></div>",
        [f"{ONE} {TWO} {THREE} And there it"],
    ),
    "a whole text in one div, cut before its full stop": (
        f"<div><ul><li>{FOUR}</li></ul><div class=t>{ONE} {TWO} {THREE} And there it</div></div>",
        [FOUR, f"{ONE} {TWO} {THREE} And there it"],
    ),
    "a quotation with a teaser inside": (
        (
            f"{p(ONE)}<figure><blockquote><p>{QUOTED}</p></blockquote>"
            f'<article class=teaser><figure><img src="/a.jpg"></figure><a href="/a">Bridge shut</a></article></figure>{p(TWO)}'
        ),
        [ONE, QUOTED, TWO],
    ),
    "two parts at different depths": (
        f"<main><div><div><div>{p(ONE, TWO, THREE)}</div></div></div><div class=z>{p(FOUR, QUOTED)}</div></main>",
        [ONE, TWO, THREE, FOUR, QUOTED],
    ),
    "a label before a list": (
        f"<article><p>What is known:</p><ul><li>{ONE}</li><li>{TWO}</li></ul></article>",
        ["What is known:", ONE, TWO],
    ),
    "lines of a dense script without p": (
        "<div>" + "".join(f"<div><time>1{n}:05</time><div>{line}</div></div>" for n, line in enumerate(DENSE)) + "</div>",
        list(DENSE),
    ),
}


@table("name", STAYS)
def test_text_stays(name: str) -> None:
    html, paragraphs = STAYS[name]
    assert body_of(H1 + html) == paragraphs


NEARBY = "The bridge is shut for a week, and so is the road to it, and nobody knows why."

LEAVES = {
    "a label in a box of its own": "<div>Advertisement</div><hr><div>Photo: A. Nother.</div><div>12 comments</div>",
    "a teaser that is cut after two lines": f'<h3><a href="/b">Bridge shut</a></h3><p class="lead line-clamp-2">{NEARBY}</p>',
    "a teaser in one word": f'<div><p class="manualteasershorttext">{NEARBY}</p></div>',
    "related broadcasts": f'<div class="relatedbroadcast"><p>{NEARBY}</p></div>',
    "a pull quote in two words": f'<div class="pull-quote_pullQuote__x1"><blockquote>{NEARBY}</blockquote></div>',
    "the next story": f'<div class="next-story"><h2>Bridge shut</h2><p>{NEARBY}</p></div>',
    "what only printers show": f'<div class="d-none d-print-block">{NEARBY}</div>',
    "an info box": f'<div class="infobox"><h3>Bridges</h3><p>{NEARBY} {NEARBY}</p></div>',
    "a picture's description": f'<div><img src=a.jpg><p class="imagedescription">{NEARBY}</p></div>',
    "a shortcode left raw": '<p>[button link="https://www.example.org/x" type="big"] Send us YOUR story of the sea[/button]</p>',
    "a plea for addresses": "<p>Do you love ships? Our Harbour newsletter has them all. Sign up now, and never miss one.</p>",
    "a german plea": "<p>Sie können sich jederzeit wieder abmelden, wenn Sie das möchten; wir löschen dann Ihre Adresse.</p>",
    "what links earn": "<p>If you buy something through our links, the paper may earn a small commission. It helps us.</p>",
    "bullets that name the house's channels": (
        '<ul><li>Das Echo aufs Handy? Hier geht es zur <a href="/a">App</a> für Android und iOS.</li>'
        '<li>Das Echo auch bei <a href="/w">WhatsApp</a>, Instagram oder Facebook, jeden Tag neu.</li></ul>'
    ),
    "a broken player": "<div>Try refreshing your browser, or tap here to see more of our films.</div>",
    "a label over a film": '<p>WATCH | The harbour in the winter <a href="/v">when it froze</a>:</p>',
    "a paragraph of titles": "".join(["<p>", *(f'Sea | <a href="/{n}">{NEARBY.rstrip(".")}</a> ' for n in range(4)), "</p>"]),
    "a copy for narrow screens": f'<div class="lg:hidden">{p(ONE, TWO)}</div>',
    "a credit in brackets": "<p>(Credit: Anna Moore / Island News)</p>",
}


@table("name", LEAVES)
def test_furniture_leaves(name: str) -> None:
    assert body_of(f"{H1}<article>{p(ONE, TWO)}{LEAVES[name]}{p(THREE, FOUR)}</article>") == [ONE, TWO, THREE, FOUR]


def test_a_short_report_is_no_footer() -> None:
    house = p(f"{LINKED} {TWO}", f"{LINKED} {THREE}", f"{LINKED} {FOUR}")
    assert body_of(f"<div>{H1}<div>{ONE}<br><br>{TWO}</div></div><div id=bottom>{house}</div>") == [ONE, TWO]


def test_a_standfirst_and_a_byline_are_no_short_report() -> None:
    byline = "<div>Ben Hale, Port Ellen correspondent, published on 7 March 2025 at 08:20, reading time 5 min</div>"
    assert (
        body_of(f"<article><header>{H1}{p(ONE)}{byline}</header><div>{p(f'{TWO} {THREE}')}</div></article>")[-1]
        == f"{TWO} {THREE}"
    )


ENDS = (
    "Additional reporting by Ben Hale in Port Ellen; editing by Ruth Crane",
    "Island News writer Ben Hale contributed to this report.",
    "This is a breaking story, more to follow.",
    "Write to Ben Hale at ben.hale@example.org",
    "This article was first published in the Harbour Post.",
    "Dieser Artikel ist zuerst bei den Hafennachrichten erschienen.",
    "Already a subscriber? Log in",
    "comments",
    "Copyright 2025 The Harbour Post. All rights reserved.",
    "Subscribe to the Harbour Post for two pounds a week.",
    "Edited by Ruth Crane",
    f"Wir freuen uns auf Ihre Kommentare. {'Bitte bleiben Sie beim Thema und beleidigen Sie niemanden. ' * 8}",
    "Includes material from The Associated Press",
    "Letters go to letters@post.example.",
    "(dpa/lno)",
    "/ritzau/",
    "【共同】",
    "（終わり）",
    "Mit Material von dpa",
    "La rédaction avec AFP",
    "Con información de EFE",
    "Bron: ANP",
    "Källa: TT",
    "来源：新华社",
    "責任編輯：李四",
    "Fot. Anna Inna",
    "Alle Rechte beim Hafenboten vorbehalten.",
    "Tous droits de reproduction réservés.",
    "Wszelkie prawa zastrzeżone.",
    "Tüm hakları saklıdır.",
    "جميع الحقوق محفوظة.",
    "版权所有，不得转载。",
    "Haben Sie einen Fehler gefunden? Schreiben Sie uns.",
    "Vous avez vu une erreur ? Dites-le-nous.",
    "Har du hittat ett fel i texten? Kontakta redaktionen.",
)


@table("line", ENDS)
def test_lines_of_the_house_leave_the_end_only(line: str) -> None:
    assert body_of(f"{H1}<article>{p(ONE, TWO, THREE, line)}</article>") == [ONE, TWO, THREE]


@table(
    "line",
    [
        "Copyright in the song of the ferrymen belongs to the widow, the court of appeal found on Thursday.",
        "All rights reserved for the heirs, the will of the owner said, and the yard was to pay them each year.",
        "The newsletter of the parish was printed for the last time in the spring of that year.",
        "He refused to subscribe to the view that the ferry had been lost for good.",
        "Edited by hand, the film of the crossing has no cut of over two seconds.",
        "Follow the quay for a mile and turn left at the mill.",
        "Alle Rechte an dem Lied gehören nun den Erben.",
        "Quelle des Lecks war ein altes Ventil unter dem Deck.",
        "Kaynak suyu kuruyunca köylüler kuyu açtı.",
        "Źródło wycieku znalazł dopiero nurek z portu.",
        "War es ein Fehler des Lotsen?",
        "Mehr zum Lachen war am Freitag an Bord niemandem.",
    ],
)
def test_a_last_sentence_that_tells_of_others_stays(line: str) -> None:
    assert body_of(f"{H1}<article>{p(ONE, TWO, THREE, line)}</article>") == [ONE, TWO, THREE, line]


WRITER = "Ines Calder grew up on the islands and has covered their harbours for this paper since 2009, with pleasure."


def _by(name: str) -> str:
    data = {"@type": "NewsArticle", "headline": "The ferry that never came", "author": {"@type": "Person", "name": name}}
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


@table(
    ("html", "writer", "paragraphs"),
    [
        (p(ONE, TWO, THREE, FOUR, f"<em>{WRITER}</em>"), "Ines Calder", [ONE, TWO, THREE, FOUR]),
        (p(ONE, TWO, THREE, FOUR) + f"<p class=bio-line>{WRITER}</p>", "Ines Calder", [ONE, TWO, THREE, FOUR]),
        (p(ONE, TWO, THREE, FOUR, WRITER), "Ines Calder", [ONE, TWO, THREE, FOUR, WRITER]),  # a namesake may be in the story
        (f"<div>{p(WRITER)}</div>{p(ONE, TWO, THREE, FOUR)}", "Ines Calder", [ONE, TWO, THREE, FOUR]),
        (p(WRITER, ONE, TWO, THREE, FOUR), "Ines Calder", [WRITER, ONE, TWO, THREE, FOUR]),  # a lead may begin with the name
        (p(ONE, TWO, WRITER, THREE, FOUR), "Ines Calder", [ONE, TWO, WRITER, THREE, FOUR]),
        (p(ONE, TWO, THREE, FOUR, WRITER), "Paul Marsh", [ONE, TWO, THREE, FOUR, WRITER]),
    ],
)
def test_what_presents_the_writer_leaves_both_ends(html: str, writer: str, paragraphs: list[str]) -> None:
    assert body_of(f"{H1}<article>{html}</article>", _by(writer)) == paragraphs


LEAD = f"{ONE} Nobody knows when the next one will, and the council has asked the company for a word about it by Monday at noon."
LEADS = {
    "set apart by its layout": f"<header>{H1}{p(LEAD)}</header>",
    "named as the standfirst": f'<header>{H1}<div class="article-standfirst">{p(LEAD)}</div></header>',
    "in a box named for teasers": f'{H1}<div class="article-teaser">{p(LEAD)}</div>',
}


@table("name", LEADS)
def test_a_first_paragraph_is_text_even_where_it_is_the_standfirst(name: str) -> None:
    text = f'<div class="text">{p(TWO, THREE, FOUR)}</div>'
    head = f'<meta name="description" content="{LEAD}">'
    assert body_of(f"<article>{LEADS[name]}{text}</article>", head) == [LEAD, TWO, THREE, FOUR]
    line = LEADS[name].replace(LEAD, ONE)
    assert body_of(f"<article>{line}{text}</article>", head.replace(LEAD, ONE)) == [TWO, THREE, FOUR]


def test_an_introduction_beside_the_slides_is_read() -> None:
    intro = f"<section>{p(ONE, TWO)}</section>"
    slides = "".join(
        f'<div class="slide"><h2>Slide {number}</h2>{p(f"{text} This is how slide {number} tells it, and no other.")}</div>'
        for number, text in enumerate((THREE, FOUR, THREE, FOUR, THREE), 1)
    )
    assert body_of(f"<div>{H1}{intro}<section><div>{slides}</div></section></div>")[:2] == [ONE, TWO]


def test_a_box_about_the_writer_is_no_body() -> None:
    box = f'<div class="author-card"><p>{WRITER}</p></div>'
    assert body_of(f"{H1}<main>{box}</main>") == []


def test_a_writer_who_begins_every_paragraph_ends_neither_reading_nor_page() -> None:
    every = p(*(f"Ines Calder {number}: {ONE}" for number in range(3_000)))
    assert len(body_of(f"{H1}<article>{every}</article>", _by("Ines Calder"))) >= 3


def linked(title: str, text: str) -> str:
    return f"<h2><a href='https://shop.example/{title}'>{title}</a></h2><p>{text}</p>"


def test_sub_headings_that_are_links_stay_where_the_text_is_made_of_them() -> None:
    parts = (("Skiff", TWO), ("Cutter", THREE), ("Ketch", FOUR))
    markup = "".join(linked(title, text) for title, text in parts)
    assert body_of(f"<article>{H1}{p(ONE)}{markup}</article>") == [ONE, *(line for part in parts for line in part)]


def test_a_paragraph_in_a_box_named_for_its_picture_stays() -> None:
    long = f"{TWO} {THREE} {FOUR} {ONE}"
    boxes = "".join(f"<div class='card--large-image'><img src=/{n}.jpg width=900><p>{long[n:]}</p></div>" for n in (0, 4, 8))
    assert body_of(f"<article>{H1}{p(ONE)}{boxes}</article>") == [ONE, long, long[4:], long[8:]]

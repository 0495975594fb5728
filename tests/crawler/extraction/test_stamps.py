"""Lines of times: they are no text, whatever language they are in; and relative ones are no rivals to exact ones."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extraction import extract
from crawler.extraction.body.lines import is_stamp
from tests.table import table

URL = "https://www.example.org/news/the-mill-burns"
TEXT = "".join(
    f"<p>The mill burned until {hour} in the morning, and nobody could do anything but watch it go.</p>" for hour in "345"
)


@table(
    "line",
    [
        "Published 9th May 2025, 16:15 BST | Updated 9th May 2025, 19:20 BST",
        "Veröffentlicht am Donnerstag, 3. November 2023, 08:08 Uhr",
        "Publié le 12 avril 2024 à 09h30 - Mis à jour le 13 avril 2024 à 10h12",
        "07/03/2025 08:30",
        "2024年4月1日 10時20分",
        "Updated 3 hours ago",
    ],
)
def test_stamps(line: str) -> None:
    assert is_stamp(line)


@table(
    "line",
    [
        "The mill burned on 9 May 2025.",
        "Town 1, Lyd 0",
        "1,234",
        "",
        "No figures here",
        "In 2025 the council spent £35,000 on the mill, and in 2024 it spent £12,000.",
    ],
)
def test_text(line: str) -> None:
    assert not is_stamp(line)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_no_line_is_a_stamp_that_has_no_figure_or_has_words_before_it(line: str) -> None:
    assert not is_stamp("".join(character for character in line if not character.isdigit()))
    assert not is_stamp(f"The mill burned {line}")


def test_a_stamp_is_never_body() -> None:
    html = (
        f"<article><h1>The mill burns</h1><div><p>Published 9th May 2025, 16:15 BST | Updated 9th May 2025, 19:20</p>{TEXT}</div>"
    )
    assert extract(html, URL).body.startswith("The mill burned until 3")


def test_hours_ago_are_no_rival_to_what_machines_are_told() -> None:
    meta = '<meta property="article:published_time" content="2025-05-09T10:42:10Z">'
    html = f"{meta}<article><h1>The mill burns</h1><div class='date'>3 hours ago</div>{TEXT}</article>"
    marked = extract(html, URL, fetched=datetime(2025, 5, 9, 14, 5, tzinfo=UTC)).date_published
    assert str(marked) == "2025-05-09T10:42:10Z"
    untold = extract(html.replace(meta, ""), URL, fetched=datetime(2025, 5, 9, 14, 5, tzinfo=UTC)).date_published
    assert str(untold).startswith("2025-05-09T11:05")


def test_the_foot_of_an_entry_holds_its_time() -> None:
    foot = (
        '<footer><time class="entry-date published updated" datetime="2025-08-14T11:20:00+01:00">14 August 2025</time></footer>'
    )
    article = extract(f"<article><h1>The mill burns</h1><div>{TEXT}</div>{foot}</article>", URL)
    assert (str(article.date_published), article.date_modified) == ("2025-08-14T10:20:00Z", None)


FIRST = '<time datetime="2025-03-07T08:00:00Z">Friday</time>'
LATER = '<time datetime="2025-03-07T10:30:00Z">{}</time>'
LABELLED = {
    "a label in the same line": f"Published {FIRST} Last updated {LATER.format('7 March 2025')}",
    "a weekday": f"Published {FIRST} Updated: {LATER.format('Friday')}",
    "no text at all": f"Published {FIRST}, updated {LATER.format('')}",
    "a clock without its day": f"{FIRST} (updated {LATER.format('10:30')})",
    "a label in an element of its own": f"{FIRST}<span>Updated on</span> {LATER.format('7 March')}",
    "a label in bold, and an icon": f"{FIRST}<b>Last modified</b> <i class=icon></i>{LATER.format('today')}",
    "a list": f"<ul><li>Published: {FIRST}</li><li>Updated: {LATER.format('7 March')}</li></ul>",
    "terms and their descriptions": f"<dl><dt>Published</dt><dd>{FIRST}</dd><dt>Updated</dt><dd>{LATER.format('Fri')}</dd></dl>",
    "a wrapper": f"{FIRST} Last updated <span class=a><span class=b>{LATER.format('7 March')}</span></span>",
    "the name of a wrapper": f"{FIRST} <span class=last-updated>{LATER.format('7 March')}</span>",
    "a label behind it": f"{FIRST} {LATER.format('Friday')} (updated)",
    "a label that is read out": FIRST + LATER.format("Friday").replace("<time", "<time aria-label='Last updated'"),
    "a label in its title": FIRST + LATER.format("Friday").replace("<time", "<time title='Last updated'"),
    "an instant in its title": FIRST + 'Updated <abbr title="2025-03-07T10:30:00Z">Friday</abbr>',
    "another verb": f"Published {FIRST} Edited {LATER.format('Friday')}",
    "an element of scripts": FIRST + 'Updated <relative-time datetime="2025-03-07T10:30:00Z">7 March</relative-time>',
    "German": f"Veröffentlicht: {FIRST} Aktualisiert am {LATER.format('7. März 2025')}",
    "French": f"Publié le {FIRST} Mis à jour le {LATER.format('vendredi')}",
    "Spanish": f"Publicado {FIRST} Actualizado {LATER.format('viernes')}",
    "Italian": f"Pubblicato {FIRST} Aggiornato il {LATER.format('7 marzo')}",
    "Portuguese": f"Publicado em {FIRST} Atualizado em {LATER.format('7 de março')}",
    "Dutch": f"Gepubliceerd {FIRST} Bijgewerkt op {LATER.format('7 maart')}",
    "Swedish": f"Publicerad {FIRST} Uppdaterad {LATER.format('7 mars')}",
    "Polish": f"Opublikowano {FIRST} Aktualizacja: {LATER.format('7 marca')}",
}


def dates_of(line: str) -> tuple[datetime | None, datetime | None]:
    article = extract(f"<article><h1>The mill burns</h1><div class=dates>{line}</div>{TEXT}</article>", URL)
    stamps = (article.date_published, article.date_modified)
    return tuple(None if stamp is None else stamp.instant for stamp in stamps)  # type: ignore[return-value]


@table("line", LABELLED.values(), ids=LABELLED)
def test_the_label_beside_a_time_says_which_it_is(line: str) -> None:
    assert dates_of(line) == (datetime(2025, 3, 7, 8, tzinfo=UTC), datetime(2025, 3, 7, 10, 30, tzinfo=UTC))


UNLABELLED = {
    "the label of the time before it": f"Updated {LATER.format('7 March')} {FIRST}",
    "a sentence": f"<p>The fire service has updated its guidance for the owners of old mills</p>{FIRST}",
    "a publication": f"Published {FIRST}",
    "names of one time that never changed": FIRST.replace("<time", "<time class='published updated'"),
}


@table("line", UNLABELLED.values(), ids=UNLABELLED)
def test_a_time_is_of_the_publication_unless_its_own_label_says_otherwise(line: str) -> None:
    assert dates_of(line)[0] == datetime(2025, 3, 7, 8, tzinfo=UTC)


def test_an_update_some_minutes_ago_is_no_stamp() -> None:
    html = f"<article><h1>The mill burns</h1><div class=dates>{FIRST} <span>Updated 5 minutes ago</span></div>{TEXT}</article>"
    assert extract(html, URL, fetched=datetime(2025, 3, 9, 14, 5, tzinfo=UTC)).date_modified is None

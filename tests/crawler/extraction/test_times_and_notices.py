"""Which of a page's times is the publication; paragraphs that only tell of cookies and data."""

from __future__ import annotations

from datetime import UTC, datetime

from crawler.extraction import extract
from tests.crawler.extraction.test_html_shown import HEADING, LINES, TEXT, URL, read
from tests.table import table

DATA = '{"@type":"NewsArticle","headline":"The choir sings again","datePublished":"2024-05-03T08:10:00Z"}'


def published(inside: str, data: str = DATA, url: str = URL, fetched: datetime | None = None, head: str = "") -> str | None:
    script = f"<script type='application/ld+json'>{data}</script>" if data else ""
    html = f"<html lang=en><head>{head}{script}</head><body><article>{HEADING}{inside}{TEXT}</article></body></html>"
    stamp = extract(html, url, fetched=fetched).date_published
    return None if stamp is None else stamp.instant.isoformat().removesuffix("+00:00")


@table(
    "inside",
    [
        "<p class=date>Concert held: 28 April 2024</p>",
        "<div class=event>Next rehearsal: 2 May 2024</div>",
        "<div class=fixture>Choir against choir <time datetime='2024-04-29T19:00:00Z'>29 April 2024</time></div>",
        "<ul class=series><li>Part 1 <time datetime='2024-04-20T08:00:00Z'>20 April 2024</time></li></ul>",
        "<aside class=related><a href=/a-1>Old</a><time datetime='2024-04-30T08:00:00Z'>30 April 2024</time></aside>",
        "<div class=more><a href=/a-1>The hall closes</a> <span class=date>30 April 2024</span></div>",
        "<p class=meta>The court sat on 30 April 2024</p>",
    ],
)
def test_another_day_does_not_overrule_the_data(inside: str) -> None:
    assert published(inside) == "2024-05-03T08:10:00"


@table(
    "inside,instant",
    [
        ("<p class=date>First published 28 April 2024</p>", "2024-04-28T00:00:00"),
        ("<p>Published: <time datetime='2024-04-28T09:00:00Z'>28 April 2024, 09:00</time></p>", "2024-04-28T09:00:00"),
        ("<time class=published datetime='2024-04-28T09:00:00Z'>28 April 2024 09:00</time>", "2024-04-28T09:00:00"),
        ("<p>28 April 2024 09:00 UTC | Updated 3 May 2024 08:10 UTC</p>", "2024-04-28T09:00:00"),
        ("<p class=date>Veröffentlicht am 28.04.2024</p>", "2024-04-28T00:00:00"),
    ],
)
def test_what_the_page_calls_its_publication_does(inside: str, instant: str) -> None:
    assert published(inside) == instant


@table(
    "inside,data,head,instant",
    [
        ("<time datetime='2024-05-03T00:00:00+02:00'>3.5.2024</time>", DATA, "", "2024-05-03T08:10:00"),
        ("<time datetime='2024-05-03T00:00:00-05:00'>May 3, 2024</time>", DATA, "", "2024-05-03T08:10:00"),
        ("<time datetime='2024-05-02T22:00:00Z'>3 May 2024</time>", DATA, "", "2024-05-03T08:10:00"),
        ("<time datetime='2024-05-03 00:00:00'>Friday</time>", DATA, "", "2024-05-03T08:10:00"),
        ("<time itemprop=datePublished datetime='2024-05-03T00:00:00Z'>3 May 2024</time>", DATA, "", "2024-05-03T08:10:00"),
        (
            "",
            DATA.replace("08:10", "00:00"),
            "<meta property='article:published_time' content='2024-05-03T08:10:00Z'>",
            "2024-05-03T08:10:00",
        ),
        ("<time datetime='2024-05-03T00:00:00+02:00'>3 May 2024</time>", "", "", "2024-05-03T00:00:00"),
        ("<time datetime='2024-05-03T00:00:00Z'>3 May 2024 00:00</time>", "", "", "2024-05-03T00:00:00"),
    ],
)
def test_midnight_is_a_day(inside: str, data: str, head: str, instant: str) -> None:
    assert published(inside, data, head=head) == instant


@table(
    "inside,data,url",
    [
        ("", "", "https://www.fjordpost.example/kultur/choir-festival-2024-09-14"),
        ("", "", "https://www.fjordpost.example/2024/09/14/choir-festival"),
        ("<p class=date>Saturday 14 September 2024</p>", "", URL),
        ("<time datetime='2024-09-14T19:00:00Z'>14 September 2024, 19:00</time>", "", URL),
        ("", DATA.replace("2024-05-03", "2024-09-14"), URL),
        ("<p class=date>6 May 2024</p>", "", URL),
    ],
)
def test_nothing_is_published_after_it_was_fetched(inside: str, data: str, url: str) -> None:
    assert published(inside, data, url, datetime(2024, 5, 4, 12, tzinfo=UTC)) is None


@table("hour,instant", [(12, "2024-05-03T08:10:00"), (0, "2024-05-03T08:10:00")])
def test_what_was_published_shortly_before_is_kept(hour: int, instant: str) -> None:
    assert published("", fetched=datetime(2024, 5, 3, hour, tzinfo=UTC)) == instant


@table(
    "text",
    [
        "The regulator fined the firm because it had set cookies in browsers of children without the consent of parents.",
        "Cookies of oats and honey were handed out while a browser of old books found the score of the missing hymn.",
        "Nach dem Einbruch fehlten auch personenbezogene Daten der Sänger, teilte die Gemeinde am Montag mit.",
        '"We use cookies in your browser and ask for consent," the manager had told the court, according to the file.',
        "Our cookies are made by experienced singers, said the baker of the choir.",
        "監視委員会は、利用者の同意なしにクッキーを保存した合唱団に罰金を科した。",
        "Le tribunal a jugé que les services de la mairie plaçaient des cookies sans demander à personne.",
        "Singers were asked to accept all cookies or to leave the choir's page, and most of them did the former.",
        "Investigators found third-party cookies on the phones, and the settings had been changed by a stranger.",
    ],
)
def test_a_story_about_cookies_and_data_is_text(text: str) -> None:
    assert text in read(f"{HEADING}<p>{LINES[0]}</p><p>{text}</p>{TEXT}").body


@table(
    "text",
    [
        "We use cookies on this website to improve your experience. You can change your settings at any time.",
        "This site uses cookies: accept all cookies or manage your consent in the settings of your browser.",
        "Wir verwenden Cookies. Mit der Nutzung unserer Website stimmen Sie den Einstellungen zu.",
        "Externer Inhalt: Mit dem Laden willigen Sie ein, dass personenbezogene Daten übermittelt werden.",
        "Ce contenu est bloqué car vous n'avez pas accepté les cookies de ce service.",
        "Este sitio utiliza cookies para mejorar su experiencia. Puede aceptar o cambiar las opciones.",
        "By reading on you accept our use of cookies.",
        "Utilizziamo i cookie per offrirti la migliore esperienza sul nostro sito.",
        "Vi bruker cookies for å gi deg en bedre opplevelse.",
        "Używamy plików cookie, aby poprawić Twoje doświadczenia.",
        "Χρησιμοποιούμε cookies για να βελτιώσουμε την εμπειρία σας.",
        "Sitemizde deneyiminizi iyileştirmek için çerezler kullanıyoruz.",
        "当サイトではより良い体験のためにCookieを使用しています。",
        "我们使用Cookie来改善您在本网站的体验。",
        "Diese Seite verwendet Cookies. Durch die Nutzung stimmen Sie dem zu.",
        "We and our 88 partners store cookies on your device.",
        "How we keep your data is told in our privacy policy.",
        "Please enable JavaScript to see the score.",
        "Denne side bruger kun nødvendige cookies. Accepter for at gå videre.",
    ],
)
def test_a_notice_that_speaks_to_the_reader_is_not(text: str) -> None:
    assert text not in read(f"{HEADING}<p>{LINES[0]}</p><p>{text}</p>{TEXT}").body

"""Kinds of pages, and the reasons why some are none."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extraction import extract
from crawler.extraction.extract import judge_kind
from crawler.extraction.kinds.signs import Signs
from pipelines.article import Kind
from pipelines.reasons import FetchReason
from tests.table import table

HOST = "https://www.example.org"
TEXT = "<p>" + "A sentence of some length about a thing that happened, with a comma. " * 6 + "</p>"
SIGNED = '<p class="byline">By Oda Fenwright</p><time datetime="2026-03-04T09:00:00Z">4 March 2026</time>'
WEB_PAGE = '<script type="application/ld+json">{"@context": "https://schema.org", "@type": "WebPage"}</script>'
TEASERS = "".join(f'<div class="card"><a href="/news/{n}"><h3>A headline number {n} of the day</h3></a></div>' for n in range(30))


@table(
    ("path", "html", "kind", "reason"),
    [
        ("/news/a-thing-happened-here", f"<h1>A thing happened here</h1>{TEXT}", Kind.ARTICLE, None),
        ("/news/x", "", Kind.NOT_ARTICLE, "empty page"),
        ("/news/x", "<div></div>", Kind.NOT_ARTICLE, "no headline and no text"),
        ("/", f"<h1>The Paper</h1>{TEXT}", Kind.NOT_ARTICLE, "front page"),
        ("/?p=311", f"<h1>A thing happened here</h1>{SIGNED}{TEXT}", Kind.ARTICLE, None),
        ("/?page=2", f"<h1>The Paper</h1>{TEXT}", Kind.NOT_ARTICLE, "front page"),
        ("/who-we-are-here", f"{WEB_PAGE}<h1>Who we are</h1>{TEXT}", Kind.NOT_ARTICLE, "page about the site"),
        ("/news/a-thing-happened", f"{WEB_PAGE}<h1>A thing happened here</h1>{SIGNED}{TEXT}", Kind.ARTICLE, None),
        ("/news/", f'<meta property="og:type" content="website"><h1>News</h1>{TEASERS}', Kind.NOT_ARTICLE, "section front"),
        (
            "/news/gone-story-12345",
            "<h1>Page not found</h1><p>Sorry, the page you wanted is not here any more, it seems.</p>",
            Kind.NOT_ARTICLE,
            "soft 404",
        ),
        (
            "/lokales/weg-12345",
            "<title>Seite nicht gefunden</title><p>Leider gibt es diese Seite nicht mehr, das tut uns leid.</p>",
            Kind.NOT_ARTICLE,
            "soft 404",
        ),
        (
            "/news/a-story-here",
            "<title>Just a moment...</title><p>Checking your browser.</p>",
            Kind.NOT_ARTICLE,
            "a wall against robots",
        ),
        ("/news/a-story-here", "<h1>Log in to continue</h1><form><input type=password></form>", Kind.NOT_ARTICLE, "log-in wall"),
        ("/puzzles/sudoku/", "<h1>Sudoku</h1><p>Play our daily sudoku.</p>", Kind.NOT_ARTICLE, "puzzle page"),
        ("/search/?q=mill", f"<h1>Results</h1>{TEASERS}", Kind.NOT_ARTICLE, "search page"),
        ("/epaper/2025-01-01", "<h1>Today's edition</h1>", Kind.NOT_ARTICLE, "e-paper"),
        ("/author/jo-fenwick/", f"<h1>Jo Fenwick</h1>{TEASERS}", Kind.NOT_ARTICLE, "author page"),
        (
            "/news/live-updates-here",
            f'<script type="application/ld+json">{{"@type": "LiveBlogPosting", "headline": "Live"}}</script><h1>Live</h1>{TEXT}',
            Kind.LIVE,
            None,
        ),
        ("/sponsored/the-best-beds", f"<h1>The best beds of all</h1>{TEXT}", Kind.SPONSORED, None),
        (
            "/news/in-pictures-fair",
            "<h1>The fair in pictures</h1>"
            + "".join(f"<figure><img src={n}.jpg><figcaption>Fair</figcaption></figure>" for n in range(6)),
            Kind.GALLERY,
            None,
        ),
        (
            "/video/news/the-fair",
            '<meta property="og:type" content="video.other"><h1>The fair from above</h1><p>Watch it here, in full.</p>',
            Kind.VIDEO,
            None,
        ),
        (
            "/uk-news/",
            "<h1>UK News</h1><p>Friday 9 May 2025, by the river since 1871</p><div class=card><h2><a href=/a>A</a></h2></div>",
            Kind.NOT_ARTICLE,
            "section front",
        ),
        (
            "/news/quick-crossword-4512090",
            "<h1>Quick crossword</h1><p>Across: 1 River bird (4)</p>",
            Kind.NOT_ARTICLE,
            "puzzle page",
        ),
        (
            "/about/our-history-4512091",
            '<meta property="og:type" content="website"><h1>Our history in brief</h1><p>We were founded in 1871.</p>',
            Kind.NOT_ARTICLE,
            "little text",
        ),
        (
            "/news/undated-4512092",
            '<meta property="og:type" content="website"><h1>Undated</h1><p class=byline>By Una Pell</p><p>So it was.</p>',
            Kind.ARTICLE,
            None,
        ),
        (
            "/news/story-12345",
            f'<meta property="og:type" content="article"><h1>Hotel guest not found for days</h1>{TEXT * 3}',
            Kind.ARTICLE,
            None,
        ),
    ],
)
def test_kind(path: str, html: str, kind: Kind, reason: str | None) -> None:
    article = extract(html, HOST + path)
    assert article.kind is kind
    assert (article.reason or "").startswith(reason) if reason else article.reason is None


@table(
    ("host", "kind"),
    [("app", Kind.NOT_ARTICLE), ("epaper", Kind.NOT_ARTICLE), ("www", Kind.ARTICLE), ("apple", Kind.ARTICLE)],
)
def test_the_printed_papers_pages_have_a_host_of_their_own(host: str, kind: Kind) -> None:
    article = extract(
        "<h1>Friday, 7 March</h1><p class=byline>By Una Pell</p><p>Turn the page to read on, or tap on a story.</p>",
        f"https://{host}.example.org/p/7",
    )
    assert (article.kind, article.reason) == (kind, "e-paper" if kind is Kind.NOT_ARTICLE else None)


ARTICLE_LD = '<script type="application/ld+json">{"@type":"%s","headline":"%s","datePublished":"2025-03-07T08:00:00Z"}</script>'


PAID = [
    "Sponsored",
    "Sponsored content",
    "Sponsored by Acme Beds",
    "In association with Acme Beds",
    "In paid partnership with Acme Beds",
    "Advertisement feature",
    "ADVERTORIAL",
    "Paid content",
    "Paid post",
    "Partner content",
    "Branded content",
    "Presented by Acme Beds",
    "Gesponserter Inhalt",
    "Verlagsanzeige",
    "Entgeltliche Einschaltung",
    "Contenu sponsorisé",
    "Publi-reportage",
    "Publirreportaje",
    "Contenido patrocinado",
    "Conteúdo patrocinado",
    "Contenuto sponsorizzato",
    "Informazione pubblicitaria",
    "Gesponsorde inhoud",
    "Annonsørinnhold",
    "Annoncørbetalt indhold",
    "Kaupallinen yhteistyö",
    "Artykuł sponsorowany",
    "Komerční sdělení",
    "На правах рекламы",
]
BY_THE_HEADING = [
    "<article><div class=kicker>{}</div><h1>The best beds of all</h1>",
    "<article><h1>The best beds of all</h1><p class=x>{}</p>",
    "<article><header><span>{}</span><div><h1>The best beds of all</h1></div></header>",
]


@table(("label", "shape"), product(PAID, BY_THE_HEADING))
def test_a_label_by_the_heading_says_who_paid(label: str, shape: str) -> None:
    assert extract(shape.format(label) + TEXT + "</article>", f"{HOST}/homes/the-best-beds-of-all").kind is Kind.SPONSORED


@table(
    "html",
    [
        "<h1>Anzeige: Das sind die besten Betten von allen</h1>",
        "<h1>Sponsored: the best beds of all</h1>",
        f"{ARTICLE_LD % ('AdvertiserContentArticle', 'The best beds')}<h1>The best beds of all</h1>",
        '<meta property="article:section" content="Anzeige"><h1>Die besten Betten von allen</h1>',
        '<meta property="article:section" content="Publirreportajes"><h1>Las mejores camas de todas</h1>',
    ],
)
def test_a_page_calls_itself_paid_for(html: str) -> None:
    assert extract(html + TEXT, f"{HOST}/homes/the-best-beds-of-all").kind is Kind.SPONSORED


@table(
    "html",
    [
        # The label of an advertisement's place.
        "<div>Anzeige</div><h1>The best beds of all</h1><div>Advertisement</div>",
        "<h1>The best beds of all</h1><p>By Una Pell</p><p>7 March 2025</p><p>4 min read</p><h3>Sponsored content</h3>",
        # What the sentence is about.
        "<h1>Sponsored walk raises a thousand pounds</h1><p>In association with the bowls club, they said, it rained.</p>",
        "<h1>Advertisement on church tower causes uproar</h1>",
        "<h1>Anzeige gegen Bäcker nach Brezelstreit</h1>",
    ],
)
def test_words_of_advertising_do_not_make_a_page_paid_for(html: str) -> None:
    assert extract(f"<article>{html}{TEXT * 2}</article>", f"{HOST}/news/a-thing-that-was").kind is Kind.ARTICLE


ARTICLES = [
    ("/news/flight-404-lands-safely-4512090", "Flight 404 lands safely"),
    ("/news/treasure-not-found-4512091", "Content not found in safe"),
    ("/news/sign-in-window-4512092", "Sign in to the village fair, says vicar"),
    ("/news/register-to-vote-4512093", "Register to vote before Monday, residents told"),
    ("/culture/forbidden-4512094", "Forbidden: the play that shocked a parish"),
    ("/news/captcha-4512095", "The captcha that beat a professor"),
    ("/money/privacy-4512096", "Your privacy matters, says the postman"),
    ("/weather/storm-on-its-way-4512097", "Storm on its way"),
    ("/games/crossword-club-4512098", "Crossword club is fifty"),
    ("/topics/harbour/new-quay-4512099", "New quay opens"),
    ("/jobs/brewery-closes-4512100", "Brewery closes"),
    ("/obituaries/ada-penhallow-4512101", "Ada Penhallow, lighthouse keeper"),
    ("/news/2025/03/07", "A year to the day"),
    ("/podcasts/the-missing-bell-4512102", "The missing bell"),
]


@table(("page", "marked"), product(ARTICLES, ["jsonld", "printed"]))
def test_an_article_is_one_whatever_its_words_and_its_address_are_like(page: tuple[str, str], marked: str) -> None:
    path, headline = page
    head, line = (
        (ARTICLE_LD % ("NewsArticle", headline), "") if marked == "jsonld" else ("", "<p>By Una Pell, 7 March 2025 08:00</p>")
    )
    article = extract(f"{head}<article><h1>{headline}</h1>{line}{TEXT}</article>", HOST + path)
    assert (article.kind, article.reason) == (Kind.ARTICLE, None)


@table(
    ("head", "extra", "free"),
    [
        ("", "", None),
        ('<meta property="article:content_tier" content="free">', "", True),
        ('<meta property="article:content_tier" content="metered">', "", False),
        ('<meta property="article:content_tier" content="locked">', "", False),
        ('<meta name="article:content-tier" content="locked">', "", False),
        ('<meta property="article:content_tier" content="">', "", None),
        ('<meta property="article:content_tier" content="free /">', "", True),
        ('<meta itemprop="isAccessibleForFree" content="False">', "", False),
        ('<meta itemprop="isAccessibleForFree" content="true">', "", True),
        ('<meta name="isAccessibleForFree" content="false">', "", False),
        ("", '"isAccessibleForFree":false', False),
        ("", '"isAccessibleForFree":"False"', False),
        ("", '"isAccessibleForFree":"http://schema.org/False"', False),
        ("", '"isAccessibleForFree":"http://schema.org/True"', True),
        ("", '"isAccessibleForFree":true', True),
        ("", '"isAccessibleForFree":["False"]', False),
        ("", '"isAccessibleForFree":""', None),
        ("", '"isAccessibleForFree":"maybe"', None),
        ("", '"hasPart":{"@type":"WebPageElement","isAccessibleForFree":"False","cssSelector":".paid"}', False),
        ("", '"hasPart":[{"@type":"WebPageElement","isAccessibleForFree":false,"cssSelector":".paid"}]', False),
        ("", '"isAccessibleForFree":true,"hasPart":{"isAccessibleForFree":"False","cssSelector":".paid"}', True),
        ("", '"hasPart":{"isAccessibleForFree":"False","cssSelector":".not-on-this-page"}', None),
        ("", '"hasPart":{"isAccessibleForFree":"True","cssSelector":".paid"}', None),
    ],
)
def test_whether_a_page_is_free_is_recorded_and_what_it_shows_is_kept(head: str, extra: str, free: bool | None) -> None:
    """The part that the page's own markup hides is not read, and nor is the text that only its data holds."""
    data = f',{extra},"articleBody":"{"A withheld sentence that nobody was shown. " * 40}"' if extra else ""
    ld = f'<script type="application/ld+json">{{"@type":"NewsArticle","datePublished":"2025-03-07T08:00:00Z"{data}}}</script>'
    hidden = (
        '<div class="paid" hidden><p>A hidden sentence that was for those who had paid for it, and for nobody else.</p></div>'
    )
    shown = "The first sentence of the piece, which everybody is shown, whether they have paid for the rest or not."
    html = f"<head>{head}{ld}</head><body><article><h1>The price of it</h1><p>{shown}</p>{hidden}</article></body>"
    article = extract(html, f"{HOST}/news/the-price-of-it-4512103")
    assert article.is_accessible_for_free is free
    assert article.body == shown


words = st.one_of(
    st.text(max_size=60), st.sampled_from(["Page not found", "Sign in", "Sponsored by X", "Privacy Gate", "404", "Quiz"])
)
types = st.frozensets(
    st.sampled_from(["newsarticle", "webpage", "profilepage", "quiz", "liveblogposting", "videoobject", "product"])
)
signs = st.builds(
    Signs,
    url=st.one_of(words.map(lambda path: f"{HOST}/{path}"), words),
    types=types,
    all_types=types,
    og_type=st.sampled_from(["", "article", "website", "video.other"]),
    title=words,
    headline=words,
    section=words,
    body_length=st.integers(0, 5000),
    pictures=st.integers(0, 9),
    has_date=st.booleans(),
    has_byline=st.booleans(),
    live_posts=st.integers(0, 5),
    asks_password=st.booleans(),
    prose_share=st.floats(0, 1),
    labels=st.lists(words, max_size=4).map(tuple),
    platform_says=st.sampled_from([None, FetchReason.SECTION_FRONT]),
)


@settings(max_examples=100, deadline=None)
@given(seen=signs)
def test_whatever_is_seen_a_page_is_of_one_kind_for_a_reason(seen: Signs) -> None:
    verdict = judge_kind(seen)
    assert verdict.why
    if seen.is_dated_article and seen.body_length >= 1000:
        assert verdict.value is not Kind.NOT_ARTICLE

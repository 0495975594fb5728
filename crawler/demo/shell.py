"""HTML frame of every page of the demo paper: head, masthead, menu, footer and styles."""

from __future__ import annotations

from html import escape

from crawler.demo.look import PageRequest
from crawler.demo.story import ZONE

TITLE = "The Haughmere Gazette"
SECTIONS = {
    "News": "/news/",
    "UK News": "/uk-news/",
    "Sport": "/sport/",
    "Business": "/business/",
    "What's On": "/whats-on/",
    "Sponsored": "/sponsored/",
}

STYLE = """
:root { --ink: #1d1b18; --soft: #6d665c; --rule: #d9d2c5; --paper: #fbf8f2; --red: #8c1c13; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 18px/1.6 Georgia, "Times New Roman", serif; }
a { color: inherit; text-decoration: none; } a:hover { color: var(--red); text-decoration: underline; }
.masthead, .menu, main, footer { max-width: 68rem; margin: 0 auto; padding: 0 1.25rem; }
.masthead { text-align: center; padding-top: 1.5rem; }
.masthead .title { font-size: clamp(2rem, 6vw, 3.6rem); line-height: 1.1; font-weight: 700; letter-spacing: -.02em; }
.masthead p, .menu, .kicker, .dates, .share-bar, .advert, aside, .topics, footer, .ago, figcaption, .label {
  font-family: "Helvetica Neue", Arial, sans-serif; font-size: .82rem; color: var(--soft); }
.masthead p { margin: .4rem 0 1rem; }
.menu { display: flex; flex-wrap: wrap; gap: .4rem 1.6rem; justify-content: center; padding-block: .6rem;
  border-block: 1px solid var(--rule); text-transform: uppercase; letter-spacing: .06em; }
main { display: grid; grid-template-columns: minmax(0, 1fr) 17rem; gap: 0 3rem; padding-block: 2rem; }
main > .breadcrumbs { grid-column: 1 / -1; }
main.wide { display: block; }
h1 { font-size: clamp(1.8rem, 4vw, 2.7rem); line-height: 1.15; margin: .2rem 0 .6rem; }
.kicker, .label { color: var(--red); text-transform: uppercase; letter-spacing: .08em; margin: 0; }
.standfirst { font-size: 1.2rem; color: #45403a; margin: 0 0 1rem; }
.byline { font-weight: 700; margin: 0; }
figure { margin: 1.5rem 0; } img, video { width: 100%; aspect-ratio: 16 / 9; object-fit: cover; display: block;
  background: var(--rule); } figcaption { padding-top: .4rem; }
blockquote { margin: 1.2rem 0; padding-left: 1rem; border-left: 3px solid var(--red); font-style: italic; }
.live-post { border-top: 1px solid var(--rule); padding-top: .8rem; margin-top: 1rem; }
.live-post h3 { margin: 0; }
.advert { border: 1px dashed var(--rule); padding: .6rem; margin: 1.2rem 0; text-align: center; }
.topics { list-style: none; padding: 0; display: flex; gap: .6rem; flex-wrap: wrap; }
aside ol { padding-left: 1.1rem; } aside li { margin-bottom: .5rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); gap: 1.6rem 2rem; }
.card { border-top: 2px solid var(--ink); padding-top: .6rem; }
.card h2 { font-size: 1.2rem; line-height: 1.25; margin: 0; }
.card p { margin: .3rem 0 0; font-size: .95rem; }
.grid td { width: 1.8rem; height: 1.8rem; border: 1px solid var(--ink); } .grid td.black { background: var(--ink); }
footer { border-top: 1px solid var(--rule); padding-block: 1.5rem 3rem; }
@media (max-width: 48rem) { main { display: block; } }
""".strip()


def document(request: PageRequest, title: str, head: str, main: str, *, wide: bool = False) -> str:
    """A whole page. `head` and `main` are markup, `title` is text."""
    menu = "".join(f'<a href="{path}">{escape(name)}</a>' for name, path in SECTIONS.items())
    local = request.now.astimezone(ZONE)
    return f"""<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} | {TITLE}</title>
{head}
<style>{STYLE}</style>
</head>
<body data-visit="{request.token}">
<header class="masthead"><a class="title" href="/">{TITLE}</a>
<p>{local:%A} {local.day} {local:%B %Y} · by the river since 1871 · {20 + request.serial % 5}C in Haughmere</p></header>
<nav class="menu">{menu}<a href="/puzzles/quick-crossword-4512090">Puzzles</a><a href="/e-paper/">E-paper</a></nav>
<main{' class="wide"' if wide else ""}>
{main}
</main>
<footer><p>{TITLE} is an invented newspaper: every name, place and event is made up. Page {request.serial}.</p></footer>
</body>
</html>
"""

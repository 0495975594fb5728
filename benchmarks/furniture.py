"""Furniture as templates print it around an article, and the ways in which it differs between two fetches of one page.

Markup in the habits of many systems (BEM, WordPress, Drupal, hashed and utility class names, AMP), words in many languages
from `furniture.toml`. Written for measuring: it knows nothing of our rules, and no publisher's markup stands here.
"""

from __future__ import annotations

import random
import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

WORDS: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("furniture.toml").read_text(encoding="utf-8"))
PEOPLE = ("Maya Ellison", "Tom Harker", "Ines Valdor", "Jonas Wrede", "Priya Nandan", "Luca Ferrante", "Aoife Brannock")


class Place(StrEnum):
    """Where on the page."""

    HEAD = "head"
    TOP = "top"
    ABOVE = "above the heading"
    BELOW = "below the heading"
    BETWEEN = "between paragraphs"
    AFTER = "after the article"
    BOTTOM = "bottom"


@dataclass(frozen=True, slots=True)
class Piece:
    """One kind of furniture."""

    name: str
    places: tuple[Place, ...]
    markup: str
    """With `$word` for what differs from fetch to fetch, see `words_for`."""


BETWEEN, AFTER, TOP, BOTTOM, ABOVE, BELOW, HEAD = (
    (Place.BETWEEN,), (Place.AFTER,), (Place.TOP,), (Place.BOTTOM,), (Place.ABOVE,), (Place.BELOW,), (Place.HEAD,),
)  # fmt: skip
WITHIN = (Place.BETWEEN, Place.AFTER)
ANYWHERE = (Place.ABOVE, Place.BETWEEN, Place.AFTER, Place.BOTTOM)

PIECES: tuple[Piece, ...] = (
    # --- advertising
    Piece("ad slot", ANYWHERE, '<div class="ad-slot ad-slot--mpu" id="div-gpt-ad-$token" data-targeting="$token">'
          '<span class="ad-slot__label">$ad</span><div id="google_ads_iframe_$token"></div></div>'),
    Piece("ad aside", WITHIN, '<aside class="advert advert--inline" aria-label="$ad"><p>$ad</p>'
          '<a href="https://ads.example/c?k=$token"><img src="https://ads.example/i/$token.jpg" alt="$teaser1"></a></aside>'),
    Piece("ad ins", WITHIN, '<ins class="adsbygoogle" style="display:block" data-ad-slot="$token"></ins>'
          '<script nonce="$token">(adsbygoogle=window.adsbygoogle||[]).push({"t":"$token"});</script>'),
    Piece("ad under hashed names", WITHIN, '<div class="sc-$hash1"><span class="sc-$hash2">$ad</span></div>'),
    Piece("ad under utility classes", WITHIN, '<div class="my-6 flex justify-center border-y py-4">'
          '<span class="text-xs uppercase text-gray-500">$ad</span></div>'),
    Piece("ad between rules", WITHIN, '<div class="mid-page"><hr><small>$ad</small><hr></div>'),
    Piece("amp ad", BETWEEN, '<amp-ad width="300" height="250" data-slot="/$n/$token"><div>$ad</div></amp-ad>'),
    Piece("native ad", WITHIN, '<div class="native-ad" data-campaign="$token"><span class="native-ad__sponsor">$ad</span>'
          '<a href="https://ads.example/n/$token"><h4>$teaser1</h4><p>$teaser2. $teaser3.</p></a></div>'),
    Piece("content links", WITHIN, '<div id="taboola-mid-$token" class="trc_related_container"><div class="trc_header">$ad</div>'
          '<a class="item-label-href" href="https://r.example/?u=$token">$teaser1</a>'
          '<a class="item-label-href" href="https://r.example/?u=$token2">$teaser2</a></div>'),
    Piece("widget of links", AFTER, '<div class="OUTBRAIN" data-widget-id="AR_$n"><div class="ob-widget-header">$ad</div>'
          '<ul><li><a href="$href1">$teaser1</a></li><li><a href="$href2">$teaser2</a></li></ul></div>'),
    # --- newsletters and other plugs
    Piece("newsletter section", WITHIN, '<section class="newsletter-signup"><h3>$plug1</h3><p>$plug2</p><form method="post">'
          '<input type="hidden" name="csrf" value="$token"><input type="email"><button>$plug3</button></form></section>'),
    Piece("newsletter in a box", WITHIN, '<div class="c-box c-box--highlight"><h4>$plug1</h4><p>$plug2</p>'
          '<form action="/subscribe"><input type="hidden" value="$token"><input type="email" name="email">'
          '<button type="submit">$plug3</button></form></div>'),
    Piece("newsletter under hashed names", WITHIN, '<div class="css-$hash1"><div class="css-$hash2"><p>$plug1</p><p>$plug2</p>'
          '<a href="/newsletters?src=$token">$plug3</a></div></div>'),
    Piece("newsletter pop-up", BOTTOM, '<div class="modal fade" role="dialog" id="nl-$token"><div class="modal-body">'
          '<h2>$plug1</h2><p>$plug2</p><button>$plug3</button></div></div>'),
    Piece("meter", (Place.TOP, Place.BETWEEN, Place.BOTTOM), '<div class="meter-banner" data-views="$n"><p>$meter</p></div>'),
    Piece("meter under tp", AFTER, '<div class="tp-container-inner" id="offer-$token"><p>$meter</p></div>'),
    # --- other articles
    Piece("related aside", WITHIN, '<aside class="related-articles"><h2>$related</h2><ul><li><a href="$href1">$teaser1</a></li>'
          '<li><a href="$href2">$teaser2</a></li><li><a href="$href3">$teaser3</a></li></ul></aside>'),
    Piece("related box", WITHIN, '<div class="article-inline-related"><a href="$href1"><img src="$img1" alt="$teaser1">'
          "<span>$related</span><h4>$teaser1</h4></a></div>"),
    Piece("read more line", BETWEEN, '<p class="read-more"><strong>$related:</strong> <a href="$href1">$teaser1</a></p>'),
    Piece("related line", BETWEEN, '<p><strong>$related: <a href="$href1">$teaser1</a></strong></p>'),
    Piece("lone link", BETWEEN, '<p><a href="$href1">$teaser1</a></p>'),
    Piece("teaser", WITHIN, '<article class="teaser teaser--small"><a href="$href1"><figure><img src="$img1" alt="$teaser1">'
          "<figcaption>$teaser2 ($person1/Getty Images)</figcaption></figure><h3>$teaser1</h3><p>$teaser3.</p></a>"
          '<span class="author">$person1</span><time datetime="$stamp">$ago</time></article>'),
    Piece("related under hashed names", WITHIN,
          '<div class="css-$hash1"><h2 class="css-$hash2">$related</h2><ul class="css-$hash1">'
          '<li><a href="$href1">$teaser1</a></li><li><a href="$href2">$teaser2</a></li></ul></div>'),
    Piece("related under utility classes", WITHIN, '<div class="not-prose my-8 grid gap-4"><h3 class="font-bold">$related</h3>'
          '<a class="flex" href="$href1"><span class="text-lg">$teaser1</span><span class="text-sm">$ago</span></a>'
          '<a class="flex" href="$href2"><span class="text-lg">$teaser2</span><span class="text-sm">$ago2</span></a></div>'),
    Piece("related block", WITHIN, '<div class="block block-views block-views-blockrelated-content" id="block-$token">'
          '<h2>$related</h2><div class="views-row"><a href="$href1">$teaser1</a></div></div>'),
    Piece("related plugin", AFTER, '<div id="jp-relatedposts" class="jp-relatedposts"><h3 class="jp-relatedposts-headline">'
          '<em>$related</em></h3><div class="jp-relatedposts-items"><p><a href="$href1">$teaser1</a></p>'
          '<p><a href="$href2">$teaser2</a></p></div></div>'),
    Piece("grid of cards", AFTER, '<section class="more-stories"><h2>$related</h2><div class="card"><a href="$href1">'
          '<img src="$img1" alt=""><h3 class="card__title">$teaser1</h3></a><p class="card__summary">$teaser3. $teaser2.</p>'
          '<span class="card__byline">$person1</span></div><div class="card"><a href="$href2"><h3>$teaser2</h3></a>'
          '<p class="card__summary">$teaser1. $teaser3.</p></div></section>'),
    Piece("next article", AFTER, '<div class="next-article"><span>$related</span><h2><a href="$href1">$teaser1</a></h2>'
          "<p>$teaser2. $teaser3.</p></div>"),
    Piece("most read", (Place.BETWEEN, Place.AFTER, Place.BOTTOM), '<div class="most-read"><h3>$most_read</h3><ol>'
          '<li><a href="$href1">$teaser1</a></li><li><a href="$href2">$teaser2</a></li><li><a href="$href3">$teaser3</a></li>'
          "</ol></div>"),
    Piece("popular posts", BOTTOM, '<aside class="sidebar" role="complementary"><section class="widget widget_popular_posts">'
          '<h2 class="widget-title">$most_read</h2><article><h3><a href="$href1">$teaser1</a></h3><span>$ago</span></article>'
          '<article><h3><a href="$href2">$teaser2</a></h3><span>$ago2</span></article></section></aside>'),
    Piece("breaking", (Place.TOP, Place.ABOVE), '<div class="breaking-news"><strong>+++</strong> <a href="$href1">$teaser1</a>'
          "<time>$ago</time></div>"),
    Piece("trending bar", TOP, '<nav class="trending"><ul><li><a href="$href1">$teaser1</a></li>'
          '<li><a href="$href2">$teaser2</a></li></ul></nav>'),
    Piece("video rail", WITHIN, '<div class="video-player" data-session="$token"><p class="video-player__title">$teaser1</p>'
          '<span class="duration">02:$n</span></div>'),
    # --- what is known by its words and its links alone: paragraphs like those of the text, boxes without a name
    Piece("plain line", ANYWHERE, "<p>$line1</p>"),
    Piece("plain line in capitals", WITHIN, "<p><strong>$line_caps</strong></p>"),
    Piece("plain line, linked", WITHIN, '<p><a href="/promo/$token">$line1</a></p>'),
    Piece("plain line in italics", WITHIN, '<p><em>$plug2 <a href="/promo/$token">$plug3</a></em></p>'),
    Piece("plain lines in one", WITHIN, "<p>$line1<br><br>$line2</p>"),
    Piece("plain line in a div", WITHIN, "<div><div>$line1</div></div>"),
    Piece("plain ad label", WITHIN, "<p>$ad</p>"),
    Piece("plain label and link", BETWEEN, '<p>$label1: <a href="$href1">$teaser1</a></p>'),
    Piece("plain label in the link", WITHIN, '<p><a href="$href1"><b>$label1: $teaser1</b></a></p>'),
    Piece("plain label, then link", WITHIN, '<p>$label1</p><p><a href="$href1">$teaser1</a></p>'),
    Piece("plain label, no link", BETWEEN, "<p><strong>$related: $teaser1</strong></p>"),
    Piece("plain label as heading", WITHIN, '<h3>$label1</h3><ul><li><a href="$href1">$teaser1</a></li>'
          '<li><a href="$href2">$teaser2</a></li></ul>'),
    Piece("plain list of links", WITHIN, '<ul><li><a href="$href1">$teaser1</a></li><li><a href="$href2">$teaser2</a></li></ul>'),
    Piece("plain list of most read", WITHIN, '<div><h4>$most_read</h4><ol><li><span>1</span><a href="$href1">$teaser1</a></li>'
          '<li><span>2</span><a href="$href2">$teaser2</a></li></ol></div>'),
    Piece("plain links parted by bars", WITHIN, '<p><a href="$href1">$teaser1</a> | <a href="$href2">$teaser2</a></p>'),
    Piece("plain heading as link", WITHIN, '<h3><a href="$href1">$teaser1</a></h3>'),
    Piece("plain card", WITHIN, '<div><a href="$href1"><div><img src="$img1" alt=""></div><div><h4>$teaser1</h4>'
          "<p>$teaser2. $teaser3.</p></div></a></div>"),
    Piece("plain stamp", (Place.ABOVE, Place.BELOW, Place.AFTER), "<p>$stamped1</p>"),
    Piece("plain stamp in time", (Place.BELOW,), '<div><time data-now="$n">$stamped1</time></div>'),
    Piece("plain counter with sign", (Place.BELOW, Place.BETWEEN, Place.AFTER), "<p>💬 $comments · $share</p>"),
    Piece("author box", AFTER, '<div class="author-box"><img src="$img1" alt=""><p>$comments</p></div>'),
    Piece("poll", WITHIN, '<div class="poll" data-poll="$token"><p>$poll1</p><label><input type="radio">$poll2</label>'
          '<label><input type="radio">$poll3</label><span>$poll4</span></div>'),
    Piece("poll under hashed names", WITHIN, '<div class="css-$hash1"><p>$poll1</p><button>$poll2 $n %</button>'
          "<button>$poll3 $n2 %</button><span>$poll4</span></div>"),
    Piece("weather strip", (Place.TOP, Place.ABOVE, Place.BOTTOM), "<div><span>$weather</span></div>"),
    Piece("sponsored teaser", WITHIN, '<div><small>$sponsored</small><a href="https://ads.example/$token"><h4>$teaser1</h4></a></div>'),
    Piece("ad picture", WITHIN, '<p><a href="https://ads.example/$token"><img src="$img1" alt="$teaser1"></a></p>'),
    Piece("hidden span", (Place.BELOW, Place.BETWEEN, Place.AFTER),
          '<span hidden>$token</span><div style="display: none">$teaser1</div><span class="sr-only">$comments</span>'),
    Piece("lazy placeholder", WITHIN, '<noscript><img src="$img1"><p>$teaser1</p></noscript>'
          '<img src="data:image/gif;base64,R0lGOD$token" data-src="$img1" alt="">'),
    Piece("tag row", AFTER,
          '<div><a href="/tag/a$n">Harbourside</a> <a href="/tag/b$n">Council</a> <a href="/tag/c$n2">Roads</a></div>'),
    Piece("ticker", (Place.TOP, Place.ABOVE), '<div><span>$teaser1</span> <span>+++</span> <span>$teaser2</span></div>'),
    # --- counters and clocks
    Piece("meta line", BELOW,
          '<div class="article-meta"><span class="ago">$ago</span> <span class="comment-count">$comments</span> '
          '<span class="share-count">$share</span></div>'),
    Piece("clock under hashed names", BELOW,
          '<div class="css-$hash1"><span>$ago</span><span>·</span><span>$comments</span></div>'),
    Piece("timeago", BELOW, '<p class="timeago">$ago</p>'),
    Piece("comments link", (Place.BELOW, Place.BETWEEN, Place.AFTER),
          '<div class="entry-comments"><a href="#comments">$comments</a></div>'),
    Piece("comments alone", (Place.BELOW, Place.AFTER), "<p>$comments</p>"),
    Piece("shares alone", (Place.BELOW, Place.BETWEEN, Place.AFTER), "<div><span>$share</span></div>"),
    Piece("share bar", (Place.BELOW, Place.BETWEEN, Place.AFTER), '<div class="share-bar"><ul><li>'
          '<a href="https://www.facebook.com/sharer.php?t=$token">Facebook</a> <span>$n</span></li>'
          "<li><button>X</button> <span>$n2</span></li></ul></div>"),
    Piece("share plugin", AFTER, '<div class="sharedaddy sd-sharing-enabled"><h3 class="sd-title">$share</h3>'
          '<ul><li class="share-twitter"><a href="?share=twitter&amp;nb=$n">Twitter</a></li></ul></div>'),
    Piece("readers online", (Place.TOP, Place.BELOW), '<div class="live-readers"><span>$n</span></div>'),
    # --- comments
    Piece("comments", AFTER, '<section id="comments" class="comments-area"><h2 class="comments-title">$comments</h2>'
          '<ol class="comment-list"><li class="comment" id="comment-$n"><cite class="fn">$person1</cite><time>$ago</time>'
          '<div class="comment-content"><p>$comment</p></div></li><li class="comment"><cite class="fn">$person2</cite>'
          '<div class="comment-content"><p>$comment2</p></div></li></ol></section>'),
    Piece("discussion", AFTER, '<div data-spotim-module="conversation" class="discussion"><div class="comments__item">'
          "<b>$person1</b><p>$comment</p></div></div>"),
    # --- the frame
    Piece("cookie banner", (Place.TOP, Place.BOTTOM), '<div id="onetrust-consent-sdk" data-id="$token"><div role="alertdialog">'
          "<p>$cookies</p><button>OK</button></div></div>"),
    Piece("consent under other names", BOTTOM,
          '<div class="fc-dialog-overlay"><div class="fc-dialog"><p>$cookies</p></div></div>'),
    Piece("weather and date", TOP, '<div class="header__weather"><span>$n °C</span><time datetime="$stamp">$ago</time></div>'),
    Piece("login", TOP, '<div class="user-menu"><a href="/login?return=$token">$plug3</a></div>'),
    Piece("footer", BOTTOM, '<footer><p>$n ms · $token</p><!-- served by web$n in 0.$n s --></footer>'),
    # --- what machines read
    Piece("state", (Place.HEAD, Place.BOTTOM), '<script nonce="$token">window.__STATE__={"requestId":"$token","now":$n$n2,'
          '"mostRead":[{"headline":"$teaser1","url":"$href1"},{"headline":"$teaser2"}]};</script>'),
    Piece("list in JSON-LD", (Place.HEAD, Place.BOTTOM), '<script type="application/ld+json">{"@context":"https://schema.org",'
          '"@type":"ItemList","itemListElement":[{"@type":"ListItem","position":1,"url":"$href1","name":"$teaser1"},'
          '{"@type":"ListItem","position":2,"url":"$href2","name":"$teaser2"}]}</script>'),
    Piece("comments in JSON-LD", BOTTOM, '<script type="application/ld+json">{"@context":"https://schema.org",'
          '"@type":"DiscussionForumPosting","headline":"$teaser1","author":{"@type":"Person","name":"$person1"},'
          '"text":"$comment","datePublished":"$stamp"}</script>'),
    Piece("tokens", HEAD, '<meta name="csrf-token" content="$token"><meta name="request-id" content="$token2">'
          '<link rel="preload" as="image" href="$img1">'),
)  # fmt: skip


def words_for(language: str, rng: random.Random) -> dict[str, str]:
    """What one fetch prints: words of the page's language (English where we have none), numbers and tokens at random."""
    speech = WORDS.get(language[:2], WORDS["en"])

    def number(text: str) -> str:
        return text.replace("{n}", str(rng.randint(2, 999)))

    words = {name: number(text) for name, text in speech.items() if isinstance(text, str)}
    words |= {"ago2": number(speech["ago"]), "comment2": number(speech["comment"])}
    headlines = [number(text) for text in rng.sample(speech["headlines"], 3)]
    people = rng.sample(PEOPLE, 2)
    for place in (1, 2, 3):
        words[f"teaser{place}"] = headlines[place - 1]
        words[f"plug{place}"] = speech["plug"][place - 1]
        words[f"href{place}"] = f"/news/story-{rng.randint(100000, 999999)}?ref={rng.getrandbits(32):x}"
    lines = [number(text) for text in rng.sample(speech["lines"], 2)]
    words |= {"line1": lines[0], "line2": lines[1], "line_caps": lines[0].upper(), "label1": rng.choice(speech["labels"])}
    words |= {"stamped1": number(rng.choice(speech["stamped"]))}
    words |= {f"poll{place}": number(text) for place, text in enumerate(speech["poll"], 1)}
    for place in (1, 2):
        words[f"person{place}"] = people[place - 1]
        words[f"hash{place}"] = f"{rng.getrandbits(30):x}"
    words |= {"token": f"{rng.getrandbits(64):016x}", "token2": f"{rng.getrandbits(64):016x}"}
    words |= {"n": str(rng.randint(2, 999)), "n2": str(rng.randint(2, 999))}
    words["img1"] = f"https://img.example/{rng.getrandbits(40):x}.jpg?w=300&sig={rng.getrandbits(40):x}"
    minute = rng.randint(0, 59)
    words["stamp"] = f"2025-03-{rng.randint(1, 28):02d}T{rng.randint(0, 23):02d}:{minute:02d}:00Z"
    return words


def printed(piece: Piece, words: dict[str, str]) -> str:
    """The piece's markup with one fetch's words in it."""
    return re.sub(r"\$([a-z_]+\d?)", lambda field: words[field.group(1)], piece.markup)


_PICTURE = re.compile(r"""(<img\b[^>]*?\ssrc=["'][^"'?]+\.(?:jpe?g|png|webp))(?:\?[^"']*)?(["'])""", re.IGNORECASE)
_LINK = re.compile(r"""(<a\b[^>]*?\shref=["'](?:https?:|/)[^"'?#]*)(["'])""", re.IGNORECASE)
_NONCE = re.compile(r"""(\snonce=["'])[^"']*""", re.IGNORECASE)
_BODY = re.compile(r"<body\b", re.IGNORECASE)
_MAIN_ITEM = re.compile(r"""("@type"\s*:\s*"(?:NewsArticle|ReportageNewsArticle|Article|BlogPosting)"\s*),""")


def retoken(html: str, rng: random.Random) -> str:
    """The page with what a server stamps anew on each fetch: resizer and tracking tokens, nonces, counters in JSON-LD."""
    token = f"{rng.getrandbits(48):x}"
    html = _PICTURE.sub(rf"\1?w={rng.randint(200, 999)}&amp;sig={token}\2", html)
    html = _LINK.sub(rf"\1?utm_source=site&amp;_ga={token}\2", html)
    html = _NONCE.sub(rf"\g<1>{token}", html)
    html = _BODY.sub(f'<body data-request="{token}" data-now="{rng.randint(10**9, 2 * 10**9)}"', html, count=1)
    return _MAIN_ITEM.sub(
        rf'\1,"commentCount":{rng.randint(0, 400)},"interactionStatistic":'
        rf'{{"@type":"InteractionCounter","userInteractionCount":{rng.randint(0, 9000)}}},',
        html,
    )

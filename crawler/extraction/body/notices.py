"""Texts that say themselves that they are no part of an article: summaries by machines, notices about cookies, consent or
embedded content.

Reads texts, not class names: every site names such boxes differently.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice, takewhile

from crawler.extraction.body.blocks import Block

_MACHINE = re.compile(
    r"\b(?:AI|A\.I\.|KI|IA|ИИ|artificial intelligence|künstliche[rn]? intelligenz|intelligence artificielle|"
    r"intelig[eê]ncia artificial|intelligenza artificiale|sztuczn\w+ inteligencj\w+|ChatGPT)\b|人工知能|生成AI"
)
_SUMMARY = re.compile(
    r"\b(?:summar\w+|key (?:points|takeaways)|zusammen(?:fassung|gefasst)|résum\w+|resum\w+|riassunt\w+|samenvatting|samengevat|"
    r"streszczeni\w+|podsumowani\w+|sammanfatt\w+|sammendrag|opsummering)\b|要約|まとめ",
    re.IGNORECASE,
)
_SUMMARY_HINTS = (
    *("summar", "key point", "key takeaway", "zusammen", "résum", "resum", "riassunt", "samenvat", "samengevat", "streszczeni"),
    *("podsumowani", "sammanfatt", "sammendrag", "opsummering", "要約", "まとめ"),
)
_MAX_SUMMARY_LABEL, _MAX_SUMMARY_TITLE = 250, 80


def without_summaries(blocks: list[Block]) -> list[Block]:
    """The blocks without boxes that say that a machine summarised the article in them: such text is not by the article's
    writers, and it is generated again at each visit. A sentence of the article about such a summary has the other
    paragraphs beside it and no box of its own."""
    short = "\n".join(block.text for block in blocks if block.length < _MAX_SUMMARY_LABEL).lower()
    if not any(hint in short for hint in _SUMMARY_HINTS):
        return blocks
    for place, block in enumerate(blocks):
        if block.length < _MAX_SUMMARY_LABEL and _SUMMARY.search(block.text) and _MACHINE.search(block.text):
            for box in (block.element, *islice(block.element.iterancestors(), 3)):
                inside = {id(one) for one in blocks if box in (one.element, *one.element.iterancestors())}
                if len(inside) > 1:
                    break
            if sum(one.length for one in blocks if id(one) in inside) > 0.4 * sum(one.length for one in blocks):
                # It has no box of its own: the list items below a line that announces a summary.
                points = takewhile(lambda one: one.tag == "li", blocks[place + 1 :])
                inside = {id(one) for one in (block, *points)} if block.length < _MAX_SUMMARY_TITLE else set()
            return [one for one in blocks if id(one) not in inside] if len(inside) > 1 else blocks
    return blocks


_CONSENT = re.compile(
    r"(?:cookie|kakor|çerez).{0,200}(?:\b(?:website|settings|consent|browser|partner|exp[eé]rience|experi[eê]ncia|esperienza|ervaring|"
    r"einstellungen|erlebnis|a[kc]+ept\w+|accett\w+|upplevelse|opp?levelse|stimmen|doświadcz\w+|εμπειρία)\b|体[験验])|"
    r"deneyim.{0,200}çerez|体験.{0,100}cookie|"
    r"\b(?:accept|agree|consent|your device|(?:we|partners) (?:use|store)"
    r"|(?:site|seite) (?:uses|nutzt|verwendet))\b.{0,100}\bcookies?\b"
    r"|\bour (?:privacy|cookie) (?:policy|notice|statement)\b|\b(?:you|please)\b.{0,40}\benable javascript\b"
    r"|(?:extern|eingebettet|personenbezogen)\w* (?:inhalt|content|daten)|inhalte? (?:von|"
    r"anzuzeigen).{0,200}(?:einwillig|datenschutz|zustimm)"
    r"|(?:contenu|service).{0,120}(?:traceurs|cookies)|third[- ]party (?:content|cookies).{0,200}(?:accept|consent|"
    r"settings)|this (?:content|slideshow|site) requires javascript"
)
"""Searched for in lower case."""

_QUOTED = re.compile(r"[\"“„«][^\"“”„«»]{1,600}[\"“”»]")
_SPEAKS = re.compile(
    r"\b(?:[Yy]ours?|[Yy]ou|[Ww]e|[Oo]ur|[Tt]his (?:web)?site|[Tt]his (?:content|slideshow|page|video|service|embed)|[Cc]lick|"
    r"Accept|[Mm]anage|Sie|Ih(?:nen|re?[mnrs]?)|[Dd]u|[Dd]eine?[mnrs]?|[Ww]ir|[Uu]nsere?[mnrs]?|"
    r"[Dd]iese[mnrs]? (?:Web)?(?:[Ss]ite|[Ss]eite|Inhalte?)|[Ee]xterne[rsn]? Inhalte?|[Ee]inwilligung|[Ee]instellungen|"
    r"[Zz]ustimmung|[Vv]ous|[Vv]otre|[Vv]os|[Nn]ous|[Nn]otre|[Cc]e (?:site|contenu|service)|[Aa]ccepter|"
    r"usted|[Uu]tilizamos|[Uu]samos|nuestr\w+|"
    r"[Ee]ste (?:sitio|contenido|site|conteúdo)|[Aa]cept\w+|nossos?|nossas?|[Qq]uesto (?:sito|contenuto)|nostr\w+|[Aa]ccett\w+|"
    r"[Uu]tilizziamo|[Uu]żywamy|[Tt]woj\w+|[Χχ]ρησιμοποιούμε|[Ss]itemiz\w*|"
    r"[Tt]a strona|[Dd]enne (?:side|hjemmeside)|[Dd]en här (?:sidan|webbplatsen)|[Vv]i (?:använder|bru[gk]er)|"
    r"[Dd]eze (?:web)?(?:site|inhoud)|[Ww]ij|[Oo]nze|uw|jouw|JavaScript|javascript)\b|当サイト|我们"
)
"""Words with which a notice addresses its reader or names the site; a story about cookies or data is about somebody else."""


def speaks_to_reader(text: str) -> bool:
    """Whether a text, without its quotations, addresses its reader or is about the site itself."""
    return _SPEAKS.search(_QUOTED.sub(" ", text)) is not None


_CONSENT_HINTS = ("cookie", "inhalt", "content", "daten", "traceurs", "javascript", "slideshow", "kakor", "çerez", "privacy")


@lru_cache(maxsize=1_000)  # called when a block is weighed and again when it is judged
def is_consent(text: str) -> bool:
    """Whether a text is a notice about cookies, consent or embedded content."""
    if len(text) >= 1200:
        return False
    lowered = text.lower()
    for hint in _CONSENT_HINTS:
        if hint in lowered:
            return _CONSENT.search(lowered) is not None and speaks_to_reader(text)
    return False


_HOUSE_LINE = re.compile(
    r"\bsign up (?:now|here|today|below)\b|\b(?:sign up|subscribe)\b.{0,50}\bnewsletters?\b"
    r"|\bunsubscribe at any time\b|\bjederzeit (?:wieder )?(?:abmelden|abbestellen|kündbar)\b"
    r"|\bnewsletter (?:abonnieren|anmelden)\b"
    r"|\b(?:inscrivez|abonnez)-vous\b.{0,50}\b(?:newsletter|infolettre)|\bdésinscrire à tout moment\b"
    r"|\bsuscr[ií]b[ea]\w*\b.{0,50}\b(?:newsletter|bolet[ií]n)|\biscriviti\b.{0,50}\bnewsletter|\bassine\b.{0,50}\bnewsletter"
    r"|\b(?:may|might|can) (?:earn|receive|get|include) .{0,40}\b(?:commissions?|compensation|paid promotions?)\b"
    r"|\berhalten wir .{0,60}\bprovision\b|^try refreshing your browser\b|^you (?:may|might) also (?:like|be interested)\b"
)
"""Searched for in lower case: a pattern that ignores case costs three times as much."""
_HOUSE_HINTS = (
    *("sign up", "subscri", "newsletter", "jederzeit", "abonnez", "inscri", "suscri", "suscrí", "assine", "iscriviti"),
    *("commission", "compensation", "promotion", "provision", "refreshing", "also like", "also be"),
)


def is_house_line(text: str) -> bool:
    """Whether a line is about the site itself, anywhere in the text: requests to sign up, notes that links earn commission."""
    lowered = text.lower()
    for hint in _HOUSE_HINTS:
        if hint in lowered:
            return _HOUSE_LINE.search(lowered) is not None
    return False

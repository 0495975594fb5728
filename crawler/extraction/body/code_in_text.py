"""Code that was left in a text by mistake: scripts, style sheets, shortcodes, placeholders of templates.

Prose that quotes code keeps it: a bracket or a brace alone is no evidence, and text that the page marks as code (`pre`,
`code`) stays.
"""

from __future__ import annotations

import re
from typing import Final

_HINTS: Final = ("{", "[", "<", "(", "%")
_SHORTCODE: Final = re.compile(
    r"\[(?P<name>[a-z][\w-]{1,40})(?:\s[^\[\]]{0,600})?\](?P<inner>[^\[\]]{0,2000})\[/(?P=name)\]"  # [embed]...[/embed]
    r"|\[/?[a-z][\w-]{1,40}\s[^\[\]]{0,600}?[\w-]{1,40}\s?=[^\[\]]{0,600}\]"  # [gallery ids="1,2"]
    r"|\[/[a-z][\w-]{1,40}\]|\[[a-z]{1,40}[_-][\w-]{1,40}\]"  # [/vc_row], [vc_row]
    r"|\[(?:gallery|embed|video|audio|playlist|caption|contact-form|newsletter|ad|ads|adsense|poll|slideshow|toc|more)\]"
    r"|\[[a-z][\w-]{1,40}(?:=| (?=https?:|\d))[^\[\]]{1,600}\]"  # [youtube=https://...], [tweet 1234]
    r"|\[\[\w{2,40}:[^\[\]]{1,600}\]\]|\[\[\{.{1,2000}?\}\]\]"
)
"""Shortcodes of WordPress and similar systems; "[sic]" and "[the mayor]" are an editor's."""
_GONE_WITH_CONTENT: Final = frozenset(
    ("embed", "video", "audio", "caption", "gallery", "playlist", "iframe", "youtube", "button", "cta")
)
_PLACE: Final = re.compile(
    r"%%[A-Z_]{2,60}%%|\{\{[^{}]{1,300}\}\}|\{%[^{}]{1,300}%\}|<%[^<>]{1,300}%>|\$\{[\w.()\[\] ]{1,200}\}|<!--.{0,2000}?-->"
)
_CALL: Final = re.compile(
    r"\bfunction\s*\w*\s*\([\w\s,$]*\)\s*\{|=>\s*\{|\b(?:window|document|console|googletag|dataLayer|_taboola|adsbygoogle)\b\s?[.\[=(]"
    r"|\b(?:var|let|const)\s+[\w$]+\s*=|\.(?:push|addEventListener|querySelector|createElement|cmd)\s?[.(]|\$\(\s?[\"'.#]"
    r"|\bimport\s*\{|^//\s?<!\[CDATA\[|^[\w$.]{2,60}\((?:\s?(?:[\"'][^\"'()]*[\"']|\d+),?){1,20}\);?$"
    r"|\bif\s*\([^)]{1,200}\)\s*\{|<\?php|\bwindow\.\w+\s?=|\btry\s*\{"
)
_STYLE: Final = re.compile(
    r"(?:@(?:media|supports)[^{]{1,200}\{\s*)?[.#@*]?[a-zA-Z][^{}<>\"]{0,200}\{\s*(?:[\w-]{2,40}\s*:[^{};]{1,200}(?:;\s*|(?=\}))){1,40}\}"
)
_DATA: Final = re.compile(r"[\[{]\s*[\"']@?\w[\w -]{0,40}[\"']\s*:\s*[\"'{\[\d]")
_ELEMENT: Final = re.compile(
    r"</?(?:script|style|iframe|div|span|img|ins|link|meta|amp-[\w-]+|p|a|br|blockquote)\b[^<>]{0,600}>", re.I
)
_SIGN: Final = re.compile(r"[{}()\[\];=<>|&_$]|\\")
_MIN_SHARE: Final = 0.04
_SENTENCE: Final = re.compile(r"[“\"]?[A-Z][\w’']*(?:,? [a-zA-Z’']+){2}")
"""How prose that quotes code begins; code never begins so."""


def without_code(text: str) -> str:
    """A text without shortcodes and template placeholders; empty if all of it is code."""
    for hint in _HINTS:
        if hint in text:
            break
    else:
        return text
    plain = _PLACE.sub(" ", _SHORTCODE.sub(_content, text))
    if plain != text:
        text = " ".join(plain.split())
    return "" if _is_code(text) else text


def _content(found: re.Match[str]) -> str:
    """The text between a pair of shortcodes, unless it is a file or a caption."""
    inner = found["inner"] or ""
    return " " if found["name"] in _GONE_WITH_CONTENT or inner.startswith(("http", "//", "<")) else inner


def _is_code(text: str) -> bool:
    if not any(character.isalnum() for character in text):
        return True
    signs = len(_SIGN.findall(text)) / len(text)
    if signs >= _MIN_SHARE and _CALL.search(text) and not _SENTENCE.match(text):
        return True
    markup = sum(map(len, _ELEMENT.findall(text))) if "<" in text else 0
    return 2 * markup > len(text) or (_DATA.match(text) or _STYLE.match(text)) is not None

"""Finds the charset of a page: the bytes decide if the declared charset cannot be right.

Valid UTF-8 has priority over every declaration: pages are often re-encoded on their way, and other charsets do not form valid
UTF-8 by chance. Otherwise the declarations are tried in the order of the HTML standard, then the charset that the standard's
table gives for the page's language, then a guess from the bytes.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress

_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([a-zA-Z0-9_:.-]{2,40})""", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta\s[^>]{0,300}?" + _CHARSET.pattern, re.IGNORECASE)
_XML_CHARSET = re.compile(rb"""^\s*<\?xml[^>]{0,100}encoding\s*=\s*["']([a-zA-Z0-9_.-]{2,40})""")
_HTML_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_LANGUAGE = re.compile(rb"""<(?:html|body)\s[^>]{0,600}?lang\s*=\s*["']?([a-zA-Z]{2})(-(?:tw|hk|hant))?""", re.IGNORECASE)
_HEAD = 64_000
"""Bytes that are searched for a meta element: the scripts and styles before it can be long."""
# The labels that servers send -> the charsets they mean (https://encoding.spec.whatwg.org/#names-and-labels).
_MEANT = {
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252",
    "ascii": "cp1252", "x-user-defined": "cp1252", "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "gb2312": "gb18030",
    "gbk": "gb18030", "x-gbk": "gb18030", "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949", "big5": "big5hkscs", "unicode": "utf-16",
}  # fmt: skip
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_OF_LANGUAGE = {
    language: charset
    for charset, languages in {
        "cp1251": "ru uk bg be mk sr kk ky tg tt", "cp1250": "pl cs sk hu sl hr bs ro", "cp1253": "el", "cp1254": "tr az",
        "cp1255": "he yi", "cp1256": "ar fa ur", "cp1257": "et lv lt", "cp1258": "vi", "cp874": "th", "cp932": "ja",
        "cp949": "ko", "gb18030": "zh",
    }.items()
    for language in languages.split()
}  # fmt: skip
"""The standard's default charset of a locale (https://html.spec.whatwg.org/#determining-the-character-encoding)."""
_SIBLINGS = {"cp1251": "koi8_r", "cp1250": "iso8859_2"}
"""Charsets that have the same letters at other codes."""
_NO_TEXT = frozenset(("idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7"))
_WIDE = ("utf-16", "utf-32")
_SHIFTED = ("iso2022", "hz")
"""Charsets with several bytes per character, all of them ASCII, so that their text is also valid UTF-8."""
_LONG_WORD = re.compile(rb"[\xc0-\xff\xa8\xb8]{4,}")
"""Cyrillic letters in windows-1251 come in runs; accented Latin letters come alone."""
_HIGH = re.compile(rb"[\x80-\xff]")
_WIDE_RUN = re.compile(r"[^\x00-\x7f]+")


def as_utf8(data: bytes, content_type: str | None = None) -> bytes:
    """A page in UTF-8; unchanged if it already is."""
    # Text in a charset with escapes is valid UTF-8, and so is text in a wide charset.
    names_hz = b"~" in data and b"hz-gb" in data[:_HEAD].lower()
    is_escaped = names_hz or b"\x1b" in data or "hz" in (content_type or "").lower()
    if not is_escaped and b"\0" not in data[:2]:
        with suppress(UnicodeDecodeError):
            data.decode("utf-8")
            return data
    return decode(data, content_type).encode("utf-8", "replace")


def decode(data: bytes, content_type: str | None = None) -> str:
    """The text of a page."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(name, "replace")
    if b"\0" in data[:2]:
        return data.decode("utf-16-be" if data[:1] == b"\0" else "utf-16-le", "replace")
    # If the word "utf-16" could be read as ASCII, the text is not UTF-16.
    declared = [name for name in _declared(data, content_type) if not name.startswith(_WIDE)]
    if not (declared and declared[0].startswith(_SHIFTED)):
        text = data.decode("utf-8", "replace")
        if _is_utf8(text, data.count(b"\xef\xbf\xbd"), 1 if declared[:1] in ([], ["utf-8"]) else 10):
            return text
    charset = next((name for name in declared if name != "utf-8" and _may_be(data, name)), None)
    return data.decode(charset or _likely(data), "replace")


def _is_utf8(text: str, printed: int, factor: int) -> bool:
    """Whether there are at least `factor` valid sequences per broken one: other charsets do not form so many by chance.

    A cut at the end, or a few bytes broken at the source, do not change the charset of a page.
    """
    if text.count("\ufffd") == printed:
        return True
    whole = text.rstrip("\ufffd")
    lost = whole.count("\ufffd") - printed
    sound = len(whole) - len(whole.encode("ascii", "ignore")) - lost
    return sound > 0 and lost * factor <= sound


def _may_be(data: bytes, charset: str) -> bool:
    """Whether a declaration can be true: nearly all bytes can be read, and accented Latin letters do not form whole words."""
    high = len(_HIGH.findall(data))
    if charset in ("cp1252", "latin-1"):
        return 2 * sum(map(len, _LONG_WORD.findall(data))) <= high
    return 20 * _lost(data, charset) <= high


def _declared(data: bytes, content_type: str | None) -> Iterator[str]:
    """The declared charsets as Python's text codecs: from the header, the XML declaration, and the meta elements."""
    found = (
        _CHARSET.search((content_type or "").encode("ascii", "ignore")),
        _XML_CHARSET.match(data[:200]),
        _META_CHARSET.search(_HTML_COMMENT.sub(b"", data[:_HEAD])) if b"charset" in data[:_HEAD].lower() else None,
    )
    for label in (match[1].decode("ascii").lower() for match in found if match):
        try:
            codec = codecs.lookup(_MEANT.get(label, label))
        except LookupError:
            continue
        if codec._is_text_encoding and codec.name not in _NO_TEXT:
            yield codec.name


def _likely(data: bytes) -> str:
    """The charset of bytes without a possible declaration: by the page's language, otherwise by the runs of high bytes."""
    language = _LANGUAGE.search(data[:_HEAD])
    named = _OF_LANGUAGE.get(language[1].decode("ascii").lower()) if language else None
    if language and language[2]:
        named = "big5hkscs"
    if named == "cp932" and _lost(data, named) > _lost(data, "euc_jp"):
        named = "euc_jp"
    if named:
        return _most_small_letters(data, named, _SIBLINGS[named]) if named in _SIBLINGS else named
    kana = next((name for name in ("cp932", "euc_jp") if _is_kana(data, name)), None)
    if kana or _is_han(data):
        return kana or "gb18030"
    if _may_be(data, "cp1252"):
        return "cp1252"
    return _most_small_letters(data, "cp1251", "koi8_r")


def _most_small_letters(data: bytes, *charsets: str) -> str:
    """The charset that gives the most small letters, because most text is small letters; the first of equals."""
    return max(charsets, key=lambda name: sum(map(str.islower, data.decode(name, "replace"))))


def _is_kana(data: bytes, charset: str) -> bool:
    """Whether bytes read as Japanese have no errors, and more than a fifth of the non-ASCII characters is hiragana, which only
    Japanese has."""
    wide = [character for character in data.decode(charset, "replace") if not character.isascii()]
    return len(wide) >= 20 and "\ufffd" not in wide and 5 * sum("ぁ" <= character <= "ん" for character in wide) > len(wide)


def _lost(data: bytes, charset: str) -> int:
    return data.decode(charset, "replace").count("\ufffd")


def _is_han(data: bytes) -> bool:
    """Whether bytes read as gb18030 have hardly any errors, and most non-ASCII characters are among its 3,755 common ones."""
    text = data.decode("gb18030", "replace")
    wide = "".join(_WIDE_RUN.findall(text))
    if len(wide) < 10 or text.count("\ufffd") * 50 > len(wide):
        return False
    wide = wide[:5_000]
    common = sum(b"\xa1" <= pair[:1] <= b"\xd7" and pair[1:] >= b"\xa1" for pair in (one.encode("gb18030") for one in wide))
    return common > 0.9 * len(wide)

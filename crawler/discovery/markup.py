"""Markup: untrusted bytes, decoded, repaired and parsed without entities or network access.

The only module of discovery with lxml's parsers. Knows no feed, sitemap or page; everything here is bounded by the
length of the input and raises nothing.
"""

from __future__ import annotations

import re
from html import unescape
from html.entities import html5
from typing import Final

from lxml import etree
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, resolve_encoding

from crawler.extraction.markup.html_trim import trim

_TEXT_CODEC: Final = re.compile(
    r"utf-8|cp\d+|iso8859-\d+|iso2022_\w+|koi8-\w|gb18030|gbk|big5\w*|euc_\w+|mac-\w+|shift_jis\w*|tis-620|johab"
)
"""Encodings that a document may declare. Python has codecs that are no character sets ("hex", "zip"), and a document in which
"utf-16" can be read is not UTF-16."""
_CONTROLS: Final = bytes(code for code in range(32) if code not in {9, 10, 13})
_NONCHARACTER: Final = re.compile(rb"\xef\xbf[\xbe\xbf]")
_CDATA_OR_AMPERSAND: Final = re.compile(
    rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?:(#(?:[0-9]{1,20}|[xX][0-9A-Fa-f]{1,20}));?|([A-Za-z][A-Za-z0-9]{1,31});"
    rb"|(amp|lt|gt|quot)(?![A-Za-z0-9=]))?",
    re.DOTALL,
)
"""Numeric references may lack their semicolon, as in HTML. Of names only XML's own may, and not inside a query:
"?view=1&copy=2" contains no copyright sign, "?x=1&ampere=2" no ampersand."""
_XML_NAMES: Final = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})
_DOCUMENT_START: Final = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,30}:)?(?:rss|rdf|feed|urlset|sitemapindex)[\s>]", re.IGNORECASE)
_TAG_NAME: Final = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,30}:)?([A-Za-z_][\w.-]{0,60})")
MAX_TAGS: Final = 300_000
_MAX_PROLOG_PARTS: Final = 1000
_MAX_JUNK: Final = 65_536


def decode(body: bytes, content_type: str | None = None) -> str:
    """Text of a body. Byte order mark first; then UTF-8 if the bytes are valid; only then the declarations of header and
    document, which are wrong so often that they only decide about bytes that are not UTF-8."""
    encoding, mark = read_bom(body)
    if encoding is not None and mark is not None:
        return body[len(mark) :].decode(encoding, "replace")
    if body[:4].count(0) >= 2:  # UTF-16 without a mark: "<\0?\0" or "\0<\0?"
        return body.decode("utf-16-be" if body[:1] == b"\0" else "utf-16-le", "replace")
    declared = _declared(body, content_type)
    if b"\x1b" in body and declared == "iso2022_jp":
        return body.decode(declared, "replace")
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if broken == 0 or 2 * broken <= len(text) - len(text.encode("ascii", "ignore")):
        return text  # whole UTF-8 sequences outnumber the broken ones: chance does not make them in other encodings
    return body.decode("cp1252" if declared in {None, "utf-8"} else str(declared), "replace")


def _declared(body: bytes, content_type: str | None) -> str | None:
    """Codec of the header, otherwise of `meta` or the XML declaration; None if it is not one for text."""
    named = http_content_type_encoding((content_type or "")[:500]) or html_body_declared_encoding(body[:4096])
    codec = resolve_encoding(named) if named else None
    return codec if codec is not None and _TEXT_CODEC.fullmatch(codec) else None


def html_tree(body: bytes | str, content_type: str | None = None) -> etree._Element | None:
    """Root of an HTML document, however broken, without scripts, styles and drawings; None if it is empty or has
    more than MAX_TAGS tags."""
    text = decode(body, content_type) if isinstance(body, bytes) else body
    # As bytes: lxml refuses a str with an XML declaration that names an encoding, which XHTML pages have.
    data = text.encode("utf-8", "replace").translate(None, _CONTROLS)
    if not data.strip() or data.count(b"<") > MAX_TAGS:
        return None
    data = trim(data, keep_menus=True).data
    parser = etree.HTMLParser(encoding="utf-8", recover=True, no_network=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(data, parser)
    except etree.LxmlError:
        return None


def xml_parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def xml_tree(data: bytes, *, recover: bool) -> etree._Element | None:
    """Root of a document from `xml_source`; None if it cannot be parsed."""
    try:
        return etree.fromstring(data, xml_parser(recover=recover))
    except etree.LxmlError:
        return None


def xml_source(body: bytes, content_type: str | None = None) -> tuple[bytes, tuple[str, ...]]:
    """The document from its root element on, as UTF-8 that a parser accepts, and its faults.

    Declaration, comments before the root and document type are removed, so that no entity is ever defined; HTML's entities
    become numbers, all others plain text; a bare "&" is escaped. Empty if there is no markup.
    """
    data = decode(body, content_type).encode("utf-8", "replace").translate(None, _CONTROLS)
    data, declares_entities = _after_prolog(_NONCHARACTER.sub(b"", data))
    if b"&" in data:
        data = _CDATA_OR_AMPERSAND.sub(_plain_reference, data)
    return data, ("document type declares entities: they are not expanded",) if declares_entities else ()


def root_name(data: bytes) -> str:
    """Local name of the root element, in lower case; empty if there is none."""
    match = _TAG_NAME.match(data)
    return match[1].decode("ascii").lower() if match else ""


def _after_prolog(data: bytes) -> tuple[bytes, bool]:
    declares_entities = False
    position = data.find(b"<")
    for _ in range(_MAX_PROLOG_PARTS):
        if position < 0:
            return b"", declares_entities
        if data.startswith(b"<?", position):
            end = data.find(b"?>", position)
        elif data.startswith(b"<!--", position):
            end = data.find(b"-->", position)
        elif data[position : position + 9].upper() == b"<!DOCTYPE":
            end = _doctype_end(data, position)
            declares_entities |= data.find(b"<!ENTITY", position, end if end >= 0 else len(data)) >= 0
        else:
            # Output of a server's script before the document ("<b>Warning</b>: ...") is skipped.
            match = _DOCUMENT_START.search(data, position, position + _MAX_JUNK)
            return data[match.start() if match else position :], declares_entities
        position = data.find(b"<", end + 1) if end >= 0 else -1
    return b"", declares_entities


def _doctype_end(data: bytes, start: int) -> int:
    """Position of the ">" of a document type, or -1. A "]>" inside an entity's value ends it too early: the rest
    is then junk to the parser, and harmless."""
    closing = data.find(b">", start)
    subset = data.find(b"[", start, closing if closing >= 0 else len(data))
    if subset < 0:
        return closing
    match = re.compile(rb"\]\s{0,100}>").search(data, subset)
    return match.end() - 1 if match else -1


def _plain_reference(match: re.Match[bytes]) -> bytes:
    number, name = match[1], match[2] or match[3]
    if name in _XML_NAMES:
        return b"&" + name + b";"
    if number is not None or (name is not None and f"{name.decode('ascii')};" in html5):
        characters = unescape(f"&{(number or name).decode('ascii')};").replace("\ufffd", "")
        return "".join(f"&#{ord(character)};" for character in characters if _is_xml_character(ord(character))).encode("ascii")
    return match[0] if match[0].startswith(b"<") else b"&amp;" + match[0][1:]


def _is_xml_character(code: int) -> bool:
    return code in {9, 10, 13} or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000

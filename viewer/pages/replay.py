"""An archived page as a response that runs nothing, requests nothing and frames nothing, whatever the page contains.

Headers forbid it in the browser (Content-Security-Policy with `sandbox`). But no policy covers mere connections: Chromium
opens them for `<link rel=preconnect>`, and for frames before it reads the policy. So clients that show pages get these
elements under harmless names of the same length (what they load is forbidden anyway); a page whose charset may hide them is
sent as UTF-8. Other clients get the page byte for byte.
"""

from __future__ import annotations

import codecs
import re
from functools import cache

from viewer.repository import Answered

POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
PREFIX = "X-Archive-Orig-"
MAX_HEADERS = 100
MAX_HEADER_CHARS = 2_000
_HTML = ("text/html", "application/xhtml+xml")
_TYPE = re.compile(r"\s*([a-z0-9.+-]{1,64}/[a-z0-9.+-]{1,64})\s*(?:;(.{0,512}))?", re.ASCII | re.IGNORECASE | re.DOTALL)
_CHARSET = re.compile(r"charset\s{0,8}=\s{0,8}[\"']?([a-z0-9._:-]{1,40})", re.ASCII | re.IGNORECASE)
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_UNSAFE = re.compile(r"[^\t\x20-\x7e\xa0-\xff]")
_ESCAPE = b"\x1b"
"""Without a declared charset, browsers read a page that contains this byte as ISO-2022-JP."""
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_NO_CHARSETS = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape"})
"""Names of Python's codecs that are not charsets of pages; some take time that grows with the square of the page's length."""
_ASCII = bytes(range(128))
_HEAD_BYTES = 4_096
_DISARMED = {"link": b"meta", "iframe": b"xframe", "frame": b"xrame", "object": b"xbject", "embed": b"xmbed"}
# Also with a zero byte between any two letters, for UTF-16.
_ARMED = re.compile(
    "|".join("<" + "".join(f"\\x00?{letter}" for letter in name) + "(?![a-z0-9-])" for name in _DISARMED).encode(), re.IGNORECASE
)


def replay(answer: Answered, *, shown: bool) -> tuple[list[tuple[str, str]], bytes]:
    """Headers and body for an archived response; `shown`: whether the client shows pages."""
    content_type, is_html = _content_type(answer.headers)
    headers = [
        ("Content-Type", content_type),
        ("Content-Security-Policy", POLICY),
        ("X-Content-Type-Options", "nosniff"),
        ("X-DNS-Prefetch-Control", "off"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ]
    if content_type == "application/octet-stream":
        headers.append(("Content-Disposition", "attachment"))
    body = answer.body
    if is_html and shown:
        charset = _charset(body, content_type)
        if not _is_plain(charset) or (_ESCAPE in body and not charset.startswith("utf-16")):
            body = body.decode(charset, "replace").encode("utf-8", "replace").replace(_ESCAPE, b"")
            headers[0] = ("Content-Type", "text/html; charset=utf-8")
        body, changed = _ARMED.subn(_disarm, body)
        if changed:
            headers.append(("X-Archive-Changed", f"{changed} elements disarmed"))
    return headers + _original(answer.headers), body


def _charset(body: bytes, content_type: str) -> str:
    """The codec of a page, found as a browser does: by its byte order mark, then its header, then its first lines.

    A declaration of UTF-16 in one-byte letters within the page is wrong: it means UTF-8.
    """
    for mark, name in _MARKS.items():
        if body.startswith(mark):
            return name
    declared = _CHARSET.search(content_type)
    found = declared or _CHARSET.search(body[:_HEAD_BYTES].decode("latin-1"))
    try:
        name = codecs.lookup(found[1]).name if found else "utf-8"
        b"x".decode(name, "replace")  # LookupError: no codec of texts
    except (LookupError, UnicodeError):
        return "latin-1"
    if name in _NO_CHARSETS:
        return "latin-1"
    return name if declared or not name.startswith("utf-16") else "utf-8"


@cache
def _is_plain(charset: str) -> bool:
    """Whether elements can be found in a page's bytes: each ASCII letter is always the same single byte, or the charset is
    UTF-16.

    ISO-2022, HZ and UTF-7 can write letters in other bytes and have bytes without a letter; EBCDIC and UTF-32 write all
    letters in other bytes.
    """
    try:
        return charset.startswith("utf-16") or _ASCII.decode(charset) == _ASCII.decode("ascii")
    except UnicodeError:
        return False


def _disarm(match: re.Match[bytes]) -> bytes:
    """The start of a tag with the harmless name of its element; zero bytes stay in place."""
    letters = iter(_DISARMED[match[0].replace(b"\0", b"")[1:].decode().lower()])
    return b"<" + bytes(next(letters) if byte else 0 for byte in match[0][1:])


def _content_type(headers: tuple[tuple[str, str], ...]) -> tuple[str, bool]:
    """The archived type and charset, if a browser safely shows it as text; otherwise a type that is downloaded."""
    declared = next((value for name, value in headers if name.lower() == "content-type"), "text/html")
    match = _TYPE.fullmatch(declared[:600])
    kind, parameters = (match[1].lower(), match[2] or "") if match else ("", "")
    if kind not in (*_HTML, "text/plain"):
        return "application/octet-stream", False
    charset = _CHARSET.search(parameters)
    shown = "text/plain" if kind == "text/plain" else "text/html"
    return f"{shown}; charset={charset[1]}" if charset else shown, kind != "text/plain"


def _original(headers: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    """The archived headers under names that no browser obeys; values that are not valid in a header are left out."""
    kept = []
    for name, value in headers[:MAX_HEADERS]:
        if _NAME.fullmatch(name):
            kept.append((PREFIX + name, _UNSAFE.sub("", value[:MAX_HEADER_CHARS]).strip()))
    return kept

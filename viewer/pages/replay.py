"""An archived page as a response that runs nothing, asks for nothing and frames nothing, whatever the page says.

The browser is told so by headers (Content-Security-Policy with `sandbox`). No policy covers bare connections: Chromium opens them
for `<link rel=preconnect>`, and for frames before it looks at the policy. So clients that show pages get these elements under
names that do nothing, each as long as before (what they load is forbidden anyway). Others get the page byte for byte.
"""

from __future__ import annotations

import re

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
_HEAD_BYTES = 4_096
_DISARMED = {"link": b"meta", "iframe": b"xframe", "frame": b"xrame", "object": b"xbject", "embed": b"xmbed"}
# With a zero between any two letters too: UTF-16 has them.
_ARMED = re.compile(
    "|".join("<" + "".join(f"\\x00?{letter}" for letter in name) + "(?![a-z0-9-])" for name in _DISARMED).encode(), re.IGNORECASE
)


def replay(answer: Answered, *, shown: bool) -> tuple[list[tuple[str, str]], bytes]:
    """Headers and body for an archived answer; `shown`: the client is one that shows pages."""
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
        if _ESCAPE in body:
            body = _as_utf8(body, content_type)
            headers[0] = ("Content-Type", "text/html; charset=utf-8")
        body, changed = _ARMED.subn(_disarm, body)
        if changed:
            headers.append(("X-Archive-Changed", f"{changed} elements disarmed"))
    return headers + _original(answer.headers), body


def _as_utf8(body: bytes, content_type: str) -> bytes:
    """A page whose charset may have escapes (ISO-2022-JP) as UTF-8: what is searched is then what a browser reads."""
    charset = _CHARSET.search(content_type) or _CHARSET.search(body[:_HEAD_BYTES].decode("latin-1"))
    try:
        text = body.decode(charset[1] if charset else "utf-8", "replace")
    except LookupError:
        text = body.decode("latin-1")
    return text.encode("utf-8", "replace").replace(_ESCAPE, b"")


def _disarm(match: re.Match[bytes]) -> bytes:
    """The same bytes with another element's name, zeros where they were."""
    letters = iter(_DISARMED[match[0].replace(b"\0", b"")[1:].decode().lower()])
    return b"<" + bytes(next(letters) if byte else 0 for byte in match[0][1:])


def _content_type(headers: tuple[tuple[str, str], ...]) -> tuple[str, bool]:
    """The archived type and charset, where a browser shows it safely as text; all else is a download."""
    declared = next((value for name, value in headers if name.lower() == "content-type"), "text/html")
    match = _TYPE.fullmatch(declared[:600])
    kind, parameters = (match[1].lower(), match[2] or "") if match else ("", "")
    if kind not in (*_HTML, "text/plain"):
        return "application/octet-stream", False
    charset = _CHARSET.search(parameters)
    shown = "text/plain" if kind == "text/plain" else "text/html"
    return f"{shown}; charset={charset[1]}" if charset else shown, kind != "text/plain"


def _original(headers: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    """The archived headers under names that no browser obeys; what cannot stand in a header is left out."""
    kept = []
    for name, value in headers[:MAX_HEADERS]:
        if _NAME.fullmatch(name):
            kept.append((PREFIX + name, _UNSAFE.sub("", value[:MAX_HEADER_CHARS]).strip()))
    return kept

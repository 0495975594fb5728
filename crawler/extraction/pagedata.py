"""Data that a page carries for its own scripts: Arc's `Fusion.globalContent`, Next.js's page props and flight payload.

Reads values out of script text without running any of it. Every search is bounded; what does not parse is None.
"""

from __future__ import annotations

import json
import re
from typing import Any, TypeAlias

from crawler.extraction.page import Page

Json: TypeAlias = Any
"""What JSON holds; strangers wrote it, so every use asks for its type first."""

MAX_TEXT = 4_000_000
_DECODER = json.JSONDecoder(strict=False)
_FUSION = re.compile(r"Fusion\.globalContent\s*=\s*(?=\{)")
_PUSH = re.compile(r"self\.__next_f\.push\(\s*(?=\[)")
_TEXT_ROW = re.compile(r"(?:^|\n)?([0-9a-f]{1,4}):T([0-9a-f]{1,6}),")
_REFERENCE = re.compile(r"\$([0-9a-f]{1,4})")


def decode_at(text: str, start: int) -> Json:
    """The JSON value that begins at a place in a text, or None."""
    try:
        value: Json = _DECODER.raw_decode(text, start)[0]
    except (ValueError, RecursionError):
        return None
    return value


def fusion_content(page: Page) -> Json:
    """`Fusion.globalContent` of an Arc XP page."""
    for script in page.scripts:
        found = _FUSION.search(script.text) if b"Fusion" in script.code[:1200] and "Fusion" in script.text[:300] else None
        if found:
            return decode_at(script.text, found.end())
    return None


def flight_text(page: Page) -> str:
    """The flight payload of a Next.js page, its pushed pieces joined."""
    pieces: list[str] = []
    size = 0
    for script in page.scripts:
        if b"self.__next_f" not in script.code[:100]:
            continue
        for found in _PUSH.finditer(script.text):
            value = decode_at(script.text, found.end())
            if isinstance(value, list) and len(value) > 1 and isinstance(value[1], str):
                pieces.append(value[1])
                size += len(value[1])
        if size > MAX_TEXT:
            break
    return "".join(pieces)[:MAX_TEXT]


def flight_object(page: Page, key: str) -> Json:
    """The first object under a key anywhere in the flight payload, references to its text rows filled in."""
    text = flight_text(page)
    start = text.find(f'"{key}":{{')
    if start < 0:
        return None
    return _filled(decode_at(text, start + len(key) + 3), _text_rows(text), 0)


def _text_rows(text: str) -> dict[str, str]:
    """Long texts stand in rows of their own, "1f:T4a2,...": id, length in bytes (hexadecimal), text."""
    rows: dict[str, str] = {}
    for found in list(_TEXT_ROW.finditer(text))[:2000]:
        size = int(found.group(2), 16)
        rows.setdefault(
            found.group(1), text[found.end() : found.end() + size].encode("utf-8", "replace")[:size].decode("utf-8", "ignore")
        )
    return rows


def _filled(value: Json, rows: dict[str, str], depth: int) -> Json:
    if depth > 20:
        return value
    if isinstance(value, dict):
        return {key: _filled(inner, rows, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, rows, depth + 1) for inner in value]
    if isinstance(value, str) and (found := _REFERENCE.fullmatch(value)):
        return rows.get(found.group(1), value)
    return value


def strings_at(value: Json, keys: tuple[str, ...]) -> list[str]:
    """Texts under the first of these keys that has any: plain, in a list, or in an object's usual text keys."""
    if not isinstance(value, dict):
        return []
    for key in keys:
        found = _strings(value.get(key), 0)
        if found:
            return found
    return []


def _strings(value: Json, depth: int) -> list[str]:
    if isinstance(value, str):
        return [value] if value.strip() else []
    if depth > 6:
        return []
    if isinstance(value, list):
        return [text for one in value[:500] for text in _strings(one, depth + 1)]
    if isinstance(value, dict):
        for key in ("basic", "name", "text", "content", "value", "html", "items", "by"):
            found = _strings(value.get(key), depth + 1)
            if found:
                return found
    return []

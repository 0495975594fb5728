"""Reads the data that a page has for its own scripts: Arc's `Fusion.globalContent`, Next.js's page props and flight payload.

Reads values out of script text without running any of it. Every search is bounded; text that does not parse gives None.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, TypeAlias

from crawler.extraction.declared.titles import letters
from crawler.extraction.markup.page import Page
from pipelines.text import size_of, squash
from pipelines.text.boilerplate import is_furniture

Json: TypeAlias = Any
"""A JSON value; it is untrusted, so that every use checks its type first."""

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
    """The flight payload of a Next.js page, its pieces joined."""
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
    """The first object under a key anywhere in the flight payload, with references to its text rows resolved."""
    text = flight_text(page)
    start = text.find(f'"{key}":{{')
    if start < 0:
        return None
    return _filled(decode_at(text, start + len(key) + 3), _text_rows(text), 0)


def _text_rows(text: str) -> dict[str, str]:
    """Id -> text of the rows for long texts, "1f:T4a2,...": id, length in bytes (hexadecimal), text."""
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
        for key in ("basic", "name", "label", "text", "content", "value", "html", "items", "by"):
            found = _strings(value.get(key), depth + 1)
            if found:
                return found
    return []


MAX_VALUES = 50_000
"""Values read in the data of one page."""
_ASSIGNED = re.compile(r"=\s*(?=[{\[]\s*[{\[\"}\]])|\bJSON\.parse\(\s*(?=\")")
_MAX_ASSIGNED = 20
_MARKUP = re.compile(r"</(?:p|h[1-6]|li|blockquote)>|<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_GONE = re.compile(r"<(script|style|figure|iframe|aside)\b.{0,20000}?</\1>", re.IGNORECASE | re.DOTALL)
_SENTENCE = re.compile(r".+[.!?…。！？؟।][\"'”’»)\]」』]*", re.DOTALL)
_TEXT_KEYS = ("articleBody", "body", "text", "content", "html", "value", "copy", "markup", "paragraph", "children")
_OTHERS = re.compile(r"related|recommend|comment|trending|latest|most|teaser|newsletter|author|caption|gallery", re.IGNORECASE)


def data_text(page: Page, names: tuple[str, ...]) -> tuple[str, ...]:
    """The article's paragraphs in the data of the page's scripts: the longest text in an object that has one of the article's
    names. For pages that print their text by script."""
    wanted = frozenset(letters(name) for name in names) - {""}
    budget = [MAX_VALUES]
    named = (found for value in _values(page) if wanted for found in _named(value, wanted, False, budget))
    listed = (_lines(one) for value, parts in named for one in (value, *parts) if isinstance(one, str | list))
    texts = filter(_is_text, listed)
    told = [text for text in texts if any(_tells_of(text, name) for name in names)]
    return max(told, key=lambda lines: sum(map(len, lines)), default=())


_NAMING = re.compile(r"[\u3400-\u9fff]|[\u0e00-\u0e7f\u3040-\u30ff\uac00-\ud7af]{2}|\w{4,}")
"""Longer words; in scripts without spaces, single Han characters and pairs of others."""


def _tells_of(lines: tuple[str, ...], name: str) -> bool:
    """Whether a text contains at least half of the longer words of a name: a text about something else rarely does."""
    words = set(_NAMING.findall(name.casefold()))
    text = " ".join(lines).casefold()
    return 2 * sum(word in text for word in words) >= len(words) > 0


def _values(page: Page) -> Iterator[Json]:
    for script in page.scripts:
        text = script.text[:MAX_TEXT]
        if script.type.endswith("json"):
            yield decode_at(text, len(text) - len(text.lstrip()))
        else:
            for found in islice(_ASSIGNED.finditer(text), _MAX_ASSIGNED):
                value = decode_at(text, found.end())
                yield decode_at(value, 0) if isinstance(value, str) else value
    flight = flight_text(page)
    rows = _text_rows(flight)
    for found in islice(_ROW.finditer(flight), _MAX_ROWS):
        yield _filled(decode_at(flight, found.end()), rows, 0)


_ROW = re.compile(r"(?:^|\n)[0-9a-f]{1,4}:(?=[\[{])")
_MAX_ROWS = 200


def _named(value: Json, names: frozenset[str], is_named: bool, budget: list[int]) -> Iterator[tuple[Json, list[Json]]]:
    """Each object that has one of these names, and everything inside it except other articles, with its parts."""
    budget[0] -= 1
    if budget[0] < 0:
        return
    if isinstance(value, dict):
        is_named = is_named or any(
            isinstance(one, str) and len(one) < 400 and letters(plain(one)) in names for one in value.values()
        )
        parts = [part for key, part in value.items() if not _OTHERS.search(key)]
    elif isinstance(value, list):
        parts = value
    else:
        return
    if is_named:
        yield value, parts
    for part in parts:
        yield from _named(part, names, is_named, budget)


_TOPIC_KEYS = ("tags", "keywords", "topics")
_MAX_TOPICS, _MAX_TOPIC = 30, 60


def data_topics(page: Page, names: tuple[str, ...]) -> tuple[str, ...]:
    """The topics in the data of the page's scripts, of the first object that has one of the article's names and any. For pages
    that declare and print none."""
    wanted = frozenset(letters(name) for name in names) - {""}
    budget = [MAX_VALUES]
    for whole in _values(page) if wanted else ():
        for value, _ in _named(whole, wanted, False, budget):
            listed = [value.get(key) for key in _TOPIC_KEYS] if isinstance(value, dict) else []
            for one in listed:
                found = [text for part in one for text in strings_at({"": part}, ("",))[:1]] if isinstance(one, list) else []
                if 0 < len(found) <= _MAX_TOPICS and all(len(text) <= _MAX_TOPIC for text in found):
                    return tuple(dict.fromkeys(map(plain, found)))
    return ()


def _lines(value: Json) -> tuple[str, ...]:
    """The paragraphs of a text, or of a list of them."""
    if isinstance(value, str):
        found = _MARKUP.sub("\n", _GONE.sub(" ", value)) if "<" in value else value
        return tuple(line for line in map(plain, found.split("\n")) if line and not is_furniture(line))
    lines: list[str] = []
    for part in value:
        text = part if isinstance(part, str) else next(iter(strings_at(part, _TEXT_KEYS)), "")
        lines += _lines(text)
    return tuple(lines)


def plain(text: str) -> str:
    """A text without markup, on one line."""
    return squash(html.unescape(_TAG.sub("", text) if "<" in text else text))


def _is_text(lines: tuple[str, ...]) -> bool:
    """Whether lines are an article's: several sentences, and mostly sentences."""
    sizes = [(size_of(line), line) for line in lines]
    sentences = sum(size for size, line in sizes if size > _MIN_SENTENCE and _SENTENCE.fullmatch(line))
    return sentences > MIN_TEXT and sentences > 0.6 * sum(size for size, _ in sizes)


MIN_TEXT, _MIN_SENTENCE = 400, 40
"""Characters in sentences from which on a text in the data of a page may be the article, and of a sentence; fewer in dense
scripts (see `DENSITY`)."""

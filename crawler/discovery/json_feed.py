"""JSON Feed 1 and 1.1 -> entries. A document that is cut off still gives the entries before the cut."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from crawler.discovery.candidate import FeedEntry

_DECODER: Final = json.JSONDecoder()


def json_entries(text: str, base: str, problems: list[str]) -> Iterator[FeedEntry]:
    for item in _items(text.lstrip("\ufeff"), problems):
        if isinstance(item, dict):
            # `url` is the entry's own page; `external_url` is where a link blog points, often another site.
            links = [item.get(key) for key in ("url", "id", "external_url")]
            yield FeedEntry(
                links=tuple(link for link in links if isinstance(link, str) and (link == links[0] or _is_http(link))),
                base=base,
                title=_text(item.get("title")),
                published=_text(item.get("date_published")),
                modified=_text(item.get("date_modified")),
            )
        else:
            problems.append("an entry that is no object")


def _items(text: str, problems: list[str]) -> Iterator[object]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        problems.append("not well-formed JSON: read entry by entry")
        yield from _salvaged(text)
        return
    items = document.get("items") if isinstance(document, dict) else None
    if isinstance(items, list):
        yield from items
    else:
        problems.append("no JSON Feed: it has no list of items")


def _salvaged(text: str) -> Iterator[object]:
    """The objects that stand whole after `"items": [`, up to the first that does not."""
    _, found, rest = text.partition('"items"')
    position = rest.find("[") + 1
    while found and position > 0:
        while rest[position : position + 1] in {" ", "\t", "\r", "\n", ","}:
            position += 1
        try:
            item, position = _DECODER.raw_decode(rest, position)
        except (ValueError, RecursionError):
            return
        yield item


def _is_http(text: str) -> bool:
    return text.startswith(("http://", "https://"))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None

"""Boxes of an article's page in which a machine sums the article up, found by what they say of themselves.

Reads blocks, not names: such boxes are new, and every site calls them something else.
"""

from __future__ import annotations

import re
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
    """Without boxes that say that a machine summed the article up in them: they are no text of its writers, and made anew at
    each visit. A line of the text that speaks of such a summary has the other paragraphs beside it and no box of its own."""
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
                # No box of its own: the points below a line that calls them so.
                points = takewhile(lambda one: one.tag == "li", blocks[place + 1 :])
                inside = {id(one) for one in (block, *points)} if block.length < _MAX_SUMMARY_TITLE else set()
            return [one for one in blocks if id(one) not in inside] if len(inside) > 1 else blocks
    return blocks

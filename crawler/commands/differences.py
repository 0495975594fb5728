"""How differences look on a terminal: coloured, or marked with brackets."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from crawler.logs import plain
from pipelines.diff import FieldDifference
from pipelines.diff.model import Op, Piece

_CONTEXT_CHARS = 90


def difference(found: FieldDifference, *, coloured: bool) -> Text:
    """One field's difference, its name above."""
    return Text(f"{found.field}\n", style="bold").append_text(marked(found.pieces, coloured=coloured))


def marked(pieces: Sequence[Piece], *, coloured: bool) -> Text:
    """Removed struck through in red, added in green; without colour as [-removed-] and {+added+}. Long unchanged runs are cut."""
    text = Text()
    for position, piece in enumerate(pieces):
        if piece.op is Op.SAME:
            shown = _context(plain(piece.text), first=position == 0, last=position == len(pieces) - 1)
            text.append(shown, style="not bold")
        elif piece.op is Op.REMOVED:
            text.append(*((plain(piece.text), "not bold red strike") if coloured else (f"[-{plain(piece.text)}-]", "not bold")))
        else:
            text.append(*((plain(piece.text), "bold green") if coloured else (f"{{+{plain(piece.text)}+}}", "not bold")))
    return text


def _context(text: str, *, first: bool, last: bool) -> str:
    """Enough of an unchanged run to see where we are, in whole words where there are any."""
    if len(text) <= 2 * _CONTEXT_CHARS + 10:
        return text
    head, tail = text[:_CONTEXT_CHARS], text[-_CONTEXT_CHARS:]
    head = head[: head.rfind(" ") + 1 or None].rstrip(" ")
    tail = tail[tail.find(" ") + 1 :]
    return " ".join((*(() if first else (head,)), "[…]", *(() if last else (tail,))))

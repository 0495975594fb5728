"""Reads invalid JSON member by member: whole members are kept, broken ones are left out.

Accepts unescaped quotation marks, missing and surplus commas and brackets, comments, names without quotation marks,
code around the value, and texts that are cut off. Never fails, in linear time: every step goes forward. Pure; knows no schema.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

MAX_DEPTH: Final = 30

_QUOTED_KEY: Final = r"""(?:"[\w@$:./ -]{1,60}"|'[\w@$:./ -]{1,60}'|[“”][\w@$:./ -]{1,60}[“”])\s{0,100}[:={\[]"""
_NEXT_KEY: Final = (
    rf"(?:\s{{0,100}}{_QUOTED_KEY}|\s{{0,100}}[A-Za-z_@$][\w$]{{0,60}}\s{{0,100}}:\s{{0,100}}(?:[\"'{{\[\d]|true|false|null))"
)
"""The next key after a comma. A word and a colon alone may be part of a sentence: 'He said "no", adding: never'."""
_BLANK: Final = re.compile(r"(?:\s+|//[^\n]*|/\*[^*]{0,5000}\*/|<!--|-->|,)*")
_START: Final = re.compile(r"[{\[]")
_BARE_KEY: Final = re.compile(r"[A-Za-z_@$][\w$]{0,60}(?=\s{0,100}:)")
_LITERAL: Final = re.compile(r"[^,}\]\s]{1,60}")
_MARKS: Final = re.compile(r"""[\\"'“”„]|[,\n]\s{0,100}"[a-zA-Z@]{1,40}"\s{0,10}:""")
_QUOTES: Final = {'"': '"', "'": "'", "“": "“”", "”": "“”", "„": "“”"}
_ENDS_KEY: Final = re.compile(r"\s{0,100}[:={\[]")
_ENDS_MEMBER: Final = re.compile(
    rf"\s{{0,100}}(?:[}}\]](?=\s{{0,100}}(?:[,}}\]\[{{;/<)-]|\Z|{_QUOTED_KEY}))|;?\s{{0,100}}\Z|,(?:{_NEXT_KEY}|\s{{0,100}}[\"']?[\w@]{{0,60}}[\"']?\s{{0,100}}\Z|\s{{0,100}}(?:[}}\],]|\Z|//|/\*))|//|/\*|{_QUOTED_KEY})"
)
_ENDS_ENTRY: Final = re.compile(r"""\s{0,100}(?:\]|\}|\Z|,\s{0,100}["'“{\[\]\d]|\s["{\[])""")
_NOTHING: Final = re.compile(r"\s{0,100}(?=[,}\]])")
_NEXT_MEMBER: Final = re.compile(rf"\s{{0,100}},(?={_NEXT_KEY})")


class _CutOffError(Exception):
    """The text ended within a value."""


def read(text: str) -> list[dict[str, Any]]:
    """The objects of a text in order, including those in lists; empty if there is none."""
    reader = _Reader(text)
    found: list[Any] = []
    while start := _START.search(text, reader.at):
        reader.at = start.start()
        found.append(reader.value(0))
        # A surplus bracket ended the object before its last member.
        while isinstance(found[-1], dict) and (more := _NEXT_MEMBER.match(text, reader.at)):
            reader.at = more.end()
            found[-1].update(reader.members(0, _ENDS_MEMBER))
    listed = (one for value in found for one in (value if isinstance(value, list) else [value]))
    return [one for one in listed if isinstance(one, dict) and one]


class _Reader:
    """A text and the place up to which it has been read."""

    __slots__ = ("at", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def value(self, depth: int, ends: re.Pattern[str] = _ENDS_MEMBER) -> Any:
        """The value that begins here. If the text ends inside a list or an object, its whole members are returned."""
        character = self._next()
        if character in "{[" and depth < MAX_DEPTH:
            self.at += 1
            return self.members(depth, ends) if character == "{" else self._entries(depth)
        if character in _QUOTES:
            return self._quoted(ends)
        literal = _LITERAL.match(self.text, self.at)
        self.at = literal.end() if literal else self.at + 1
        try:
            return json.loads(literal[0]) if literal else None
        except ValueError:
            return None

    def members(self, depth: int, ends: re.Pattern[str]) -> dict[str, Any]:
        """Members up to the closing bracket, which is read, or up to that of the list around them, which is not read."""
        found: dict[str, Any] = {}
        try:
            while (character := self._next()) != "]" or ends is _ENDS_MEMBER:
                if character in "}]":
                    self.at += 1
                    break
                bare = _BARE_KEY.match(self.text, self.at)
                if bare:
                    key, self.at = bare[0], bare.end()
                elif character in _QUOTES:
                    key = self._quoted(_ENDS_KEY)
                else:
                    self.at += 1
                    continue
                if (character := self._next()) in ":={[":
                    self.at += character in ":="
                    nothing = _NOTHING.match(self.text, self.at)
                    self.at = nothing.end() if nothing else self.at
                    if not nothing:
                        found.setdefault(key, self.value(depth + 1))
        except _CutOffError:
            pass
        return found

    def _entries(self, depth: int) -> list[Any]:
        found: list[Any] = []
        try:
            while (character := self._next()) != "}":
                if character == "]":
                    self.at += 1
                    break
                found.append(self.value(depth + 1, _ENDS_ENTRY))
        except _CutOffError:
            pass
        return found

    def _next(self) -> str:
        """The next character that is not blank, a comment or a comma."""
        blank = _BLANK.match(self.text, self.at)
        self.at = blank.end() if blank else self.at
        if self.at >= len(self.text):
            raise _CutOffError
        return self.text[self.at]

    def _quoted(self, ends: re.Pattern[str]) -> str:
        """A text up to the first quotation mark after which the next member begins; the others are unescaped marks in the
        text."""
        closing = _QUOTES[self.text[self.at]]
        start = at = self.at + 1
        while mark := _MARKS.search(self.text, at):
            at = mark.end()
            if mark[0] == "\\":
                at += 1
            elif len(mark[0]) > 1:
                if ends is _ENDS_MEMBER and closing == '"':  # its closing mark is missing
                    self.at = mark.start()
                    return _unescaped(self.text[start : self.at])
                at = mark.start() + 1
            elif mark[0] in closing and ends.match(self.text, at):
                self.at = at
                return _unescaped(self.text[start : mark.start()])
        self.at = len(self.text)
        raise _CutOffError


_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_MEANT: Final = {"n": "\n", "t": "\t", "r": "\n", "b": " ", "f": " "}


def _unescaped(text: str) -> str:
    return (
        _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else _MEANT.get(match[2], match[2]), text)
        .encode("utf-16", "surrogatepass")
        .decode("utf-16", "replace")
    )

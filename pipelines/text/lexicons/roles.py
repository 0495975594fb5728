"""The words of newsroom job titles, in the languages of the catalogue.

A job title is composed, never listed: modifiers and places before a head noun ("Deputy Political Editor", "Leitender
Wirtschaftsredakteur"). Word tests only: this module knows no byline and no person.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipelines.text.lexicons import is_place, read_words


@dataclass(frozen=True, slots=True)
class RoleWords:
    """The sections of roles.txt, case-folded."""

    authors: frozenset[str]
    """Heads only after a modifier ("Freier Autor"); otherwise they label a name ("Autor: Jo Kerr")."""
    english_heads: frozenset[str]
    heads: frozenset[str]
    """Nouns that make a phrase a job title in any position."""
    last_heads: frozenset[str]
    """Nouns that make a phrase a job title only as the last word ("Bureau Chief") or before "of" ("Head of Sport")."""
    desks: frozenset[str]
    """Nouns for many people or for none: a phrase with one of them and no person is a desk."""
    hard_modifiers: frozenset[str]
    """Words that qualify a head noun and are never names in a byline."""
    soft_modifiers: frozenset[str]
    """Beats that are also surnames: they qualify a head noun, unless the name before them would be too short without them."""
    connectors: frozenset[str]
    """Words that may be between two modifiers."""
    tail_openers: frozenset[str]
    """Lower-case words that continue a job title to the right: "Editor at large", "Redakteur in der Wirtschaft"."""
    compound_heads: frozenset[str]
    """Germanic heads, written as one word with what they govern: "Wirtschaftsredakteur", "dpa-Korrespondentin"."""


@cache
def role_words() -> RoleWords:
    return read_words(Path(__file__).with_name("roles.txt"), RoleWords)


@cache
def _compound_heads() -> tuple[str, ...]:
    return tuple(sorted(role_words().compound_heads))


_SHORTEST_COMPOUND = 3


def is_head(word: str) -> bool:
    """Whether a case-folded word makes a job title in any position."""
    heads = role_words().heads
    if word in heads or word.partition("-")[0] in heads:
        return True
    if not word.endswith(_compound_heads()):
        return False
    for head in _compound_heads():
        if word.endswith(head) and len(word) >= len(head) + _SHORTEST_COMPOUND:
            return head not in ("chef", "leiter", "team", "desk", "staff", "editor", "writer") or "-" in word
    return False


def is_last_head(word: str) -> bool:
    """Whether a case-folded word makes a job title only as its last word."""
    return word in role_words().last_heads


def is_desk(word: str) -> bool:
    """Whether a case-folded word names a desk, a team or no person in particular."""
    return word in role_words().desks or word.endswith(("redaktion", "-redactie", "-team", "-staff", "-desk"))


def is_modifier(word: str) -> bool:
    """Whether a case-folded word can come before a head noun: a beat, a rank or a place."""
    words = role_words()
    return word in words.hard_modifiers or word in words.soft_modifiers or is_place(word)

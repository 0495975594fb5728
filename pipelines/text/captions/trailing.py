"""Cuts the last credit off a caption line: "... (Yui Mok/PA)", "... Picture: Jane Doe", "... © X", "... Getty Images".

Each way to print a credit is one function from a line to (the line without it, the credit or None). They are tried in the
order of their evidence: a label is the strongest, a bracket weaker, a bare source at the end the weakest.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from pipelines.text.captions.credits import (
    BARE_LABEL,
    BY_SIGN,
    COPYRIGHT,
    DANGLING,
    LABEL,
    PICTURE_DATE,
    cleaned_credit,
    first_sentence,
    is_acronym,
    is_ambiguous_source,
    is_bare_credit,
    is_capitalised,
    is_commissioned,
    is_labelled_credit,
    is_sentence,
    is_source,
    last_words,
)
from pipelines.text.lexicons import is_given_name, word_set
from pipelines.text.lexicons.agencies import agency_name, is_outlet

_OPENERS, _CLOSERS = "([（", ")]）"
_ARCHIVES = word_set("repertorio archivio archivo arquivo archives")
"""After "foto di" these words say that the picture is an old one, not who made it."""
_STOPS = '.!?”"'
_LEFT_BEHIND = " |/–—-,:;(*[©"
_LONGEST_GLUED = 40
_LAST_DIVIDERS = 4
_LAST_LABELS = 8
_JAPANESE_END = 40
_DIGIT = re.compile(r"\d")
_DIVIDER = re.compile(r"\s(?:[|/–—•·-]|//)\s|\s?\|\s?")
_JAPANESE = re.compile(r"[＝=（(、【](?P<credit>[^＝=（()）、【】]{1,30}?)(?P<label>提供|撮影|写す|[摄攝]影?)?[)）】]?$")
_LABEL_BEHIND = re.compile(
    r"\s(?:(?:asmeninio archyvo |asociatyvi )?nuotr(?:\.|aukos?)|felvétele|fotója|제공)\s*$|\s?[／/]?[摄攝]影?\s*$",
    re.IGNORECASE,
)
_LONGEST_LABEL_BEHIND = 80
_BEFORE_NAME = re.compile(r" [/|] |[.。] ?(?=\w)")
_GLUED = re.compile(r"(?<=[a-zß-ÿ0-9)”\"'])(?=[A-Z])")
_NEEDS_NAME = word_set("the of by to from on for at in via a")
"""After these words a source's name is part of the sentence: "according to Reuters", "a photo from PA"."""

Cut: TypeAlias = tuple[str, str | None]


def last_credit(line: str) -> Cut:
    """The line without its last credit, and that credit; or the line and None."""
    for cut in (
        _labelled_bracket,
        _labelled,
        _label_behind,
        _bracketed,
        _behind_stop,
        _behind_divider,
        _source_at_end,
        _japanese,
    ):
        rest, credit = cut(line)
        if credit:
            return rest, credit
    return line, None


def tidy_caption(caption: str) -> str:
    """The caption without the remains of a removed credit: a label, a divider, an opening bracket."""
    caption = DANGLING.sub("", caption.strip().rstrip(_LEFT_BEHIND)).rstrip(_LEFT_BEHIND).strip()
    return caption if any(char.isalnum() for char in caption) else ""


# --- brackets ---


def _bracket(line: str) -> tuple[int, int] | None:
    """The start and end of the last balanced bracket, if the line ends with it or with it and "Picture date: ..."."""
    end = len(line.rstrip(" ."))
    date = PICTURE_DATE.search(line) if line[end - 1 : end] not in _CLOSERS else None
    if date:
        end = len(line[: date.start()].rstrip(" ."))
    if not end or line[end - 1] not in _CLOSERS:
        return None
    depth = 0
    for at in range(end - 1, -1, -1):
        depth += (line[at] in _CLOSERS) - (line[at] in _OPENERS)
        if depth == 0:
            return at, end
    return None


def _without(line: str, start: int, end: int) -> str:
    """The line without the characters from `start` to `end`; a sentence before them without a full stop gets one."""
    before, after = line[:start].rstrip(), line[end:].lstrip(" .")
    if after and before and before[-1] not in ".!?":
        before += "."
    return f"{before} {after}".strip()


def _labelled_bracket(line: str) -> Cut:
    """ "(Image: SWNS)", "(Photo by Ann Ward/Getty Images)", "(foto Ansa)", "(©Adobe Stock)"."""
    bracket = _bracket(line)
    if not bracket:
        return line, None
    inside = line[bracket[0] + 1 : bracket[1] - 1].strip()
    label, bare, mark = LABEL.match(inside), BARE_LABEL.match(inside), COPYRIGHT.match(inside)
    credit = ""
    if label and not (BY_SIGN.fullmatch(label["sign"] or "") and inside[label.end() :].casefold() in _ARCHIVES):
        credit = inside[label.end() :]
    elif bare and (is_capitalised(inside[bare.end() :]) or is_source(inside[bare.end() :])):
        credit = inside[bare.end() :]
    elif mark:
        credit = inside[mark.end() :]
    return (_without(line, *bracket), cleaned_credit(credit)) if credit.strip() else (line, None)


def _bracketed(line: str) -> Cut:
    """ "(Yui Mok/PA)", "(PA)", "(example.org)"; after a full stop also capitalised words, because there they explain nothing."""
    bracket = _bracket(line)
    if not bracket:
        return line, None
    inside, before = line[bracket[0] + 1 : bracket[1] - 1].strip(), line[: bracket[0]].rstrip()
    after_stop = not before or before[-1] in _STOPS
    if _is_gloss(before, inside) or not (is_bare_credit(inside) or (after_stop and _glosses_nothing(inside))):
        return line, None
    name = last_words(before)
    if (
        not after_stop
        and len(name) < len(before)
        and (_is_photographer(name) or name.isupper())
        and is_source(inside.partition("/")[0])
    ):
        return before[: -len(name)].rstrip(), f"{name} ({inside})"
    return _without(line, *bracket), cleaned_credit(inside)


def _is_gloss(before: str, inside: str) -> bool:
    """ "the Automobile Association (AA)": an acronym that stands for the words before it."""
    words = [word for word in before.replace("-", " ").split()[-2 * len(inside) :] if word[0].isupper()]
    return inside.isalpha() and len(inside) > 1 and "".join(word[0] for word in words[-len(inside) :]) == inside.upper()


def _glosses_nothing(inside: str) -> bool:
    words = len(inside.split())
    return is_acronym(inside) or (words > 1 and is_capitalised(inside) and not _DIGIT.search(inside))


def _is_photographer(name: str) -> bool:
    return len(name.split()) in (2, 3) and is_capitalised(name)


# --- labels ---


def _labelled(line: str) -> Cut:
    """ "... Picture: Jane Doe", "© Jane Doe", "... Photograph Sam Bradwell": the last label with a credit after it."""
    place = _last_label(line) or _copyright_or_bare(line)
    if place is None:
        return line, None
    credit, after = first_sentence(line[place[1] :])
    if not is_sentence(after):
        credit, after = line[place[1] :], ""
    closing = _unopened(credit)
    if closing is not None:
        credit, after = credit[:closing], credit[closing + 1 :] if is_sentence(credit[closing + 1 :]) else ""
    if not is_labelled_credit(credit):
        return line, None
    house = last_words(line[: place[0]])
    if house and place[0] > len(house) + 1 and house.isupper() and len(house.split()) < 3:
        return line[: place[0]].rstrip()[: -len(house)].rstrip(), f"{line[place[0] - len(house) - 1 :]}"
    return f"{tidy_caption(line[: place[0]])} {after}".strip(), cleaned_credit(credit)


def _last_label(line: str) -> tuple[int, int] | None:
    place = None
    for label in [*LABEL.finditer(line)][-_LAST_LABELS:]:
        credit = first_sentence(line[label.end() :])[0]
        named = not BY_SIGN.fullmatch(label["sign"] or "") or _has_name(credit)
        if named and _is_label_here(line, label) and is_labelled_credit(credit[: _unopened(credit)]):
            place = label.start(), label.end()
    return place


def _is_label_here(line: str, label: re.Match[str]) -> bool:
    """Whether a label is one here: it has a capital, opens the line or a bracket, or follows a sentence; not so "in the
    picture: "."""
    if PICTURE_DATE.match(line, label.start()):
        return False
    before = line[: label.start()].rstrip()
    if label["label"] and is_source(f"{before.rpartition(' ')[2].lstrip(_OPENERS)} {label['label']}"):  # "Getty Images: Ann Ward"
        return False
    return not before or before[-1] in "([|/–—-,.!?" or not label[0][:1].islower()


def _has_name(credit: str) -> bool:
    """Whether a "by" is followed by a capital or by a user name with a source: "user91 / Getty Images"."""
    return is_capitalised(credit.partition(" ")[0]) or is_bare_credit(credit.partition("/")[2])


def _unopened(text: str) -> int | None:
    """The place of a closing bracket without an opening one, where a credit ends: "(Photo: Getty Images)Getty"."""
    depth = 0
    for at, char in enumerate(text):
        depth += (char in _OPENERS) - (char in _CLOSERS)
        if depth < 0:
            return at
    return None


def _copyright_or_bare(line: str) -> tuple[int, int] | None:
    for mark in COPYRIGHT.finditer(line):
        if is_labelled_credit(line[mark.end() :]):
            return mark.start(), mark.end()
    for label in BARE_LABEL.finditer(line):
        credit = line[label.end() :].strip(" .")
        is_after_divider = line[: label.start()].rstrip()[-1:] in ("|", "/", "–", "—", "-")  # "Ardle - Photo Festival"
        is_name = not is_after_divider and is_capitalised(credit) and len(credit.split()) <= 6
        if is_name or is_bare_credit(credit) or is_source(credit):
            return label.start(), label.end()
    return None


def _label_behind(line: str) -> Cut:
    """ "Vilniaus centras / J. Petraičio / LRT nuotr.": languages with many cases put the label for a photo after the name."""
    label = _LABEL_BEHIND.search(line)
    for divider in () if label is None else _BEFORE_NAME.finditer(line, max(0, len(line) - _LONGEST_LABEL_BEHIND)):
        name = line[divider.end() : label.start()] if label else ""
        if is_capitalised(name):
            return line[: divider.end() if divider[0][0] in ".。" else divider.start()].rstrip(), cleaned_credit(name)
    return line, None


# --- shapes ---


def _behind_stop(line: str) -> Cut:
    """ "... in November. Handout/AP/dpa": a credit after the last full stop."""
    line = line.rstrip(" .") if not line.endswith("..") else line
    tail = last_words(line)
    if not tail or len(tail) == len(line):
        return line, None
    shapes = (is_bare_credit, is_commissioned, is_acronym, _is_name_in_capitals, _is_name_and_house)
    if any(is_credit(tail) for is_credit in shapes):
        return line[: -len(tail)].rstrip(), cleaned_credit(tail)
    return line, None


def _is_name_in_capitals(text: str) -> bool:
    """ "Joël PHILIPPON", "J. M. LOSTAU", "Centre Presse - JOSÉ TORRES": a surname in capitals."""
    words = text.rpartition(" - ")[2].split()
    if text.isupper() and text[0].isalpha() and 1 < len(text.split()) < 8:
        return True
    return len(words) in (2, 3, 4) and is_capitalised(text) and words[-1].isalpha() and words[-1].isupper() and len(words[-1]) > 3


def _is_name_and_house(text: str) -> bool:
    """ "Jason Vorhees The Telegraph", as templates join the two."""
    words = text.split()
    return len(words) > 3 and is_capitalised(text) and is_given_name(words[0].casefold()) and is_outlet(words[2:])


def _behind_divider(line: str) -> Cut:
    """ "caption | Credit", "caption / Lucas Marín", "caption - PA"."""
    for divider in [*_DIVIDER.finditer(line)][-_LAST_DIVIDERS:]:
        before, tail = line[: divider.start()].rstrip(), line[divider.end() :].strip()
        bar = (
            line.count("|") == 1
            and "|" in divider[0]
            and tail[:1].isupper()
            and len(tail.split()) <= 5
            and is_labelled_credit(tail)
        )
        slash = divider[0] == " / " and _is_photographer(tail) and is_sentence(before)
        behind_stop = before[-1:] in _STOPS and is_capitalised(tail) and len(tail.split()) <= 8 and not _DIGIT.search(tail)
        if before and tail and (bar or slash or behind_stop or is_bare_credit(tail)):
            return before, cleaned_credit(tail)
    return line, None


def _source_at_end(line: str) -> Cut:
    """ "... in Mexico City Future Publishing/Getty Images", "... strong windsPA": only sources that do not end a sentence."""
    for glue in _GLUED.finditer(line, max(0, len(line) - _LONGEST_GLUED)):
        tail = line[glue.end() :]
        if is_source(tail) or (is_bare_credit(tail) and " via " in tail):
            return line[: glue.end()], cleaned_credit(tail)
    words = line.rstrip(" .").split(" ")
    for length in range(min(4, len(words) - 1), 0, -1):
        phrase, before = " ".join(words[-length:]), words[-length - 1]
        if "." in phrase or "(" in phrase or "," in before or before.casefold() in _NEEDS_NAME:
            continue
        if _ends_captions(phrase) and (before[:1].isupper() or (length > 1 and not agency_name(phrase.casefold()))):
            return " ".join(words[:-length]), cleaned_credit(phrase)
    return line, None


def _ends_captions(phrase: str) -> bool:
    if "/" in phrase:
        return is_bare_credit(phrase) and any(map(is_source, (phrase.partition("/")[0], phrase.rpartition("/")[2])))
    if not is_source(phrase) or is_ambiguous_source(phrase):
        return False
    return phrase.isupper() or (" " in phrase and phrase[:1].isupper())


def _japanese(line: str) -> Cut:
    """ "...＝共同", "（警視庁提供）", "＝山田太郎撮影", "（王小美攝）"."""
    match = _JAPANESE.search(line[-_JAPANESE_END:])
    if not match or "年" in match["credit"]:  # "（1990年撮影）" says when
        return line, None
    if not match["label"] and not (match[0][0] in "＝（" and is_source(match["credit"])):
        return line, None
    closing = line[-1] if match[0][0] == "、" and line[-1] in ")）】" else ""  # "（2024年4月、山田太郎撮影）"
    return f"{line[: len(line) - len(match[0])]}{closing}", cleaned_credit(match["credit"])

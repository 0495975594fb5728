"""Bylines in Chinese, Japanese and Korean. They have no spaces and no capitals: the words around names are known, the rest is
a name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.text.bylines.tokens import Mark, Run
from pipelines.text.lexicons import word_set
from pipelines.text.lexicons.agencies import agency_name

_DATELINE = re.compile(r"(?:(?<=[（(\[【〔])\w{1,6}|^(?!사진|영상|편집|그래픽)[\uac00-\ud7af]{2,4})[=＝](?=\w)")
"""The place in front of an agency: "(서울=연합뉴스) 박지훈 기자"."""
_REPORTS = re.compile(r"(?:[／/][^／/\s]{2,3})?(?:綜合|综合)?(?:报道|報導|報道)(?=[〕)）】\]]?$)")
"""The words behind a reporter's name: "記者陳大文/台北報導"."""
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_PARTS = re.compile(r"[、，,・／/；;（）()【】〔〕\[\]「」:：=＝]+")
_KATAKANA_NAME = re.compile(r"[\u30a1-\u30ff]+(?:・[\u30a1-\u30ff]+)+")
_LABEL = re.compile(
    r"^(?:取材・文|文・写真|取材|執筆|撰文|撰稿|文字|作者|筆者|기자명|聞き手|来源|來源|출처|文|報道|报道|글|취재|이 기사의 필자)"
    r"(?=$|[・=＝:：／/\s])|^(?:本報|本报|本网|本社)"
)
_OTHERS = re.compile(
    r"^(?:写真|撮影|摄影|摄|图|圖|編集|編輯|编辑|입력|수정|등록|승인|"
    r"責任編[集輯]|责任编辑|責編|责编|核稿編輯|校对|翻訳|译|사진|편집|構成)(?=$|[・=＝:：／/\s])"
)
_ROLES = sorted(
    word_set(
        "編集委員 論説委員 特派員 特派员 记者 記者 通讯员 通訊員 評論員 评论员 編集長 支局長 支局"
        " 기자 특파원 논설위원 인턴기자 선임기자"
    ),
    key=len,
    reverse=True,
)
_DESKS = word_set(
    "編集部 編輯部 编辑部 取材班 社会部 政治部 経済部 編集局 論説室 デスク オンライン編集部"
    " 综合报道 綜合報導 综合 编辑室 편집국 디지털뉴스팀 온라인뉴스팀 뉴스팀"
)
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff々\u3040-\u30ff]+")
_HANGUL = re.compile(r"[\uac00-\ud7af]{2,4}")
_LONGEST_HAN = 6
_LONGEST_PART = 3
_SIMPLIFIED = re.compile(r"[记员张刘陈杨赵黄吴孙马罗郑谢许邓冯韩萧蒋于们这报译图摄]")


def is_cjk(line: str) -> bool:
    """Whether a line is written mostly in Chinese, Japanese or Korean characters."""
    return len(_CJK.findall(line)) * 2 > sum(char.isalpha() for char in line)


def read_cjk(line: str) -> Iterator[Run]:
    """The runs of one line."""
    held = _KATAKANA_NAME.search(line)
    if held:
        line = line.replace(held[0], held[0].replace("・", "\x00"))
    is_chinese = _SIMPLIFIED.search(line) is not None
    line = _LABEL.sub("", _REPORTS.sub("", _DATELINE.sub("", line)))
    dropping = False
    for part in _PARTS.split(line):
        for word in _people_apart(_LABEL.sub("", part).strip(), is_chinese):
            if _OTHERS.match(word) or _LABEL.match(word):
                dropping = bool(_OTHERS.match(word))
            elif not dropping:
                yield from _read_run(word)


def _read_run(word: str) -> Iterator[Run]:
    agency = agency_name(word)
    if agency:
        yield Run(Mark.AGENCY, agency)
    elif word in _DESKS or word.endswith(("編集部", "编辑部", "取材班")):
        yield Run(Mark.ROLE, word)
    elif not word.endswith(("新聞", "新聞社", "日报", "晚报", "日報", "放送", "テレビ")):
        yield from _read_word(word)


def _people_apart(part: str, is_chinese: bool) -> list[str]:
    """The words of a part; a Japanese family name and given name with a space between them are one word."""
    words = part.split()
    two_names = len(words) == 2 and all(_HAN.fullmatch(word) and len(word) <= _LONGEST_PART for word in words)
    if two_names and not any(map(_is_known, words)) and not is_chinese:
        return [part]
    return words


def _is_known(word: str) -> bool:
    return word in _DESKS or word.endswith(tuple(_ROLES)) or bool(agency_name(word) or _OTHERS.match(word))


def _read_word(word: str) -> Iterator[Run]:
    for role in _ROLES:
        if word == role:
            yield Run(Mark.ROLE, role)
            return
        if word.endswith(role):
            yield from _read_word(word[: -len(role)])
            yield Run(Mark.ROLE, role)
            return
        if word.startswith(role) and len(word) > len(role) + 1:
            yield Run(Mark.ROLE, role)
            yield from _read_word(word[len(role) :])
            return
    for length in range(len(word), 1, -1):
        agency = agency_name(word[:length])
        if agency:
            yield Run(Mark.AGENCY, agency)
            yield from _read_word(word[length:])
            return
    name = word.replace("\x00", "・")
    plain = name.replace(" ", "").replace("・", "")
    if _HANGUL.fullmatch(plain) or (_HAN.fullmatch(plain) and (1 < len(plain) <= _LONGEST_HAN or "・" in name)):
        yield Run(Mark.PERSON, people=(name.split(),))

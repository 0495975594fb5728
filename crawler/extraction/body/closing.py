"""Lines that may be inside a body but not at its end: contacts, rights, credits, agencies' sign-offs, notes about the writer."""

from __future__ import annotations

import re

from crawler.extraction.body.blocks import Block
from crawler.extraction.body.notices import speaks_to_reader
from pipelines.text.lexicons.agencies import agency_length

_TAIL = re.compile(
    r"(?:comments?$|this is a (?:breaking|developing)|more to follow|more .{2,40} https?://|"
    r"already (?:have|a|an) .{0,40}(?:account|subscriber|member)|.{0,80} exclusive to .{0,40}subscribers|"
    r"(?:to|want to) (?:continue|keep|read|view|see|finish) .{0,60}\b(?:subscri|sign|log|regist)|"
    r"\W{0,2}(?:additional |with )?(?:reporting|reports|writing|edit(?:ing|ed)) (?:by|from) (?-i:[A-Z])|disclaimer:|"
    r".{0,120}\bcontributed to this (?:report|story|article)|if you (?:enjoyed|liked|believe)\b|catch up on\b|"
    r"(?:the|this) (?:article|story|piece|post).{0,60} (?:was|is|has been) (?:originally |first )?"
    r"(?:published|written|produced|adapted|excerpted)|more information:|republish (?:our|this)|dieses thema im programm|"
    r"(?:dieser|der) (?:artikel|text|beitrag) (?:ist|erschien|wurde) .{0,40}(?:erschienen|veröffentlicht|zuerst)|"
    r"sendung:|redaktion:|this document is subject to copyright|"
    r"©|\(c\) ?\d{4}|copyright\b(?:\W{0,4}\d|.{0,120}\brights\b|.{0,40}$)|all rights reserved.{0,40}$|"
    r"(?:alle|alla|tous|todos|tutti|wszelkie|tüm|جميع|все|με|riproduzione) .{0,60}(?:vorbehalten|réservés|reservad[oa]s|"
    r"riservat[aie]|voorbehouden|forbehold\w*|förbehåll\w*|zastrzeżone|saklıdır|محفوظة|защищены|δικαιώματος)\W*$|版[权權]所有|"
    r"無断転載|(?:queda )?prohibida .{0,30}reproducción|conforme a los criterios de|"
    r"[^.!?]{0,60}\b(?:fehler|erreur|errore?s?|erro|mistake|fout|fel|feil|fejl|błąd|hata|λάθος|ошибк[уи])\b[^.!?]{0,50}"
    r"\? \S.{3,100}$|the post .{1,200} appeared first on|tags?:|topics?:|filed under|published in|posted in|archivado en|"
    r"(?:via|sources?|quelle|fuente|fonte|bron|källa|kilde|lähde|źródło|zdroj|πηγή|kaynak|источник|المصدر|"
    r"来源|來源|出典|(?:责任)?编辑|責任編輯|crédit photo|fot\.) ?[:：]|fot\. \w)",
    re.IGNORECASE,
)
_SIGN_OFF = re.compile(r"[(\[（【/–—-] ?[^()\[\]（）【】.!?。]{1,40}[)\]）】/–—-]")
"""Only an agency or a desk in brackets or between dashes, or a mark such as "(End)"."""
_WORDS = re.compile(r"[\w-]+")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.\w")
_PLUG = re.compile(
    r"\b(?:newsletters?|subscri(?:be|ber|ption)|sign up|download (?:the|our)|our app|donate|membership|"
    r"become a member|support (?:our|local|independent)|click here (?:for|to)|whatsapp|telegram|"
    r"abonn\w+|suscr[ií]\w+|hazte|únete|assine|iscriviti|prenumer\w+|inschrijven|podcast\w*|submit your|tell us what)\b"
)


def tells(text: str) -> bool:
    """Whether a sentence reports about somebody: it neither asks its reader for something nor is about the site itself."""
    return len(text) >= _SHORTEST_TOLD and text.endswith(".") and not _PLUG.match(text.lower()) and not speaks_to_reader(text)


_SHORTEST_TOLD = 40
_COMMENT_RULES = re.compile(
    r"\b(?:your|all|ihre|eure|vos|tus|sus|vostri|twoje|dina|jullie) (?:comments?|kommentare?|commentaires|comentarios|"
    r"commenti|komentarze|kommentarer|reacties)\b"
)
_BIOGRAPHY = re.compile(
    r"(?:[^\W\d_][\w.'’-]* ){1,5}"
    r"(?:is|was|has been|ist|est|es|è|é|jest|är|er|sinds|works|arbeitet|работает|joined|covers|writes)\b"
    r".{0,120}\b(?:reporter|editor|writer|"
    r"journalist|correspondent|columnist|author|contributor|"
    r"freelance\w*|redakteur\w*|reporter\w*|korrespondent\w*|journalist\w*|periodista|redactora?|giornalista|repórter|jornalista|"
    r"verslaggever|dziennikar\w*|корреспондент\w*|журналист\w*|newsroom|staff)\b"
)


_MAX_BIOGRAPHY = 700
_NAMED_WITHIN = 40


def _is_biography(kept: list[Block], writers: frozenset[str]) -> bool:
    return len(kept) > 3 and _tells_of_writer(kept[-1], writers) and _is_set_apart(kept[-1], kept[-2])


def _tells_of_writer(block: Block, writers: frozenset[str]) -> bool:
    """Whether a paragraph is about the article's own author, in any language: "Anna Moore is our court correspondent"."""
    return block.length < _MAX_BIOGRAPHY and any(writer in block.text[: len(writer) + _NAMED_WITHIN] for writer in writers)


def _is_set_apart(block: Block, before: Block) -> bool:
    """Whether a paragraph has a link, an address or another markup than the one before it, as no part of the story has."""
    element, other = block.element, before.element
    is_alike = element.getparent() is other.getparent() and element.get("class") == other.get("class")
    return block.linked > 0 or "@" in block.text or not is_alike or next(element.iter("em", "i", "strong", "b"), None) is not None


_HANDLE = re.compile(r"@\w{3,30}")
_SIGNATURE_LINES = 3


def _cut_signature(kept: list[Block]) -> None:
    """Remove short lines at the end around a writer's handle: "By Ann Other", "@AOther_Star", "Chief Reporter"."""
    for place in range(max(4, len(kept) - _SIGNATURE_LINES), len(kept)):
        if _HANDLE.fullmatch(kept[place].text) and all(one.length < 60 for one in kept[place - 1 :]):
            del kept[place - 1 :]
            return


def _is_scrap(block: Block) -> bool:
    """Whether a block may be inside the body but not at its end."""
    if block.is_heading:
        return True
    lowered = block.text.lower()
    if block.length < 1000 and _COMMENT_RULES.search(lowered):
        return True
    if block.length >= 400:
        return False
    return bool(
        _TAIL.match(block.text)
        or (block.length < 200 and _ADDRESS.search(block.text))
        or _SIGN_OFF.fullmatch(block.text)
        or (block.length < 60 and block.text[-1] not in ".!?…。！？" and _names_agency(lowered))
        or (_PLUG.search(lowered) and (block.linked or (block.length < 200 and not tells(block.text))))
        or _BIOGRAPHY.match(block.text)
    )


def _names_agency(lowered: str) -> bool:
    words = _WORDS.findall(lowered)
    return any(agency_length(words[at:]) for at in range(len(words)))


def cut_closing(kept: list[Block], writers: frozenset[str]) -> None:
    """Remove the closing lines from the end of a body."""
    _cut_signature(kept)
    while kept and (_is_scrap(kept[-1]) or _is_biography(kept, writers)):
        kept.pop()

"""Invented languages: words, sentences and headlines in ten scripts, as often met as words are, for ledgers to search in.

Words are made of syllables, the r-th as often met as 1/r. Japanese, Chinese and Thai write no spaces between them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

_LATIN = ("b c d f g h j k l m n p r s t v w z br ch cr dr fl gr pl sh st th tr", "a e i o u ea ou ai", " n s r t")
_HAN = "".join(chr(code) for code in range(0x4E00, 0x9F00, 14))
"""1,481 characters."""


@dataclass(frozen=True, slots=True)
class Script:
    """How a language writes its words."""

    country: str
    timezone: str
    onsets: str
    vowels: str
    ends: str = ""
    space: str = " "
    stop: str = "."

    def syllables(self) -> Iterator[str]:
        """Each onset with each vowel; of Chinese and Korean each character."""
        vowels = self.vowels.split(" ") if self.vowels else [""]
        yield from ("".join(one) for one in product(self.onsets.split(), vowels))


SCRIPTS = {
    "en-GB": Script("GB", "Europe/London", *_LATIN),
    "de": Script("DE", "Europe/Berlin", "b d f g h k l m n p r s t w z sch st", "a e i o u ä ö ü ei au", " n t ß s r"),
    "fr": Script("FR", "Europe/Paris", "b c d f g j l m n p qu r s t v ç", "a e i o u é è ê ou œ", " s t r"),
    "es": Script("ES", "Europe/Madrid", "b c d f g j l ll m n ñ p r s t v", "a e i o u á é í ó", " s n r"),
    "pl": Script("PL", "Europe/Warsaw", "b c d g k l ł m n p r s ś t w z ż cz sz", "a e i o ó u y ą ę", " ć n m"),
    "ru": Script("RU", "Europe/Moscow", "б в г д ж з к л м н п р с т ф х ц ч ш", "а е и о у ы ё я ю", " й н т"),
    "ar": Script("EG", "Africa/Cairo", "ب ت ث ج ح د ر س ش ص ط ع ف ق ك ل م ن ه", " ا ي و أ", " ة ن"),
    "hi": Script("IN", "Asia/Kolkata", "क ख ग च ज ट त द न प ब म य र ल व स ह", " ा ि ी ु े ो", " ं न"),
    "ko": Script("KR", "Asia/Seoul", " ".join(chr(code) for code in range(0xAC00, 0xD7A0, 17)), ""),
    "ja": Script("JP", "Asia/Tokyo", " ".join(_HAN[:700] + "のはがをにでとしてるたいアイカスト"), "", "", "", "。"),
    "zh": Script("CN", "Asia/Shanghai", " ".join(_HAN), "", "", "", "。"),
    "th": Script("TH", "Asia/Bangkok", "ก ข ค ง จ ช ต ท น บ ป พ ม ร ล ว ส ห อ", "ะ า ิ ี ุ ู ่า ้า", " น ง ก", "", " "),
}  # fmt: skip
"""By the language's tag."""


class Language:
    """Some thousand words and sentences of a script."""

    def __init__(self, script: Script, rng: random.Random, words: int, sentences: int) -> None:
        self.script, self.rng = script, rng
        self.words = self._words(words)
        self._table = self._zipf(10 * words)
        self.sentences = [self._sentence() for _ in range(sentences)]

    def headline(self) -> str:
        """Some words."""
        return self.script.space.join(self.rng.choices(self._table, k=self.rng.randint(5, 12))).capitalize()

    def paragraph(self, sentences: int) -> str:
        """Sentences, and a word that is met hardly anywhere else."""
        rare = f"{self.rng.choice(self.words)}{int(self.rng.random() * 10_000)}"
        return f"{' '.join(self.rng.choices(self.sentences, k=sentences))} {rare}{self.script.stop}"

    def _words(self, count: int) -> list[str]:
        syllables, ends, choices = list(self.script.syllables()), self.script.ends.split(" "), self.rng.choices
        found: dict[str, None] = {}
        while len(found) < count:
            length = 1 + (len(found) > 150) + (len(found) > 8_000) + (len(found) > 60_000) * self.rng.randint(0, 1)
            found["".join(choices(syllables, k=length)) + self.rng.choice(ends)] = None
        return list(found)

    def _zipf(self, size: int) -> list[str]:
        """Words as often as they are met: the r-th of them 1/r as often as the first."""
        whole = sum(1 / rank for rank in range(1, len(self.words) + 1))
        table: list[str] = []
        for rank, word in enumerate(self.words, 1):
            table.extend([word] * max(1, round(size / (rank * whole))))
        return table

    def _sentence(self) -> str:
        text = self.script.space.join(self.rng.choices(self._table, k=self.rng.randint(9, 25)))
        return text.capitalize() + self.script.stop

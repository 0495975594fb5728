"""Invented prose and several papers for tests of stories: texts of one seed are one copy, texts of two share no run of words."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from pipelines.store.crawls import put_sites, start_crawl
from pipelines.store.database import Store
from pipelines.store.writer import RevisionWriter
from tests.factories import OPENED, T0, article

_WORDS = [first + second for first in ("bar", "com", "del", "fen", "gor", "hal", "lin", "mor", "pel", "ros", "sut", "wen")
          for second in ("ack", "bury", "dale", "ester", "ford", "ham", "ing", "ley", "mouth", "wick", "worth")]  # fmt: skip


def paragraphs(seed: object, count: int = 8, words: int = 40) -> list[str]:
    """So many paragraphs of so many words."""
    chance = random.Random(str(seed))
    return [" ".join(chance.choices(_WORDS, k=words)).capitalize() + "." for _ in range(count)]


def prose(seed: object, count: int = 8, words: int = 40) -> str:
    return "\n\n".join(paragraphs(seed, count, words))


def joined(*parts: list[str]) -> str:
    return "\n\n".join(paragraph for part in parts for paragraph in part)


class Press:
    """A ledger that several papers write to."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "news.db"
        self.store = Store(self.path)
        OPENED.append(self.store)
        self._writers: dict[str, RevisionWriter] = {}

    def publish(self, paper: str, slug: str, body: str, *, seen: float = 0, **fields: Any) -> int:
        """A paper's article, or another look at it; its id."""
        if paper not in self._writers:
            put_sites(self.store, [{"id": paper, "name": paper.title(), "url": f"https://{paper}.example/"}])
            self._writers[paper] = RevisionWriter(self.store, paper, start_crawl(self.store, paper, "test", T0))
        url = f"https://{paper}.example/{slug}"
        values: dict[str, Any] = {"published": seen, "modified": seen, "byline": None, "authors": (), "images": ()}
        self._writers[paper].record(article(body, seen=seen, url=url, **{**values, **fields}))
        found: int = self.store.value("SELECT id FROM articles WHERE url = ?", (url,))
        return found

    def groups(self) -> set[frozenset[int]]:
        """Articles by story, those of one site alone too."""
        groups: dict[int, set[int]] = {}
        for row in self.store.rows("SELECT article_id, story_id FROM story_members"):
            groups.setdefault(row["story_id"], set()).add(row["article_id"])
        return {frozenset(group) for group in groups.values()}

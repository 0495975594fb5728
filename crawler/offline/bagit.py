"""Ledger and archive as a BagIt bag (RFC 8493, BagIt 1.0) for repositories, with the hashes of all files.

The ledger is copied as in `backup`, at one moment; the archive after it, so that no pointer of the copy dangles. Of files
that still grow, complete records are copied.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from crawler import files
from crawler.warc.writer import OPEN, SOFTWARE, whole_length
from pipelines.store.database import Store
from pipelines.store.ledger_files.backup import back_up

_ALGORITHMS = ("sha256", "sha512")
_DESCRIPTION = (
    "A newsledger (data/news.db: SQLite, with a table `documentation` of what it holds) and its archived pages (data/warc)"
)


def write_bag(store: Store, warc: Path, target: Path, now: datetime, contact: str, on_progress: Callable[[int], None]) -> int:
    """Write the bag; returns the number of its files. `on_progress(n)` is called with bytes.

    It is written under a temporary name, and renamed once complete. Raises StoreError and OSError.
    """
    if target.exists():
        raise FileExistsError(f"{target}: is there already")
    part = target.with_name(f"{target.name}.partial")
    shutil.rmtree(part, ignore_errors=True)
    try:
        (part / "data").mkdir(parents=True)
        back_up(store, part / "data" / "news.db")
        for path in _files(warc):
            copy = part / "data" / "warc" / path.relative_to(warc)
            copy.parent.mkdir(parents=True, exist_ok=True)
            with path.open("rb") as source, copy.open("wb") as out:
                on_progress(files.copy(source, out, whole_length(path) if path.name.endswith(OPEN) else None))
        payload = sorted(_files(part / "data"))
        _manifests(part, "manifest", payload)
        size = sum(path.stat().st_size for path in payload)
        (part / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", encoding="utf-8")
        facts = {
            "Bag-Software-Agent": SOFTWARE, "Bagging-Date": f"{now:%Y-%m-%d}", "Payload-Oxum": f"{size}.{len(payload)}",
            "External-Description": _DESCRIPTION,
        }  # fmt: skip
        if contact:
            facts["Contact-Email" if "@" in contact else "Source-Organization"] = contact
        lines = "".join(f"{name}: {' '.join(value.split())}\n" for name, value in facts.items())
        (part / "bag-info.txt").write_text(lines, encoding="utf-8")
        _manifests(part, "tagmanifest", sorted(path for path in part.iterdir() if path.is_file()))
        os.sync()
        part.replace(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return len(payload)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()) if folder.is_dir() else iter(())


def _manifests(bag: Path, name: str, paths: list[Path]) -> None:
    lines: dict[str, list[str]] = {algorithm: [] for algorithm in _ALGORITHMS}
    for path in paths:
        found = {algorithm: hashlib.new(algorithm) for algorithm in _ALGORITHMS}
        with path.open("rb") as stream:
            for piece in files.pieces(stream):
                for digest in found.values():
                    digest.update(piece)
        for algorithm, digest in found.items():
            lines[algorithm].append(f"{digest.hexdigest()}  {_escaped_path(path.relative_to(bag).as_posix())}\n")
    for algorithm, text in lines.items():
        (bag / f"{name}-{algorithm}.txt").write_text("".join(text), encoding="utf-8")


def _escaped_path(path: str) -> str:
    """A path in a manifest: characters that would end its line are escaped."""
    return path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")

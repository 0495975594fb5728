"""Small JSON files beside the ledger: what must outlive a process and is no part of the archive. Written whole or not at all."""

from __future__ import annotations

import json
import logging
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)

MAX_BYTES = 64 * 1024 * 1024
"""A longer file is none of ours. A thousand sites make about 2 MB."""


PROBE_BYTES = 64 * 1024
"""As much as a crawl's transaction writes, or so: with less room it would fail."""


def beside(db: str, name: str) -> Path:
    """The file of this name beside the ledger; ledgers that share a folder have each their own."""
    path = Path(db).absolute()
    return path.with_name(f"{path.stem}-{name}.json")


def read_state(path: Path) -> dict[str, Any]:
    """What the file holds; nothing where it is missing, or not what we wrote."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError("too long")
        told = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        logger.warning("%s is begun anew: %s", path, error)
        return {}
    return told if isinstance(told, dict) else {}


def write_state(path: Path, state: dict[str, Any]) -> None:
    """Replace the file in one step; raises OSError."""
    write_text(path, json.dumps(state, ensure_ascii=True, separators=(",", ":")))


def try_room(folder: Path) -> None:
    """Write a little, and take it away again: raises OSError where the disk is full, or nothing may be written there."""
    probe = folder / f".room.{os.getpid()}.partial"
    try:
        with probe.open("wb") as file:
            file.write(bytes(PROBE_BYTES))
            file.flush()
            os.fsync(file.fileno())
    finally:
        with suppress(OSError):
            probe.unlink(missing_ok=True)


def write_text(path: Path, text: str, *, mode: int | None = None) -> None:
    """Replace a file in one step, so that no reader ever meets half of it; raises OSError. `mode`: else as the umask says."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            partial.chmod(mode)
        partial.replace(path)
    except OSError:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise

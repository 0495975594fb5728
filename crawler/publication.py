"""Publishes a checkpoint: its note to folders, git repositories and webhooks, and to authorities that timestamp it.

A note goes only to https, or this machine; authorities are also contacted by http, because many have no https and their
answers are signed. No redirect is followed, no answer is read beyond its limit, and of an address only the host is printed.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Sequence
from datetime import datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import SplitResult, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from crawler import __version__
from crawler.catalogue.site import is_loopback
from crawler.files import PARTIAL, replacing

SECONDS = 30.0
"""Time limit for an answer."""
MAX_ANSWER = 65_536
"""Limit of an answer in bytes. A timestamp has 1,000 to 7,000."""
GIT_SECONDS = 60.0
_GIT = ("git", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.attributesFile=/dev/null",
        "-c", "core.autocrlf=false", "-c", "commit.gpgSign=false", "-c", "gc.auto=0", "-c", "user.name=Newsledger",
        "-c", "user.email=newsledger@localhost")  # fmt: skip
"""Ignores all git configuration of the machine and the user, and runs no hook."""
_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


class PublicationError(Exception):
    """A place could not be reached, or refused; the message says which and why."""


def publish(place: str, name: str, note: str, tokens: Sequence[bytes], now: datetime) -> str:
    """Bring a note and its timestamps to a place; what it is called there. Where it is already there nothing is done.

    A place is a folder, `git:FOLDER` (the work tree of a repository, in which the files are committed and not pushed), or the URL
    of a webhook, to which the note alone is sent. Raises PublicationError.
    """
    if _URL.match(place):
        parts = _parts(place)
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
            raise PublicationError(f"{host_of(place)}: a note is sent by https only, or on this machine")
        _post(place, note.encode(), "text/plain; charset=utf-8")
        return host_of(place)
    try:
        folder = Path(place.removeprefix("git:"))
        if place.startswith("git:"):
            _git(folder, now, "rev-parse", "--is-inside-work-tree")
        folder.mkdir(parents=True, exist_ok=True)
        paths = _write(folder, name, note, tokens)
        if place.startswith("git:"):
            _commit(paths, now)
    except OSError as error:
        raise PublicationError(f"{place}: {error.strerror or error}") from error
    return str(paths[0])


def ask_authority(url: str, query: bytes) -> bytes:
    """What a time stamping authority answers to a query (RFC 3161, 3.4). Raises PublicationError."""
    if _parts(url).scheme not in ("http", "https"):
        raise PublicationError(f"{host_of(url)}: is no address of the web")
    return _post(url, query, "application/timestamp-query")


def host_of(url: str) -> str:
    """The printable part of an address, which may contain secrets."""
    parts = _parts(url)
    return f"{parts.scheme}://{parts.hostname or ''}"


def _parts(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:
        raise PublicationError("a place or an authority: its address cannot be read") from error


def _write(folder: Path, name: str, note: str, tokens: Sequence[bytes]) -> list[Path]:
    """A note never replaces another: two with one name would be two histories."""
    path = folder / name
    if not path.exists():
        with replacing(path, folder / f".{name}{PARTIAL}") as file:
            file.write(note.encode())
    elif path.read_bytes() != note.encode():
        raise PublicationError(f"{path}: another checkpoint of as many seals was published there")
    paths = [path]
    for number, token in enumerate(tokens, 1):
        paths.append(folder / (f"{name}.tsr" if number == 1 else f"{name}.{number}.tsr"))
        paths[-1].write_bytes(token)
    return paths


def _commit(paths: list[Path], now: datetime) -> None:
    names = [path.name for path in paths]
    _git(paths[0].parent, now, "add", "--", *names)
    if _git(paths[0].parent, now, "status", "--porcelain", "--", *names):
        _git(paths[0].parent, now, "commit", "--quiet", "--no-verify", "-m", paths[0].stem, "--", *names)


def _git(folder: Path, now: datetime, *words: str) -> str:
    date = now.isoformat(timespec="seconds")
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
                   "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0", "GIT_AUTHOR_DATE": date,
                   "GIT_COMMITTER_DATE": date}  # fmt: skip
    try:
        done = subprocess.run([*_GIT, *words], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,  # noqa: S603 - our own words
                              text=True, errors="replace", timeout=GIT_SECONDS, check=False)  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise PublicationError(f"git:{folder}: git {words[0]} takes longer than {GIT_SECONDS:g} s") from error
    if done.returncode:
        message = (done.stderr.strip() or done.stdout.strip()).splitlines()[:1]
        raise PublicationError(f"git:{folder}: git {words[0]}: {message[0] if message else done.returncode}")
    return done.stdout


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """None: the redirect is the answer."""


def _post(url: str, body: bytes, kind: str) -> bytes:
    where = host_of(url)
    answer, ends = bytearray(), time.monotonic() + SECONDS
    try:
        request = Request(url, body, {"Content-Type": kind, "User-Agent": f"Newsledger/{__version__}"})  # noqa: S310 - the web's alone
        with build_opener(_NoRedirect).open(request, timeout=SECONDS) as response:
            while chunk := response.read1(MAX_ANSWER):
                answer += chunk
                if len(answer) > MAX_ANSWER or time.monotonic() > ends:
                    raise PublicationError(f"{where}: its answer is too long, or too slow")
    except (OSError, HTTPException, ValueError) as error:
        if isinstance(error, HTTPError):
            error.close()
        raise PublicationError(f"{where}: {getattr(error, 'reason', None) or type(error).__name__}") from error
    return bytes(answer)

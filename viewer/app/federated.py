"""Several ledgers under one address: pages over all of them at the top, each single ledger below `/in/NAME`.

    /   /search   /stories   /sites   /takedowns   /author/ /topic/ /section/   /feed.atom   and their files: over all
    /in/NAME/...              everything that a viewer of this ledger alone has, with its tables
    /history/URL, /site/ID, /story/NUMBER and all other pages of one ledger: redirected to the first ledger that has it

A page that needs from several ledgers what only one can answer (OneLedgerError) is tried in each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from pipelines.store.ledgers import Ledgers, OneLedgerError
from viewer.app import routes
from viewer.app.security import App, Receive, Scope, Send
from viewer.http import Request, Response, redirect
from viewer.rendering import refusal
from viewer.repository import Repository

BELOW = "/in/"
_NUMBERED = re.compile(r"(/story/|/-/article/|/-/revision/)(\d{1,15})(?:(?=/)/(\d{1,15}))?(?=[/?#]|$)", re.ASCII)
_UNSAFE = re.compile(r"[^a-z0-9.]+", re.ASCII)


class LedgerApps:
    """The application over all ledgers, preceded by the application of each ledger."""

    def __init__(self, over_all: App, each: Mapping[str, App], prefix: str) -> None:
        """`each`: applications by name; all are reached below `prefix`."""
        self._over_all = over_all
        self._each = dict(each)
        self._path = re.compile(rf"(?:{re.escape(prefix)})?{BELOW}([a-z0-9.-]+)(?:/.*)?", re.ASCII | re.DOTALL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._path.fullmatch(scope["path"]) if scope["type"] == "http" else None
        await (self._each.get(found[1], self._over_all) if found else self._over_all)(scope, receive, send)


def names_of(paths: Iterable[Path]) -> dict[str, Path]:
    """Names of ledgers in addresses: their file names, with a number added if two are the same."""
    found: dict[str, Path] = {}
    for path in paths:
        plain = _UNSAFE.sub("-", path.stem.lower()).strip("-.") or "ledger"
        name = next(one for number in range(1, 1_000) if (one := plain if number == 1 else f"{plain}-{number}") not in found)
        found[name] = path
    return found


def respond(request: Request, repository: Repository, base: str, ledgers: Ledgers) -> Response | None:
    """The page over all ledgers; for a page of one ledger, a redirect to it."""
    root = urlsplit(base).path.rstrip("/")
    names = list(names_of(store.path for store in ledgers.each))
    if numbered := _NUMBERED.match(request.target):
        store, own = ledgers.of(int(numbered[2]))
        article = f"/{ledgers.of(int(numbered[3]))[1]}" if numbered[3] else ""
        name = names[ledgers.each.index(store)]
        return redirect(f"{root}{BELOW}{name}{numbered[1]}{own}{article}{request.target[numbered.end() :]}")
    try:
        return routes.respond(request, repository, base)
    except OneLedgerError:
        for name, store in zip(names, ledgers.each, strict=True):
            alone = Repository(store, lambda _: "", repository.now)
            found = routes.respond(request, alone, f"{base}{BELOW}{name}")
            if found is not None and found.status < 400:
                return redirect(f"{root}{BELOW}{name}{request.target}")
        return refusal(404, "None of the ledgers has this.", root)

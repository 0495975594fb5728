"""The files that our pages load: read once, and named with a digest of what they hold, so that browsers may keep them."""

from __future__ import annotations

import hashlib
from importlib.resources import files

from viewer.http import COMMON, LOCKED, Request, Response

PREFIX = "/-/viewer/"
_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
_FILES = {
    item.name: item.read_bytes()
    for item in files("viewer").joinpath("static").iterdir()
    if item.name.rpartition(".")[2] in _TYPES
}
_DIGESTS = {name: hashlib.sha256(body).hexdigest()[:12] for name, body in _FILES.items()}


def href(name: str, root: str) -> str:
    """Where a page finds the file; KeyError where there is none."""
    return f"{root}{PREFIX}{name}?{_DIGESTS[name]}"


def respond(request: Request) -> Response | None:
    """The file of a request below `PREFIX`; None where there is none."""
    name = request.path.removeprefix(PREFIX)
    body = _FILES.get(name)
    if body is None:
        return None
    named = request.target.partition("?")[2] == _DIGESTS[name]
    kept = "public, max-age=31536000, immutable" if named else "no-cache"
    headers = (("Content-Type", _TYPES[name.rpartition(".")[2]]), ("Content-Security-Policy", LOCKED), ("Cache-Control", kept))
    return Response(200, (*headers, *COMMON), body)

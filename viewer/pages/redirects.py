"""From a number, as the tables have it, to the page that tells of it: /-/article/12, /-/revision/34."""

from __future__ import annotations

import re

from pipelines.queries import articles
from viewer.http import Request, Response, redirect
from viewer.pages.errors import refusal
from viewer.rendering import article_path
from viewer.repository import Holdings

ARTICLE, REVISION = "/-/article/", "/-/revision/"
_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)


def article(request: Request, ledger: Holdings, root: str) -> Response:
    """To the article's history."""
    number = request.path.removeprefix(ARTICLE)
    url = articles.url_of(ledger.store, int(number)) if _NUMBER.fullmatch(number) else None
    if url is None:
        return refusal(404, "The ledger has no article of this number.", root)
    return redirect(f"{root}/history/{article_path(url)}")


def revision(request: Request, ledger: Holdings, root: str) -> Response:
    """To what the revision changed; of a first one, to the article's history."""
    number = request.path.removeprefix(REVISION)
    address = articles.revision_address(ledger.store, int(number)) if _NUMBER.fullmatch(number) else None
    if address is None:
        return refusal(404, "The ledger has no revision of this number.", root)
    url, to = article_path(address.url), address.number
    return redirect(f"{root}/diff/{to - 1}..{to}/{url}" if to > 1 else f"{root}/history/{url}")

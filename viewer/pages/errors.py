"""A page that says why there is none."""

from __future__ import annotations

from viewer.http import Response
from viewer.rendering import page

TITLES = {
    400: "That could not be read",
    404: "Not here",
    405: "Only reading",
    414: "Too long an address",
    451: "Withdrawn",
    500: "Something broke",
    503: "Too much to answer",
}


def refusal(status: int, why: str, root: str, *headers: tuple[str, str]) -> Response:
    """Why there is no such page, in a sentence; `why` may hold what a stranger wrote."""
    return page("error.html", root, *headers, status=status, number=status, title=TITLES.get(status, "No page"), why=why)

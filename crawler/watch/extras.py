"""What a base install leaves out, and how to get it."""

from __future__ import annotations


class MissingExtraError(ImportError):
    """A library of an optional part is not installed; the message says how to install it."""

    def __init__(self, extra: str, library: str) -> None:
        super().__init__(f"{library} is not installed; pip install 'newsledger[{extra}]' brings it")

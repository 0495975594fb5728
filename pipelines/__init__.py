"""Pipelines: the way of an article from its reading to the store. Knows no network and no site."""


class MissingExtraError(ImportError):
    """A library of an optional part is not installed; the message says how to install it."""

    def __init__(self, extra: str, library: str) -> None:
        super().__init__(f"{library} is not installed; pip install '.[{extra}]' in a checkout brings it")

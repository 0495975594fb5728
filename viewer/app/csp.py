"""The strictest policy under which Datasette's own pages still work: its few inline scripts by their hashes.

Styles may stand inline there: each table's page has some of its own, made of the names of its columns. They can load nothing.
"""

from __future__ import annotations

import base64
import hashlib
import re
import textwrap
from collections.abc import Iterable, Iterator
from importlib.resources import files

_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_SWITCH = "{{ datasette_allow_facet }}"
"""The one value that stands in an inline script: true or false."""


def of_tables() -> str:
    """The policy for the Datasette that is installed. Raises ModuleNotFoundError where none is."""
    installed = files("datasette")
    templates = [item.read_text("utf-8") for item in installed.joinpath("templates").iterdir() if item.name.endswith(".html")]
    told_of_slow_queries = installed.joinpath("views", "base.py").read_text("utf-8")
    return policy([*templates, told_of_slow_queries])


def policy(templates: Iterable[str]) -> str:
    """The policy under which the inline scripts of these templates may run, and no other."""
    hashes = sorted({f"'sha256-{_digest(script)}'" for template in templates for script in inline_scripts(template)})
    return (
        f"default-src 'none'; script-src 'self' {' '.join(hashes)}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def inline_scripts(template: str) -> Iterator[str]:
    """The inline scripts of a template as they reach the browser; those that cannot be known beforehand are left out."""
    found = _INLINE.findall(template)
    for script in found + [textwrap.dedent(script) for script in found]:
        for told in {script.replace(_SWITCH, "true"), script.replace(_SWITCH, "false")}:
            if "{{" not in told and "{%" not in told:
                yield told


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")

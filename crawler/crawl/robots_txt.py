"""Parser of robots.txt (RFC 9309): its bytes in, the rules out. Pure; never raises.

Which lines are meant for us is decided here, and whether a path fits a rule by Protego, whose choice of lines is not the RFC's:
it takes "News" for us and "Newsledger/1.0" for another, and lets a line that it does not know end a group.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from protego import Protego

from pipelines.reasons import CodedReason

MAX_BYTES = 512 * 1024
"""RFC 9309 (2.5) asks for at least 500 KiB to be read; what follows is passed over."""

_LINE = re.compile(
    r"[^\x21-\x7e]*"  # blanks and byte order marks, however they were spoilt: no field begins with anything else
    r"(?:(?P<agent>user[- ]?agent)|(?P<rule>allow|disallow|dissallow|dissalow|disalow|diasllow|disallaw)"
    r"|(?P<delay>crawl[- ]delay)|(?P<sitemap>sitemaps?|site-map))"
    r"(?:\s*:|\s+(?=[^\s#]+\s*(?:#|$)))(?P<value>[^#]*)",  # a colon that was forgotten is read where one word follows
    re.IGNORECASE,
)
_TOKEN = re.compile(r"\*(?!\S)|[a-z_-]*", re.IGNORECASE)
"""A product token ends at the first character that it may not have: "Newsledger/1.0 (+https://...)" is Newsledger."""


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """What one host's robots.txt says to us."""

    parser: Protego
    """Of the lines that are meant for us; asked for "*"."""
    sitemaps: tuple[str, ...] = ()
    delay_seconds: float | None = None
    unreadable: CodedReason | None = None
    """Why it could not be read; then nothing is allowed."""
    unasked: bool = False
    """It was not even asked for: the host wants to be left alone."""


def read_robots(body: bytes, token: str) -> Protego:
    """The rules for the product token, as those for everybody ("*"), with all sitemaps and the group's Crawl-delay."""
    text = _decoded(body)
    token = token.lower()
    groups: dict[str, list[str]] = {}
    sitemaps: list[str] = []
    agents: set[str] = set()
    still_naming = False
    for line in re.split(r"[\r\n]+", text):
        found = _LINE.match(line)
        if not found:
            continue  # and it parts nothing (2.2.4), as Sitemap and Crawl-delay do not
        value = " ".join(found["value"].split())
        if found["agent"]:
            if not still_naming:
                agents.clear()
            still_naming = True
            name = _TOKEN.match(value)
            agents.add(name[0].lower() if name else "")
            for agent in agents:
                groups.setdefault(agent, [])
        elif found["sitemap"]:
            sitemaps.append(f"Sitemap: {value}")
        else:
            still_naming = still_naming and not found["rule"]
            for agent in agents:
                groups[agent].append(f"{found['rule'] or found['delay']}: {value}")
    rules = groups.get(token, groups.get("*", []))
    return Protego.parse("\n".join(["User-agent: *", *rules, *sitemaps]))


def _decoded(body: bytes) -> str:
    """The text that is read: of one that is too long, the whole lines within the bound."""
    coding = "utf-16" if body.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    text = body[:MAX_BYTES].decode(coding, "replace")
    return text if len(body) <= MAX_BYTES else text[: max(text.rfind("\n"), text.rfind("\r")) + 1]

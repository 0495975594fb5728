"""One recorded rule, and what the patterns of several are made of."""

from __future__ import annotations

from dataclasses import dataclass

NO_QUOTE = r"[^\"“”„«»]"
REST = NO_QUOTE + r"{0,290}"
CHANNEL = (
    r"(?=.*(?:newsletter|whats ?app|telegram|\bapps?\b|inbox|e-?mail|\balerts?\b|notificat|facebook|instagram|twitter|tiktok"
    r"|youtube|bluesky|\bgoogle\b|podcast|communit|channel|journalis|membership|\bmember\b|subscription|subscriber|kanal|canal|chaîne"
    r"|boletín|aplika|aplica|applica|nieuwsbrief|nyhetsbrev|nyhedsbrev|postfach|handy|periodis|giornalis|jornalis|dziennikar|канал"
    r"|рассылк|приложени|вконтакте|журналист))"
)
"""A plug is three things in one line: an imperative at its start, the paper's "our" or "us", and a way to hear from it.

Quotation marks rule it out: then somebody says it. Each alone is found in any article.
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of furniture."""

    name: str
    pattern: str
    """Matched with `fullmatch` on a squashed paragraph."""
    example: str
    language: str = "en"
    hints: tuple[str, ...] = ()
    """For a pattern that may begin with anything, and so is dear: what a line holds, in lower case, one of these."""

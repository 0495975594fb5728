"""Validator trust: how reliable a host's 304s, ETags and Last-Modified are. Pure.

Trust is earned: until a host has been confirmed a few times it gets unconditional requests; then one fetch in N is still sent
without validators, with N growing with the confirmations. After a violation (the text changed under the same validators) all
fetches are unconditional for a while, twice as long each time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b

UNTRIED = 3
"""Passes before the first conditional request. Higher: honest hosts send full pages longer; lower: wrong ones are trusted
sooner."""
PROOF = 4
"""A changed text under changed validators counts as this many passes: an unchanged one under the same proves little."""
PASSES_A_STEP = 6
"""Passes that raise N by one. Lower: trust grows faster, and a host that becomes unreliable is found later."""
MOST = 20
"""At least one fetch in this many is unconditional. Higher: fewer full pages, and edits behind a wrong 304 found later."""
GOOD = 4
DISTRUST = timedelta(days=7)
LONGEST_DISTRUST = timedelta(days=90)
CACHE_MARGIN = timedelta(hours=1)
"""A 304 this soon after the page's own time of an edit comes from a cache, and is no violation."""


@dataclass(frozen=True, slots=True)
class ValidatorTrust:
    """The record of one host. Frozen; `confirmed` and `violated` give the next."""

    passed: int = 0
    """Confirmations since the last violation."""
    losses: int = 0
    lost: datetime | None = None
    """When the last violation was found (aware)."""
    lost_url: str | None = None

    @property
    def until(self) -> datetime | None:
        """End of the unconditional fetches after the last violation."""
        return self.lost + min(DISTRUST * 2 ** min(self.losses - 1, 10), LONGEST_DISTRUST) if self.lost else None

    def one_in(self, now: datetime) -> int:
        """One fetch in this many is unconditional; 1: all are."""
        if self.passed < UNTRIED or (self.until is not None and now < self.until):
            return 1
        return min(2 + (self.passed - UNTRIED) // PASSES_A_STEP, MOST)

    def is_good(self, now: datetime) -> bool:
        """Whether most fetches of unchanged pages are answered by a 304."""
        return self.one_in(now) >= GOOD

    def wants_all(self, key: str, last_fetched: str, now: datetime) -> bool:
        """Whether the next fetch of a page is unconditional; `last_fetched`, its last time, makes a new random choice each
        time."""
        lot = int.from_bytes(blake2b(f"{key} {last_fetched}".encode(), digest_size=4).digest(), "big")
        return lot % self.one_in(now) == 0


@dataclass(frozen=True, slots=True)
class Validators:
    """A host's identifiers for the state of a page."""

    etag: str | None = None
    last_modified: str | None = None

    def says_same(self, other: Validators) -> bool | None:
        """Whether both are of one state, as a server would judge them (RFC 9110: the ETag comes first); None if they do not
        say."""
        if self.etag and other.etag:
            return self.etag.removeprefix("W/") == other.etag.removeprefix("W/")
        if self.last_modified and other.last_modified:
            return self.last_modified == other.last_modified
        return None


def is_violation(before: Validators, after: Validators, changed: bool, stamp: datetime | None, last_304: datetime | None) -> bool:
    """Whether a full answer shows that the validators, or an earlier 304, were wrong.

    It shows that if the text `changed` although the validators stayed, or although the page is stamped earlier (by more than a
    cache explains) than the host last confirmed the old text with a 304.
    """
    if not changed:
        return False
    if before.says_same(after):
        return True
    return stamp is not None and last_304 is not None and stamp + CACHE_MARGIN < last_304


def confirmed(trust: ValidatorTrust, same: bool | None, changed: bool) -> ValidatorTrust:
    """The trust after a full answer that was no violation; `same` as in `Validators.says_same`."""
    if same is None or (not changed and not same):
        return trust  # nothing was claimed; or validators that move with the furniture, which never bring a 304
    return replace(trust, passed=trust.passed + (PROOF if changed else 1))


def violated(trust: ValidatorTrust, url: str, now: datetime) -> ValidatorTrust:
    return ValidatorTrust(0, trust.losses + 1, now, url)

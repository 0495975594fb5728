"""Alerts: sends the messages of the alert state by mail, chat or webhook. The only module with apprise.

Addresses contain secrets: they are never logged, printed or stored; the state file identifies each by a short hash.
"""

from __future__ import annotations

import hashlib
import logging
import re
import warnings
from collections.abc import Sequence
from datetime import datetime, timedelta

from crawler.config import scheme
from crawler.monitoring.alert_state import AlertMessage, AlertState, CurrentProblems, Problem, next_due, sent, update
from crawler.monitoring.state_files import ALERTS, path_beside, read_alert_state, write_state
from crawler.schedule.processes import hold, locks_of
from pipelines import MissingExtraError

try:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what its many services' modules do that is deprecated is not ours to mend
        import apprise

        apprise.Apprise.instantiate("json://127.0.0.1/")  # loads them all
except ModuleNotFoundError as error:
    raise MissingExtraError("alerts", "apprise") from error

logger = logging.getLogger(__name__)

_ASSET = apprise.AppriseAsset()
_ASSET.http_redirects = False  # versions before 2 always follow them
"""A webhook's redirect leads nowhere, unless its address ends in `redirect=yes`: it could lead to a host of our own network."""

_CALL = re.compile(r"(?<=@)(?=(?:everyone|here|channel|all|room|team)\b)|(?<=<)(?=[!@#])", re.IGNORECASE)
"""Positions in the words that notify everybody in a chat ("@everyone", "<!channel>"), where an invisible word joiner breaks
them."""

# Apprise logs whole URLs, urllib3 their paths; failures are logged here, without them.
logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
logging.getLogger("urllib3").setLevel(logging.WARNING)


class AlertError(ValueError):
    """An address cannot be used; the message gives its number, never the address."""


class Alerts:
    """The addresses that get alerts, and the alert state beside the store. Several processes may share it."""

    def __init__(self, db: str, urls: Sequence[str], repeat_after: timedelta) -> None:
        """Raises AlertError if apprise does not know an address's service."""
        for number, url in enumerate(urls, 1):
            if apprise.Apprise.instantiate(url, asset=_ASSET, suppress_exceptions=True) is None:
                raise AlertError(f"alerts: number {number} ({scheme(url)}://...) is none that apprise can use")
        self._urls = {hashlib.sha256(url.encode()).hexdigest()[:12]: url for url in urls}
        self._repeat_after = repeat_after
        self._path = path_beside(db, ALERTS)
        self._locks = locks_of(db)
        self._unsaved_state: AlertState | None = None
        """The state, if its file cannot be written."""

    def round(self, current: CurrentProblems, now: datetime) -> int:
        """Add the current problems, and send what is due; returns how many messages could not be sent."""
        try:
            with hold(self._locks, f"{self._path.stem}.book") as holder:
                if holder is not None:  # another process has the state, and sees the same problems
                    return 0
                return self._round(current, now)
        except OSError:  # a disk that is full, or read-only: all the more must be told
            return self._round(current, now)

    def _round(self, current: CurrentProblems, now: datetime) -> int:
        known = self.state()
        state = update(known, current, now, self._repeat_after, tuple(self._urls))
        if state != known:
            self._save(state)
        failed = 0
        for _ in range(len(state.messages)):
            message = next_due(state, now)
            if message is None:
                break
            left = self._send(message)
            failed += bool(left)
            state = sent(state, message, left, now)
            self._save(state)
        return failed

    def _save(self, state: AlertState) -> None:
        """Write the state to its file; if that fails keep it in memory, so that at least this process reports nothing twice."""
        try:
            write_state(self._path, state.to_json())
            self._unsaved_state = None
        except OSError as error:
            if self._unsaved_state is None:
                logger.error("%s: what was told cannot be kept: %s", self._path, error.strerror)
            self._unsaved_state = state

    def unreadable(self, text: str, now: datetime) -> None:
        """Report that the ledger cannot be read; other problems stay as they are."""
        self.round(CurrentProblems((Problem("reading", f"the ledger cannot be read: {text}"),), whole=False), now)

    def test(self) -> list[str]:
        """Send a test message now; returns the schemes of addresses that could not be reached."""
        return send(tuple(self._urls.values()), "Newsledger: a test", "Alerts of this ledger come here.")

    def state(self) -> AlertState:
        """The stored state; empty if there is no file, or a foreign one."""
        return self._unsaved_state or read_alert_state(self._path)

    def _send(self, message: AlertMessage) -> tuple[str, ...]:
        """The hashes of addresses that did not receive it. Addresses that are no longer configured are dropped."""
        left = []
        for mark in message.left:
            url = self._urls.get(mark)
            kind = apprise.NotifyType.FAILURE if message.is_critical else apprise.NotifyType.WARNING
            kind = apprise.NotifyType.SUCCESS if message.is_recovery else kind
            if url and not _notify(url, message.title, message.body, kind):
                logger.warning("an alert could not be sent to %s://..., and is tried again: %s", scheme(url), message.title)
                left.append(mark)
        return tuple(left)


def send(urls: Sequence[str], title: str, body: str) -> list[str]:
    """Send a message now; returns the schemes of addresses that did not accept it."""
    return [scheme(url) for url in urls if not _notify(url, title, body)]


def _notify(url: str, title: str, body: str, kind: apprise.NotifyType = apprise.NotifyType.INFO) -> bool:
    """Whether one address accepted a message; never raises. Headlines and reasons are untrusted: they must not notify
    everybody."""
    try:
        one = apprise.Apprise.instantiate(url, asset=_ASSET, suppress_exceptions=True)
        title, body = " ".join(_CALL.sub("\u2060", title).split()), _CALL.sub("\u2060", body)
        return bool(one and one.notify(title=title, body=body, notify_type=kind, body_format=apprise.NotifyFormat.TEXT))
    except Exception as error:  # the boundary: a service's own code must not stop the schedule, and may name its URL
        logger.warning("an alert to %s://... failed with %s", scheme(url), type(error).__name__)
        return False

"""Log lines as JSON: one object a line, whatever a hostile page contains, with its crawl and site.

Plain ASCII (everything else escaped), so that no reader sees a false line end. Knows nothing of Scrapy.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from pipelines.store.crawls import KEPT_BYTES, path_of_lines, read_line

MAX_MESSAGE_CHARS = 2_000
MAX_EXCEPTION_CHARS = 8_000
"""Of a longer traceback the beginning and, twice as long, the end are kept: the exception is at the end."""
MAX_NAME_CHARS = 200
MAX_LINE_BYTES = 128 * 1024
"""Limit of a child's line. Longer ones are cut; our own are never so long."""

Context = Callable[[], Mapping[str, object]]
"""The context of this process's crawl: `site`, `crawl`."""

logger = logging.getLogger(__name__)


def no_context() -> Mapping[str, object]:
    """For a process without a crawl."""
    return {}


def plain(value: object) -> str:
    """Text from a page or a file for a terminal: without control characters, so that no escape sequence is obeyed."""
    return "".join(char for char in str(value if value is not None else "") if char.isprintable() or char in "\n\t")


def discard(stream: IO[Any]) -> None:
    """Redirect a stream without a reader, and its buffer, to nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


class JsonLines(logging.Formatter):
    """`time`, `level`, `logger`, `message`; `event` (the message without its values), `site`, `crawl`, `exception` if known.

    `site` and `crawl` come from the record (`extra=`), otherwise from the process's context.
    """

    def __init__(self, context: Context = no_context) -> None:
        super().__init__()
        self._context = context

    def format(self, record: logging.LogRecord) -> str:
        """One line, without its line end."""
        line: dict[str, object] = {
            "time": _moment(record.created),
            "level": record.levelname,
            "logger": _cut(record.name, MAX_NAME_CHARS),
            "message": _cut(_message(record), MAX_MESSAGE_CHARS),
        }
        if record.args and isinstance(record.msg, str):
            line["event"] = _cut(record.msg, MAX_NAME_CHARS)
        known = {"site": getattr(record, "site", None), "crawl": getattr(record, "crawl", None)}
        line |= {**self._context(), **{key: value for key, value in known.items() if value}}
        if record.exc_info:
            line["exception"] = _without_middle(self.formatException(record.exc_info))
        if record.stack_info:
            line["stack"] = _without_middle(record.stack_info)
        return json.dumps(line, default=str)


class PlainLines(logging.Formatter):
    """For people: without control characters, so that no page and no file controls the terminal; lines after a message's first
    are indented, so that none passes for a message of its own.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """A line, and the exception."""
        return plain(super().format(record)).replace("\n", "\n  ")


class JsonHandler(logging.StreamHandler[IO[str]]):
    """Writes JSON lines; `line` inserts complete lines of child processes."""

    def line(self, text: str) -> None:
        """Write one line that is already JSON."""
        self.acquire()
        try:
            self.stream.write(text + self.terminator)
            self.flush()
        finally:
            self.release()


def install(form: str, level: int | str, context: Context = no_context) -> JsonHandler | None:
    """Have this process log to standard error in a format. Replaces an earlier installation; returns the handler for JSON."""
    for handler in [one for one in logging.root.handlers if isinstance(one, JsonHandler)]:
        logging.root.removeHandler(handler)
    if form != "json":
        plain = logging.StreamHandler()
        plain.setFormatter(PlainLines())
        logging.basicConfig(level=level, handlers=[plain])
        return None
    mine = JsonHandler(sys.stderr)
    mine.setFormatter(JsonLines(context))
    mine.setLevel(level)  # Scrapy gives its own loggers levels of their own
    logging.root.addHandler(mine)
    logging.root.setLevel(level)
    sys.excepthook = _uncaught
    threading.excepthook = lambda hook: _uncaught(hook.exc_type, hook.exc_value or hook.exc_type(), hook.exc_traceback)
    return mine


class _KeptFile(RotatingFileHandler):
    """On a full disk lines go to standard error only, without a traceback for each."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Do nothing."""


def keep_lines(db: str, site: str, context: Context) -> None:
    """Also keep a crawl's own lines beside the ledger, for `kept_lines`: ours, and the warnings of libraries.

    Two files a site, of KEPT_BYTES each, the older one deleted. If they cannot be written nothing is kept.
    """
    path = path_of_lines(Path(db), site)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = _KeptFile(path, maxBytes=KEPT_BYTES, backupCount=1, encoding="ascii")
    except OSError as error:
        logger.warning("%s: the crawl's log lines are not kept: %s", path, error)
        return
    handler.setFormatter(JsonLines(context))
    handler.addFilter(lambda record: record.levelno >= logging.WARNING or record.name.startswith(("crawler.", "pipelines.")))
    handler.setLevel(logging.INFO)
    logging.root.addHandler(handler)


def relay(stream: IO[bytes], site: str, handler: JsonHandler) -> None:
    """Pass on a child's standard error, line by line, until it ends. Lines that are not ours become JSON lines."""
    for raw in iter(lambda: stream.readline(MAX_LINE_BYTES), b""):
        text = raw.decode("utf-8", "replace").rstrip("\r\n")
        if read_line(text):
            handler.line(text)
        elif text.strip():
            handler.handle(logger.makeRecord("child", logging.WARNING, "", 0, "%s", (text,), None, extra={"site": site}))


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):  # a message whose values do not fit is still worth a line
        return f"{record.msg} {record.args}"


def _moment(created: float) -> str:
    return datetime.fromtimestamp(created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _without_middle(text: str) -> str:
    if len(text) <= MAX_EXCEPTION_CHARS:
        return text
    third = MAX_EXCEPTION_CHARS // 3
    return f"{text[:third]}\n…\n{text[-2 * third :]}"


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    logger.critical("uncaught %s: %s", kind.__name__, error, exc_info=(kind, error, trace))

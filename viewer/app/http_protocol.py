"""HTTP protocol of uvicorn with limits that it lacks: a client that sends or reads too slowly is disconnected.

Bytes beyond ASCII in an address that a person typed (curl sends them unchanged) are percent-encoded, as a browser does.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from viewer.http import LOCKED

REQUEST_SECONDS = 10.0
"""Time limit for a request to arrive, from its first byte, or from the start of the connection, to its last byte."""
READING_SECONDS = 30.0
"""Time limit for a client to accept what is sent to it."""
MAX_HEAD = 32_000
"""Bytes of a request line with its headers."""
_HIGH = {byte: f"%{byte:02X}".encode("ascii") for byte in range(0x80, 0x100)}
_BAD = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 0\r\n"
    b"X-Content-Type-Options: nosniff\r\nContent-Security-Policy: " + LOCKED.encode("ascii") + b"\r\nConnection: close\r\n\r\n"
)


class SlowClientProtocol(H11Protocol):
    """One connection, with time limits for its client."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._arriving: asyncio.TimerHandle | None = None
        self._reading: asyncio.TimerHandle | None = None
        self._is_first_line = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._await_request()

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_first_line and self.conn.their_state is h11.IDLE:
            line, end, rest = data.partition(b"\n")
            data = encoded(line) + end + rest
            self._is_first_line = not end
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._is_first_line = True
        if self.cycle is not None and not self.cycle.response_complete:
            self._arrived()
        elif self._arriving is None:
            self._await_request()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP with our headers and without repeating any of it; send nothing if a response is already on
        its way."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.write(_BAD)
        self.transport.close()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._reading = self.loop.call_later(READING_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self.loop.call_later(READING_SECONDS, self.transport.abort)  # close() waits until the client has read everything

    def _await_request(self) -> None:
        self._arriving = self.loop.call_later(REQUEST_SECONDS, self.transport.abort)

    def _arrived(self) -> None:
        if self._arriving is not None:
            self._arriving.cancel()
            self._arriving = None


def encoded(line: bytes) -> bytes:
    """A request line with its bytes beyond ASCII percent-encoded."""
    return line if line.isascii() else b"".join(_HIGH.get(byte, b"%c" % byte) for byte in line)

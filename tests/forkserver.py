"""Processes for tests that start in milliseconds: forked from a server that has Scrapy and our modules imported.

`Process` and `run` are `subprocess.Popen` and `subprocess.run` for a `python -m MODULE` or `python FILE` of this checkout.
The process is real: a pid, signals, an exit code, file descriptors, environment and working directory of its own; only its
imports are done already, which are four fifths of what a short command costs. Whatever the server cannot do alike
(another interpreter or module path, `preexec_fn`, a platform that is not Linux) is started by `subprocess` as always.

One server lives in each pytest worker, started when first needed; it ends when its end of the socket closes.
A child is orphaned on purpose: the kernel then makes it a child of the pytest process, so that `waitpid` works as ever.
"""

from __future__ import annotations

import atexit
import ctypes
import functools
import gc
import importlib
import io
import json
import os
import random
import runpy
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, AnyStr, NoReturn

ROOT = Path(__file__).resolve().parents[1]
_PR_SET_CHILD_SUBREAPER = 36
_LENGTH = struct.Struct("!I")
_ENVIRONMENT_AT_IMPORT = ("crawler.settings",)
"""Modules that read the environment when imported: a child imports them, and all that hold them, anew."""
_NOT_PRELOADED = ("twisted.internet.reactor",)
"""Whoever has imported it has a reactor, with sockets that forks would share."""


class Process(subprocess.Popen[AnyStr]):
    """`subprocess.Popen`, forked where that comes to the same."""

    def _execute_child(self, args: Any, executable: Any, preexec_fn: Any, close_fds: Any, pass_fds: Any, cwd: Any, env: Any,
                       startupinfo: Any, creationflags: Any, shell: Any, p2cread: int, p2cwrite: int, c2pread: int,
                       c2pwrite: int, errread: int, errwrite: int, *more: Any) -> None:  # fmt: skip
        environment = dict(os.environ if env is None else env)
        command = [] if isinstance(args, str | bytes | os.PathLike) else [os.fspath(one) for one in args]
        if executable or preexec_fn or pass_fds or shell or not _can_fork(command, environment):
            super()._execute_child(args, executable, preexec_fn, close_fds, pass_fds, cwd, env, startupinfo, creationflags, shell,
                                   p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, *more)  # fmt: skip
            return
        pipes = [given if given != -1 else own for own, given in enumerate((p2cread, c2pwrite, errwrite))]
        folder = os.fspath(cwd) if cwd is not None else str(Path.cwd())
        self.pid = _server().fork(command[1:], environment, folder, pipes)
        self._child_created = True
        self._close_pipe_fds(p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite)


def run(command: Any, *, capture_output: bool = False, timeout: float | None = None, check: bool = False,
        **options: Any) -> subprocess.CompletedProcess[Any]:  # fmt: skip
    """`subprocess.run` of a `Process`."""
    if capture_output:
        options |= {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    given = options.pop("input", None)
    if given is not None:
        options["stdin"] = subprocess.PIPE
    with Process(command, **options) as process:
        try:
            output, errors = process.communicate(given, timeout)
        except BaseException:
            process.kill()
            raise
    done = subprocess.CompletedProcess(process.args, process.returncode, output, errors)
    if check:
        done.check_returncode()
    return done


def _can_fork(command: list[str], environment: dict[str, str]) -> bool:
    if sys.platform != "linux" or len(command) < 2 or command[0] != sys.executable:
        return False
    if not (command[1].endswith(".py") or (command[1] == "-m" and len(command) > 2)):
        return False
    ours = {key: value for key, value in os.environ.items() if key.startswith("PYTHON") and key != "PYTHONPATH"}
    theirs = {key: value for key, value in environment.items() if key.startswith("PYTHON") and key != "PYTHONPATH"}
    return ours == theirs and environment.get("PYTHONPATH", str(ROOT)).split(os.pathsep)[0] == str(ROOT)


class _Server:
    """The other end of the server's socket."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket, other = socket.socketpair()
        environment = {key: value for key, value in os.environ.items() if not key.startswith("NEWSLEDGER_")}
        path = os.pathsep.join(filter(None, (str(ROOT), environment.get("PYTHONPATH"))))
        command = [sys.executable, "-m", "tests.forkserver", str(other.fileno())]
        with other:
            self._process = subprocess.Popen(command, env=environment | {"PYTHONPATH": path}, cwd=ROOT,
                                             pass_fds=[other.fileno()], stdin=subprocess.DEVNULL)  # fmt: skip
        _read(self._socket, 1)

    def fork(self, command: list[str], environment: dict[str, str], folder: str, pipes: list[int]) -> int:
        """The pid of a new child of this process."""
        body = json.dumps({"command": command, "environment": environment, "folder": folder}).encode(errors="surrogateescape")
        with self._lock, _subreaper():
            socket.send_fds(self._socket, [_LENGTH.pack(len(body))], pipes)
            self._socket.sendall(body)
            return int(_LENGTH.unpack(_read(self._socket, _LENGTH.size))[0])

    def close(self) -> None:
        """End the server; its children live on."""
        self._socket.close()
        self._process.wait()


@functools.cache
def _server() -> _Server:
    server = _Server()
    atexit.register(server.close)
    return server


@contextmanager
def _subreaper() -> Iterator[None]:
    """While a child is orphaned, this process adopts it; not longer, for orphans of tests must go to init as always."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        libc.prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def _read(stream: socket.socket, length: int) -> bytes:
    found = b""
    while len(found) < length:
        if not (more := stream.recv(length - len(found))):
            raise EOFError("the other end of the forkserver's socket is closed")
        found += more
    return found


# --- the server --------------------------------------------------------------------------------------------------------------


def _preload() -> None:
    from crawler.catalogue import load_sites
    from crawler.cli import VERBS, command_of
    from crawler.extraction.extract import extract
    from crawler.spiders.run import preload
    from tests.factories import copy_new_ledgers

    copy_new_ledgers()
    for verb in VERBS:
        command_of(verb)
    for name in PRELOADED:
        importlib.import_module(name)
    preload()
    load_sites()[0].same_site("https://www.paper.example/")  # parses the catalogue, loads the list of public suffixes
    page = min((ROOT / "tests" / "corpus").glob("*.html")).read_bytes()
    for html in (page, b"<h1>A notice</h1><p>One short line.</p>"):  # compiles the patterns of extraction
        extract(html, "https://paper.example/news/mill-fire-123")
    _forget(set(_ENVIRONMENT_AT_IMPORT))
    if loaded := [name for name in _NOT_PRELOADED if name in sys.modules]:
        raise RuntimeError(f"not to be imported before a fork: {loaded}")
    if threading.active_count() > 1:
        raise RuntimeError(f"threads do not live through a fork: {threading.enumerate()}")
    gc.collect()
    gc.freeze()


def _forget(names: set[str]) -> None:
    """As if these modules, and those of ours that took anything from them, had not been imported."""
    ours = {name: module for name, module in sys.modules.items() if name.split(".")[0] in ("crawler", "pipelines", "viewer")}
    while more := {
        name for name in ours.keys() - names for value in vars(ours[name]).values()
        if (value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)) in names
        and not (isinstance(value, ModuleType) and value.__name__.startswith(f"{name}."))
    }:  # fmt: skip
        names |= more
    for name in names & ours.keys():
        parent, _, own = name.rpartition(".")
        del sys.modules[name]
        vars(ours[parent]).pop(own, None)


PRELOADED = ("crawler.cluster.consumer", "crawler.cluster.jobs", "crawler.cluster.worker", "crawler.schedule.service",
             "encodings.idna", "scrapy.cmdline", "scrapy.core.downloader.handlers.http11", "scrapy.core.engine", "uvicorn",
             "viewer.app.server")  # fmt: skip
"""What commands import only when they run."""


def _serve(stream: socket.socket) -> dict[str, Any] | None:
    """Fork until the socket is closed; in a child, what it shall be."""
    stream.sendall(b"!")
    while True:
        header, pipes, _, _ = socket.recv_fds(stream, _LENGTH.size, 3)
        if not header:
            return None
        request: dict[str, Any] = json.loads(_read(stream, _LENGTH.unpack(header)[0]))
        told, tell = os.pipe()
        middle = os.fork()
        if middle == 0:
            child = os.fork()
            if child == 0:
                os.close(told)
                os.close(tell)
                stream.close()
                return request | {"pipes": pipes}
            os.write(tell, _LENGTH.pack(child))
            os._exit(0)
        os.close(tell)
        answer = os.read(told, _LENGTH.size)
        for one in (told, *pipes):
            os.close(one)
        os.waitpid(middle, 0)
        stream.sendall(answer)


def _become(request: dict[str, Any]) -> NoReturn:
    """The process that was asked for, as if the interpreter had just begun."""
    for own, given in enumerate(request["pipes"]):
        os.dup2(given, own)
        os.close(given)
    encoding = sys.stdout.encoding
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, "r", closefd=False)), encoding)
    sys.stdout = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "w", closefd=False)), encoding, line_buffering=os.isatty(1))
    sys.stderr = io.TextIOWrapper(io.BufferedWriter(io.FileIO(2, "w", closefd=False)), encoding, "backslashreplace",
                                  line_buffering=True)  # fmt: skip
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    random.seed()
    command: list[str] = request["command"]
    sys.orig_argv = [sys.executable, *command]
    if command[0] == "-m":
        sys.path[0] = request["folder"]
        sys.argv = command[1:]
        if not hasattr(sys.modules.get(command[1]), "__path__"):
            sys.modules.pop(command[1], None)  # runpy warns of a module that it runs a second time
        runpy.run_module(command[1], run_name="__main__", alter_sys=True)
    else:
        sys.path[0] = str(Path(command[0]).resolve().parent)
        sys.argv = command
        runpy.run_path(command[0], run_name="__main__")
    raise SystemExit


def _end(end: SystemExit) -> NoReturn:
    """As the interpreter ends, without taking apart what was preloaded: that would copy its memory first."""
    if not isinstance(end.code, int | None):
        raise end
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):  # nobody reads any more: the interpreter knows what to say
        raise end from None
    os._exit((end.code or 0) & 0xFF)


def main() -> None:
    with socket.socket(fileno=int(sys.argv[1])) as stream:
        _preload()
        request = _serve(stream)
    if request:
        try:
            _become(request)
        except SystemExit as end:
            _end(end)


if __name__ == "__main__":
    main()

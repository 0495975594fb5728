"""A time stamping authority of one's own (RFC 3161): `openssl ts` behind a small server, which runs as a process of its own.

    python -m tests.tsa FOLDER

makes a certificate authority and its time stamping certificate in FOLDER, and says on which port it answers.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

CONFIGURATION = """
[ req ]
distinguished_name = name
[ name ]
[ authority ]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[ stamps ]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[ tsa ]
default_tsa = paper
[ paper ]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
"""
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "tsa.cnf")


@dataclass(frozen=True)
class Authority:
    """One that answers."""

    folder: Path
    url: str

    @property
    def ca(self) -> Path:
        """The certificate that it stands under."""
        return self.folder / "ca.pem"


@contextmanager
def authority(folder: Path) -> Iterator[Authority]:
    """A server that stamps."""
    server = subprocess.Popen([sys.executable, "-m", "tests.tsa", str(folder)], stdout=subprocess.PIPE, text=True,
                              cwd=Path(__file__).parents[1])  # fmt: skip
    assert server.stdout is not None
    try:
        yield Authority(folder, f"http://127.0.0.1:{int(server.stdout.readline())}/stamp")
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def make_authority(folder: Path, name: str = "Paper TSA") -> None:
    """Its keys and certificates."""
    (folder / "tsa.cnf").write_text(CONFIGURATION)
    (folder / "serial").write_text("01\n")
    openssl(folder, "req", "-x509", *KEY, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Paper CA", "-days", "900",
            "-extensions", "authority")  # fmt: skip
    openssl(folder, "req", *KEY, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", f"/CN={name}")
    openssl(folder, "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "900",
            "-extfile", "tsa.cnf", "-extensions", "stamps", "-out", "tsa.pem")  # fmt: skip


def stamp(folder: Path, query: bytes) -> bytes:
    """The answer to a query."""
    (folder / "query").write_bytes(query)
    openssl(folder, "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query", "-out", "answer")
    return (folder / "answer").read_bytes()


def openssl(folder: Path, *words: str) -> str:
    """What one command of it says; it must succeed."""
    return subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True, check=True).stdout


class _Stamping(BaseHTTPRequestHandler):
    folder: Path

    def do_POST(self) -> None:
        query = self.rfile.read(int(self.headers["Content-Length"]))
        is_query = self.headers["Content-Type"] == "application/timestamp-query"
        self.send_response(200 if is_query else 415)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.end_headers()
        self.wfile.write(stamp(self.folder, query) if is_query else b"")

    def log_message(self, *_: object) -> None:
        """Quiet."""


if __name__ == "__main__":
    _Stamping.folder = Path(sys.argv[1])
    make_authority(_Stamping.folder)
    served = HTTPServer(("127.0.0.1", 0), _Stamping)
    sys.stdout.write(f"{served.server_address[1]}\n")
    sys.stdout.flush()
    served.serve_forever()

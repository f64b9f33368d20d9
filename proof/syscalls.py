"""Reads what strace saw a daemon do: to the files of its store, and when it began to write each HTTP answer.

The lines of a trace stand in the order in which calls began, or, where another thread came between, went on.
"""

import ast
import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_CALLS = "openat,pwrite64,write,writev,sendto,sendmsg,ftruncate,fdatasync,fsync,unlink"
_LONGEST = 65_536  # octets of one write; a longer one would be told only in part

_LINE = re.compile(r"(?P<thread>\d+) +(?:<\.\.\. (?P<resumed>\w+) resumed>|(?P<call>\w+)\()(?P<rest>.*)", re.DOTALL)
_FILE = re.compile(r"\d+<(?P<path>/[^>]*)>")
_TEXT = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*)"(?P<cut>\.\.\.)?')
_PEER = re.compile(r"\d+<TCP:\[[^>]*->[^\]>]*:(?P<port>\d+)\]>")
_LAST_NUMBER = re.compile(r", (\d+)(?:\) += \d+)?\s*$")
_UNFINISHED = "<unfinished ...>"


@dataclass(frozen=True, slots=True)
class Created:
    path: str


@dataclass(frozen=True, slots=True)
class Removed:
    path: str


@dataclass(frozen=True, slots=True)
class Written:
    path: str
    offset: int
    octets: bytes


@dataclass(frozen=True, slots=True)
class Truncated:
    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Synced:
    """What had been written before is on the disk; of a folder, its names."""

    path: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The first octet of a success is about to leave for the caller at this port."""

    port: int


Act = Created | Removed | Written | Truncated | Synced | Answered


def is_possible() -> bool:
    """Tell whether strace may trace here; some containers forbid it."""
    return subprocess.run(("strace", "-o", os.devnull, "true"), check=False, capture_output=True).returncode == 0


def tracer(trace: Path) -> tuple[str, ...]:
    """Return the command that runs another one and keeps a trace of it; the process remains the other one's own."""
    told = ("-s", str(_LONGEST), "-o", str(trace), "-e", f"trace={_CALLS}")
    return ("strace", "-D", "-f", "--seccomp-bpf", "-yy", "-e", "signal=none", *told)


def acts(lines: Iterable[str]) -> Iterator[Act]:
    """Give everything that was done, in its order: a write and an answer when they began, a sync when it was done."""
    unfinished: dict[str, tuple[str, str]] = {}  # call and arguments by thread
    for line in lines:
        if not (found := _LINE.match(line)):
            continue
        thread, rest = found["thread"], found["rest"]
        if found["resumed"]:
            call, before = unfinished.pop(thread, ("", ""))
            if "sync" in call:
                yield from _act(call, before + rest)
            continue
        if _UNFINISHED in rest:
            unfinished[thread] = found["call"], rest.partition(_UNFINISHED)[0]
            if "sync" in found["call"]:
                continue
            rest = unfinished[thread][1]
        yield from _act(found["call"], rest)


def _act(call: str, told: str) -> Iterator[Act]:
    if re.search(r"\) += -1 ", told):
        return
    if '"HTTP/1.1 2' in told and (peer := _PEER.match(told)):
        yield Answered(int(peer["port"]))
    elif call == "openat" and "O_CREAT" in told:
        yield Created(_text(told).decode())
    elif call == "unlink":
        yield Removed(_text(told).decode())
    elif file := _FILE.match(told):
        yield from _change(call, file["path"], told)


def _change(call: str, path: str, told: str) -> Iterator[Act]:
    match call:
        case "fsync" | "fdatasync":
            yield Synced(path)
        case "ftruncate":
            yield Truncated(path, _last_number(told))
        case "pwrite64":
            yield Written(path, _last_number(told), _text(told))
        case "write":  # only the lock file is written so, from its beginning
            yield Written(path, 0, _text(told))


def _text(told: str) -> bytes:
    found = _TEXT.search(told)
    if not found or found["cut"]:
        raise ValueError(f"not told to the end: {told[:100]}")
    octets = ast.literal_eval(f'b"{found["text"]}"')
    assert isinstance(octets, bytes)
    return octets


def _last_number(told: str) -> int:
    """Return the last argument; what the call returned may stand behind it."""
    found = _LAST_NUMBER.search(told)
    if not found:
        raise ValueError(f"not understood: {told[-100:]}")
    return int(found[1])

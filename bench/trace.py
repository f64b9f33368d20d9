"""Reads what strace saw of a daemon: was the journal synced between each request and its answer?

The lines of a trace stand in the order in which calls began, or, where another thread came between, went on.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bench.phone import PATH

CALLS = "fsync,fdatasync,read,recvfrom,recvmsg,write,writev,sendto,sendmsg"

_LINE = re.compile(
    r"(?P<thread>\d+) +(?:<\.\.\. (?P<resumed>\w+) resumed>|(?P<call>\w+)\((?P<descriptor>\d+)<(?P<what>[^>]*)>)"
)
_UNFINISHED = "<unfinished ...>"


@dataclass(frozen=True, slots=True)
class _Call:
    """One line about a call: on which descriptor, and at which lines it began and was seen."""

    name: str
    descriptor: str
    began: int
    at: int
    is_journal: bool
    line: str

    @property
    def is_done_sync(self) -> bool:
        return self.is_journal and "sync" in self.name and self.line.rstrip().endswith("= 0")


def _calls(lines: Iterable[str]) -> Iterator[_Call]:
    unfinished: dict[str, tuple[str, int, bool]] = {}  # by thread
    for at, line in enumerate(lines):
        if not (found := _LINE.match(line)):
            continue
        if found["resumed"]:
            place = unfinished.pop(found["thread"], ("", at, False))
        else:
            place = found["descriptor"], at, found["what"].endswith("-wal")
        if _UNFINISHED in line:
            unfinished[found["thread"]] = place
        yield _Call(found["resumed"] or found["call"], *place[:2], at, place[2], line)


@dataclass(slots=True)
class Trace:
    """How many answers there were, and before how many the journal was synced, begun after the request was read."""

    answers: int = 0
    synced: int = 0
    _asked: dict[str, int] = field(default_factory=dict)  # by connection

    def read(self, lines: Iterable[str]) -> None:
        latest = -1  # where the latest of the successful syncs began
        for call in _calls(lines):
            if call.is_done_sync:
                latest = max(latest, call.began)
            elif f"POST {PATH}" in call.line:
                self._asked[call.descriptor] = call.at
            elif "HTTP/1.1 2" in call.line and call.descriptor in self._asked:
                self.answers += 1
                self.synced += latest > self._asked.pop(call.descriptor)

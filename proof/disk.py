"""A disk whose power may fail: what was synced stays, of all else some part does, in any order.

Names are kept in their order, as the journals of file systems keep them, and are durable once their folder is synced.
"""

import random
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from proof.syscalls import Act, Created, Removed, Synced, Truncated, Written

_SECTOR = 512  # octets that a disk writes wholly or not at all


class Loss(StrEnum):
    """What becomes of the writes since the last sync."""

    DROPPED = "dropped"
    SOME = "some kept"
    TORN = "torn"


@dataclass(slots=True)
class _File:
    synced: bytearray = field(default_factory=bytearray)
    pending: list[Written | Truncated] = field(default_factory=list)

    def sync(self) -> None:
        for each in self.pending:
            _apply(self.synced, each)
        self.pending.clear()


@dataclass(slots=True)
class Disk:
    """The files of one folder."""

    folder: str
    _names: dict[str, _File] = field(default_factory=dict)
    _synced: dict[str, _File] = field(default_factory=dict)
    _renamings: list[tuple[str, _File | None]] = field(default_factory=list)  # since the folder was synced

    @property
    def is_at_risk(self) -> bool:
        """Whether anything was done that a power cut could undo."""
        return bool(self._renamings) or any(file.pending for file in self._names.values())

    def do(self, act: Act) -> None:
        match act:
            case Synced(path) if path == self.folder:
                self._synced = dict(self._names)
                self._renamings.clear()
            case Synced(path) if file := self._names.get(path):
                file.sync()
            case Created(path) if self._is_here(path) and path not in self._names:
                self._rename(path, _File())
            case Removed(path) if path in self._names:
                self._rename(path, None)
            case Written(path) | Truncated(path) if file := self._names.get(path):
                file.pending.append(act)

    def image(self, loss: Loss, lot: random.Random) -> dict[str, bytes]:
        """Return the files that are found after a power cut now, by their names."""
        names = dict(self._synced)
        kept = 0 if loss is Loss.DROPPED else lot.randint(0, len(self._renamings))
        for path, file in self._renamings[:kept]:
            _set(names, path, file)
        return {path: _found(file, loss, lot) for path, file in names.items()}

    def _is_here(self, path: str) -> bool:
        return path.rpartition("/")[0] == self.folder

    def _rename(self, path: str, file: _File | None) -> None:
        _set(self._names, path, file)
        self._renamings.append((path, file))


def _set(names: dict[str, _File], path: str, file: _File | None) -> None:
    if file is None:
        names.pop(path, None)
    else:
        names[path] = file


def _found(file: _File, loss: Loss, lot: random.Random) -> bytes:
    content = bytearray(file.synced)
    for change in file.pending:
        if loss is Loss.TORN and isinstance(change, Written):
            for sector in _sectors(change):
                if lot.random() < 0.5:
                    _apply(content, sector)
        elif loss is not Loss.DROPPED and lot.random() < 0.5:
            _apply(content, change)
    return bytes(content)


def _sectors(write: Written) -> list[Written]:
    """Cut a write where the sectors of the disk end."""
    end = write.offset + len(write.octets)
    borders = [write.offset, *range((write.offset // _SECTOR + 1) * _SECTOR, end, _SECTOR), end]
    return [
        Written(write.path, start, write.octets[start - write.offset : stop - write.offset])
        for start, stop in pairwise(borders)
    ]


def _apply(content: bytearray, change: Written | Truncated) -> None:
    match change:
        case Written(_, offset, octets):
            content.extend(bytes(max(0, offset - len(content))))
            content[offset : offset + len(octets)] = octets
        case Truncated(_, size):
            content.extend(bytes(max(0, size - len(content))))
            del content[size:]

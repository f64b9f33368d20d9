"""A backup: one file that holds all that a database held at one moment, and what was found in it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a database holds, counted."""

    conversations: int
    messages: int
    waiting: int  # entries of the outbox that are not finished


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup that was written and read again."""

    file: str
    contents: Contents
    octets: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A backup that was put in place of a database; `aside` is where that lies now, if there was one."""

    file: str
    contents: Contents
    aside: str

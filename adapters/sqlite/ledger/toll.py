"""The table `toll`: what was let out to the carriers within the last day, by account, person and number."""

from datetime import datetime
from sqlite3 import Connection

from adapters.sqlite.ledger.columns import moment, read_moment
from bridge.domain.phone import Address
from bridge.domain.toll import Cap, Toll

_PUT = "INSERT INTO toll (account, person, participant, is_stranger, at) VALUES (?, ?, ?, ?, ?)"
_BY_ACCOUNT = "SELECT at FROM toll WHERE account = ? AND at > ? ORDER BY at DESC LIMIT 1 OFFSET ?"
_BY_PERSON = "SELECT at FROM toll WHERE person = ? AND at > ? ORDER BY at DESC LIMIT 1 OFFSET ?"
_BY_PARTICIPANT = "SELECT at FROM toll WHERE participant = ? AND at > ? ORDER BY at DESC LIMIT 1 OFFSET ?"
_OF_STRANGERS = """
    SELECT at FROM toll WHERE person = ? AND is_stranger = 1 AND at > ? ORDER BY at DESC LIMIT 1 OFFSET ?
"""
_FORGET = "DELETE FROM toll WHERE number IN (SELECT number FROM toll WHERE at < ? ORDER BY at LIMIT ?)"
_UNNAME = "UPDATE toll SET participant = '' WHERE participant = ?"

_QUERIES = {
    Cap.ACCOUNT: _BY_ACCOUNT,
    Cap.PERSON: _BY_PERSON,
    Cap.STRANGERS: _OF_STRANGERS,
    Cap.PARTICIPANT: _BY_PARTICIPANT,
}


class SqliteTolls:
    __slots__ = ("_execute",)

    def __init__(self, connection: Connection) -> None:
        self._execute = connection.execute

    def put(self, toll: Toll) -> None:
        it = toll
        self._execute(_PUT, (it.account, it.person, it.participant.value, int(it.is_stranger), moment(it.at)))

    def nth_last(self, cap: Cap, of: str, number: int, since: datetime) -> datetime | None:
        row = self._execute(_QUERIES[cap], (of, moment(since), number - 1)).fetchone()
        return read_moment(row[0]) if row else None

    def unname(self, participant: Address) -> None:
        self._execute(_UNNAME, (participant.value,))

    def forget(self, before: datetime, limit: int) -> int:
        return self._execute(_FORGET, (moment(before), limit)).rowcount

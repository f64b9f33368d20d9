"""The table `toll`: what was let out to the carriers within the last day, by account, person and number."""

from datetime import datetime

from psycopg import Connection

from adapters.postgres.ledger import lock
from adapters.postgres.ledger.columns import Row
from bridge.domain.phone import Address
from bridge.domain.toll import Cap, Toll

_PUT = "INSERT INTO toll (account, person, participant, is_stranger, at) VALUES (%s, %s, %s, %s, %s)"
_BY_ACCOUNT = "SELECT at FROM toll WHERE account = %s AND at > %s ORDER BY at DESC LIMIT 1 OFFSET %s"
_BY_PERSON = "SELECT at FROM toll WHERE person = %s AND at > %s ORDER BY at DESC LIMIT 1 OFFSET %s"
_BY_PARTICIPANT = "SELECT at FROM toll WHERE participant = %s AND at > %s ORDER BY at DESC LIMIT 1 OFFSET %s"
_OF_STRANGERS = """
    SELECT at FROM toll WHERE person = %s AND is_stranger AND at > %s ORDER BY at DESC LIMIT 1 OFFSET %s
"""
_FORGET = """
    DELETE FROM toll WHERE number IN (SELECT number FROM toll WHERE at < %s ORDER BY at LIMIT %s FOR UPDATE SKIP LOCKED)
"""
_UNNAME = "UPDATE toll SET participant = '' WHERE participant = %s"

_QUERIES = {
    Cap.ACCOUNT: _BY_ACCOUNT,
    Cap.PERSON: _BY_PERSON,
    Cap.STRANGERS: _OF_STRANGERS,
    Cap.PARTICIPANT: _BY_PARTICIPANT,
}


class PostgresTolls:
    __slots__ = ("_execute",)

    def __init__(self, connection: Connection[Row]) -> None:
        self._execute = connection.execute

    def put(self, toll: Toll) -> None:
        it = toll
        self._execute(_PUT, (it.account, it.person, it.participant.value, it.is_stranger, it.at))

    def nth_last(self, cap: Cap, of: str, number: int, since: datetime) -> datetime | None:
        self._execute(lock.TOLLS, (f"{cap}/{of}",))
        row = self._execute(_QUERIES[cap], (of, since, number - 1)).fetchone()
        return row[0] if row else None

    def unname(self, participant: Address) -> None:
        self._execute(_UNNAME, (participant.value,))

    def forget(self, before: datetime, limit: int) -> int:
        return self._execute(_FORGET, (before, limit)).rowcount

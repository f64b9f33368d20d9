"""The table `lease`: whose turn it is at what one daemon at a time does. Rows stay, so that fences only rise."""

from datetime import datetime

from psycopg import Connection

from adapters.postgres.ledger.columns import Row

_CLAIM = """
    INSERT INTO lease (name, owner, fence, until) VALUES (%(name)s, %(owner)s, 1, %(until)s)
    ON CONFLICT (name) DO UPDATE
    SET owner = excluded.owner, until = excluded.until,
        fence = lease.fence + CASE WHEN lease.owner = excluded.owner THEN 0 ELSE 1 END
    WHERE lease.owner IN (excluded.owner, '') OR lease.until <= %(now)s
    RETURNING fence
"""
_IS_HELD = "SELECT 1 FROM lease WHERE name = %s AND fence = %s FOR UPDATE"
_RELEASE = "UPDATE lease SET owner = '' WHERE name = %s AND fence = %s"


class PostgresLeases:
    __slots__ = ("_execute",)

    def __init__(self, connection: Connection[Row]) -> None:
        self._execute = connection.execute

    def claim(self, name: str, owner: str, until: datetime, now: datetime) -> int | None:
        row = self._execute(_CLAIM, {"name": name, "owner": owner, "until": until, "now": now}).fetchone()
        return int(row[0]) if row else None

    def is_held(self, name: str, fence: int) -> bool:
        return self._execute(_IS_HELD, (name, fence)).fetchone() is not None

    def release(self, name: str, fence: int) -> None:
        self._execute(_RELEASE, (name, fence))

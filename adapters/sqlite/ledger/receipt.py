"""The table `receipt`: receipts that overtook the answer to their SMS, for a day."""

from collections.abc import Callable
from datetime import datetime, timedelta
from sqlite3 import Connection
from typing import Any

from adapters.sqlite.ledger.columns import moment, moment_or_none, read_moment_or_none
from bridge.domain.delivery import DeliveryReceipt, DeliveryStatus
from bridge.domain.ids import CarrierRef

_PATIENCE = timedelta(days=1)

_WAIT = """
    INSERT INTO receipt (key, token, ref, status, detail, at, kept_at) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO NOTHING
"""
_EXPIRE = "DELETE FROM receipt WHERE kept_at < ?"
_WAITING = "SELECT key, token, ref, status, detail, at FROM receipt WHERE ref = ? AND kept_at >= ? ORDER BY number"
_DROP = "DELETE FROM receipt WHERE ref = ?"


class SqliteReceipts:
    __slots__ = ("_execute", "_now")

    def __init__(self, connection: Connection, now: Callable[[], datetime]) -> None:
        self._execute = connection.execute
        self._now = now

    def wait(self, receipt: DeliveryReceipt, now: datetime) -> None:
        it = receipt
        self._execute(_EXPIRE, (moment(now - _PATIENCE),))
        row = (it.key, it.token, it.ref, it.status.value, it.detail, moment_or_none(it.at), moment(now))
        self._execute(_WAIT, row)

    def claim(self, ref: CarrierRef) -> list[DeliveryReceipt]:
        """Hand out what waits for this SMS, in the order in which it came, and wait no longer."""
        waiting = self._execute(_WAITING, (ref, moment(self._now() - _PATIENCE))).fetchall()
        self._execute(_DROP, (ref,))
        return list(map(_receipt, waiting))


def _receipt(row: tuple[Any, ...]) -> DeliveryReceipt:
    key, token, ref, status, detail, at = row
    return DeliveryReceipt(
        key=key,
        token=token,
        ref=ref,
        status=DeliveryStatus(status),
        detail=detail,
        at=read_moment_or_none(at),
    )

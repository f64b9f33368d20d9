"""The table `receipt`: receipts that overtook the answer to their SMS, for a day."""

from collections.abc import Callable
from datetime import datetime, timedelta

from psycopg import Connection

from adapters.postgres.ledger import lock
from adapters.postgres.ledger.columns import Row
from bridge.domain.delivery import DeliveryReceipt, DeliveryStatus
from bridge.domain.ids import CarrierRef

_PATIENCE = timedelta(days=1)

_WAIT = """
    INSERT INTO receipt (key, token, ref, status, detail, at, kept_at) VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (key) DO NOTHING
"""
_EXPIRE = "DELETE FROM receipt WHERE kept_at < %s"
_WAITING = "SELECT key, token, ref, status, detail, at FROM receipt WHERE ref = %s AND kept_at >= %s ORDER BY number"
_DROP = "DELETE FROM receipt WHERE ref = %s"


class PostgresReceipts:
    __slots__ = ("_execute", "_now")

    def __init__(self, connection: Connection[Row], now: Callable[[], datetime]) -> None:
        self._execute = connection.execute
        self._now = now

    def wait(self, receipt: DeliveryReceipt, now: datetime) -> None:
        it = receipt
        self._execute(_EXPIRE, (now - _PATIENCE,))
        self._execute(_WAIT, (it.key, it.token, it.ref, it.status.value, it.detail, it.at, now))

    def claim(self, ref: CarrierRef) -> list[DeliveryReceipt]:
        """Hand out what waits for this SMS, in the order in which it came, and wait no longer."""
        self._execute(lock.REF, (ref,))
        waiting = self._execute(_WAITING, (ref, self._now() - _PATIENCE)).fetchall()
        self._execute(_DROP, (ref,))
        return list(map(_receipt, waiting))


def _receipt(row: Row) -> DeliveryReceipt:
    key, token, ref, status, detail, at = row
    return DeliveryReceipt(
        key=key,
        token=token,
        ref=ref,
        status=DeliveryStatus(status),
        detail=detail,
        at=at,
    )

"""The savepoint in which a decision may fail without taking the transaction with it."""

from types import TracebackType
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.pq import TransactionStatus

_ALIVE = (TransactionStatus.INTRANS, TransactionStatus.INERROR)


class Savepoint:
    """Undo what was done inside when it is left by an exception; keep an error of the database for whoever commits.

    Whoever catches that error cannot tell that no single decision is to blame for it; the store can. One object serves
    savepoints inside each other, because the server stacks those of one name.
    """

    __slots__ = ("_connection", "database_error")

    def __init__(self, connection: Connection[tuple[Any, ...]]) -> None:
        self._connection = connection
        self.database_error: psycopg.Error | None = None

    def __enter__(self) -> None:
        self._connection.execute("SAVEPOINT inner_work")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, psycopg.Error):
            self.database_error = error
        if self._connection.info.transaction_status not in _ALIVE:
            return  # the connection is gone, and everything with it
        if error is not None:
            self._connection.execute("ROLLBACK TO SAVEPOINT inner_work")
        self._connection.execute("RELEASE SAVEPOINT inner_work")

"""The ledger over SQLite: one object per store, reused by every transaction; one file per noun, one constant per query.

It belongs to the thread that owns the connection, and it neither begins nor commits.
"""

import hmac
import sqlite3
from datetime import UTC, datetime
from sqlite3 import Connection
from types import TracebackType

from adapters.sqlite.ledger.acknowledgement import SqliteAcknowledgements
from adapters.sqlite.ledger.audit import SqliteAudit
from adapters.sqlite.ledger.consent import SqliteConsents
from adapters.sqlite.ledger.contact import SqliteContacts
from adapters.sqlite.ledger.conversation import SqliteConversations
from adapters.sqlite.ledger.cursor import SqliteCursors
from adapters.sqlite.ledger.digest import SqliteDigests
from adapters.sqlite.ledger.epoch import SqliteEpoch
from adapters.sqlite.ledger.erasure import SqliteErasures
from adapters.sqlite.ledger.invariant import SqliteInvariants
from adapters.sqlite.ledger.lease import SqliteLeases
from adapters.sqlite.ledger.media import SqliteMediaShelf
from adapters.sqlite.ledger.message import SqliteMessages
from adapters.sqlite.ledger.outbox import SqliteOutbox
from adapters.sqlite.ledger.post import SqlitePosts
from adapters.sqlite.ledger.receipt import SqliteReceipts
from adapters.sqlite.ledger.search import SqliteSearch
from adapters.sqlite.ledger.sighting import SqliteSightings
from adapters.sqlite.ledger.toll import SqliteTolls


class Savepoint:
    """Undo what was done inside when it is left by an exception; keep an error of the database for whoever commits.

    Whoever catches that error cannot tell that no single decision is to blame for it; the store can.
    """

    __slots__ = ("_connection", "database_error")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.database_error: sqlite3.Error | None = None

    def __enter__(self) -> None:
        self._connection.execute("SAVEPOINT inner")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, sqlite3.Error):
            self.database_error = error
        if not self._connection.in_transaction:
            return  # a full disk has undone everything already
        if error is not None:
            self._connection.execute("ROLLBACK TO inner")
        self._connection.execute("RELEASE inner")


class SqliteLedger:
    """Every noun's verbs over one connection; `now` is the moment of the transaction that is running."""

    def __init__(self, connection: Connection) -> None:
        self.now = datetime.min.replace(tzinfo=UTC)
        self.inner = Savepoint(connection)
        self.sightings = SqliteSightings(connection)
        self.conversations = SqliteConversations(connection)
        self.messages = SqliteMessages(connection)
        self.search = SqliteSearch(connection)
        self.posts = SqlitePosts(connection)
        self.media = SqliteMediaShelf(connection, self._present)
        self.acknowledgements = SqliteAcknowledgements(connection)
        self.consents = SqliteConsents(connection)
        self.contacts = SqliteContacts(connection)
        self.outbox = SqliteOutbox(connection, self._present)
        self.tolls = SqliteTolls(connection)
        self.erasures = SqliteErasures(connection)
        self.receipts = SqliteReceipts(connection, self._present)
        self.digests = SqliteDigests(connection)
        self.cursors = SqliteCursors(connection)
        self.leases = SqliteLeases(connection)
        self.epoch = SqliteEpoch(connection)
        self.audit = SqliteAudit(connection, self.cursors)
        self.invariants = SqliteInvariants(connection)
        (self._secret,) = connection.execute("SELECT value FROM secret WHERE name = 'seal'").fetchone()

    def savepoint(self) -> Savepoint:
        """Return the one savepoint of this ledger; SQLite stacks them where one is opened inside another."""
        return self.inner

    def seal(self, cause: str) -> str:
        return hmac.digest(self._secret, cause.encode(), "sha256").hex()[:32]

    def _present(self) -> datetime:
        return self.now

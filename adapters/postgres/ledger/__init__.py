"""The ledger over PostgreSQL: one object per connection, reused by its transactions; one file per noun.

It neither begins nor commits. Others write to the same database at the same time, each seeing what the others committed
before its statement (READ COMMITTED): what must be unique an index decides, what must be in order a lock.
"""

import hmac
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import Connection

from adapters.postgres.ledger.acknowledgement import PostgresAcknowledgements
from adapters.postgres.ledger.audit import PostgresAudit
from adapters.postgres.ledger.columns import adapt
from adapters.postgres.ledger.consent import PostgresConsents
from adapters.postgres.ledger.contact import PostgresContacts
from adapters.postgres.ledger.conversation import PostgresConversations
from adapters.postgres.ledger.cursor import PostgresCursors
from adapters.postgres.ledger.digest import PostgresDigests
from adapters.postgres.ledger.epoch import PostgresEpoch
from adapters.postgres.ledger.erasure import PostgresErasures
from adapters.postgres.ledger.invariant import PostgresInvariants
from adapters.postgres.ledger.lease import PostgresLeases
from adapters.postgres.ledger.media import PostgresMediaShelf
from adapters.postgres.ledger.message import PostgresMessages
from adapters.postgres.ledger.outbox import PostgresOutbox
from adapters.postgres.ledger.post import PostgresPosts
from adapters.postgres.ledger.receipt import PostgresReceipts
from adapters.postgres.ledger.savepoint import Savepoint
from adapters.postgres.ledger.search import PostgresSearch
from adapters.postgres.ledger.sighting import PostgresSightings
from adapters.postgres.ledger.toll import PostgresTolls


class PostgresLedger:
    """Every noun's verbs over one connection; `now` is the moment of the transaction that is running."""

    def __init__(self, connection: Connection[tuple[Any, ...]], secret: bytes) -> None:
        adapt(connection)
        self.now = datetime.min.replace(tzinfo=UTC)
        self.inner = Savepoint(connection)
        self.sightings = PostgresSightings(connection)
        self.conversations = PostgresConversations(connection)
        self.messages = PostgresMessages(connection)
        self.search = PostgresSearch(connection)
        self.posts = PostgresPosts(connection)
        self.media = PostgresMediaShelf(connection, self._present)
        self.acknowledgements = PostgresAcknowledgements(connection)
        self.consents = PostgresConsents(connection)
        self.contacts = PostgresContacts(connection)
        self.outbox = PostgresOutbox(connection, self._present)
        self.tolls = PostgresTolls(connection)
        self.erasures = PostgresErasures(connection)
        self.receipts = PostgresReceipts(connection, self._present)
        self.digests = PostgresDigests(connection)
        self.cursors = PostgresCursors(connection)
        self.leases = PostgresLeases(connection)
        self.epoch = PostgresEpoch(connection)
        self.audit = PostgresAudit(connection, self.cursors)
        self.invariants = PostgresInvariants(connection)
        self._secret = secret

    @property
    def database_error(self) -> psycopg.Error | None:
        """What the database raised inside a savepoint of this transaction, whoever caught it since."""
        return self.inner.database_error

    def begin(self, now: datetime) -> datetime:
        """Forget the last transaction; return the moment of this one."""
        self.now = now
        self.inner.database_error = None
        self.outbox.has_stirred = False
        return now

    def savepoint(self) -> Savepoint:
        return self.inner

    def seal(self, cause: str) -> str:
        return hmac.digest(self._secret, cause.encode(), "sha256").hex()[:32]

    def _present(self) -> datetime:
        return self.now

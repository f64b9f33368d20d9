"""The table `consent`: who may be texted from which of our numbers."""

from sqlite3 import Connection

from adapters.sqlite.ledger.columns import moment, read_moment
from bridge.domain.conversation import Consent, ConsentState
from bridge.domain.phone import Address, PhoneNumber

_PUT = "INSERT OR REPLACE INTO consent (did, address, state, since) VALUES (?, ?, ?, ?)"
_GET = "SELECT state, since FROM consent WHERE did = ? AND address = ?"


class SqliteConsents:
    __slots__ = ("_execute",)

    def __init__(self, connection: Connection) -> None:
        self._execute = connection.execute

    def put(self, consent: Consent) -> None:
        row = (consent.did.value, consent.address.value, consent.state.value, moment(consent.since))
        self._execute(_PUT, row)

    def get(self, did: PhoneNumber, address: Address) -> Consent | None:
        row = self._execute(_GET, (did.value, address.value)).fetchone()
        if not row:
            return None
        state, since = row
        return Consent(did=did, address=address, state=ConsentState(state), since=read_moment(since))

"""The table `consent`: who may be texted from which of our numbers."""

from psycopg import Connection

from adapters.postgres.ledger.columns import Row
from bridge.domain.conversation import Consent, ConsentState
from bridge.domain.phone import Address, PhoneNumber

_PUT = """
    INSERT INTO consent (did, address, state, since) VALUES (%s, %s, %s, %s)
    ON CONFLICT (did, address) DO UPDATE SET state = excluded.state, since = excluded.since
"""
_GET = "SELECT state, since FROM consent WHERE did = %s AND address = %s"


class PostgresConsents:
    __slots__ = ("_execute",)

    def __init__(self, connection: Connection[Row]) -> None:
        self._execute = connection.execute

    def put(self, consent: Consent) -> None:
        it = consent
        self._execute(_PUT, (it.did.value, it.address.value, it.state.value, it.since))

    def get(self, did: PhoneNumber, address: Address) -> Consent | None:
        row = self._execute(_GET, (did.value, address.value)).fetchone()
        if not row:
            return None
        state, since = row
        return Consent(did=did, address=address, state=ConsentState(state), since=since)

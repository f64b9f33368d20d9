"""The tables `digest` and `digest_member`: which mail tells whom of which messages, each new once to a person."""

from datetime import datetime

from psycopg import Connection

from adapters.postgres.ledger import lock
from adapters.postgres.ledger.columns import Row
from bridge.domain.digest import Digest
from bridge.domain.ids import DigestId, MessageId

_IS_TAKEN = "SELECT 1 FROM digest_member WHERE message = ANY(%s::text[]) AND recipient = %s AND is_new LIMIT 1"
_FREEZE = "INSERT INTO digest (id, recipient, name, frozen_at) VALUES (%s, %s, %s, %s) ON CONFLICT (id) DO NOTHING"
_JOIN = """
    INSERT INTO digest_member (digest, place, recipient, message, is_new)
    SELECT %s, place, %s, message, place <= %s FROM unnest(%s::text[]) WITH ORDINALITY AS member (message, place)
    ON CONFLICT DO NOTHING
"""
_DROP = "DELETE FROM digest WHERE id = %s"
_GET = "SELECT recipient, name, frozen_at FROM digest WHERE id = %s"
_MEMBERS = "SELECT message, is_new FROM digest_member WHERE digest = %s ORDER BY place"
_COUNT = "SELECT count(*) FROM digest WHERE recipient = %s"
# One that lost all its messages by `release` has not gone out, and will not.
_LAST_AT = """
    SELECT frozen_at FROM digest
    WHERE recipient = %s AND EXISTS (SELECT 1 FROM digest_member WHERE digest = id)
    ORDER BY frozen_at DESC LIMIT 1
"""
_MEMBERSHIPS = """
    SELECT digest_member.recipient, digest_member.message
    FROM message JOIN digest_member ON digest_member.message = message.id AND is_new WHERE is_open
"""
_RENEW = "UPDATE digest_member SET is_new = false WHERE message = %s AND is_new"
_RELEASE = "DELETE FROM digest_member WHERE digest = %s AND message <> ALL(%s::text[])"


class PostgresDigests:
    __slots__ = ("_execute",)

    def __init__(self, connection: Connection[Row]) -> None:
        self._execute = connection.execute

    def freeze(self, digest: Digest) -> bool:
        """Keep it; False too if there is one of that id."""
        it = digest
        if self._execute(_IS_TAKEN, (list(it.new), it.recipient)).fetchone():
            return False
        if not self._execute(_FREEZE, (it.id, it.recipient, it.name, it.frozen_at)).rowcount:
            return False
        members = [*it.new, *it.still_open]
        if self._execute(_JOIN, (it.id, it.recipient, len(it.new), members)).rowcount < len(members):
            self._execute(_DROP, (it.id,))  # another daemon has told of one of them since we looked
            return False
        return True

    def get(self, id: DigestId) -> Digest | None:
        row = self._execute(_GET, (id,)).fetchone()
        if not row:
            return None
        recipient, name, frozen_at = row
        members = self._execute(_MEMBERS, (id,)).fetchall()
        return Digest(
            id=id,
            recipient=recipient,
            name=name,
            new=tuple(message for message, is_new in members if is_new),
            still_open=tuple(message for message, is_new in members if not is_new),
            frozen_at=frozen_at,
        )

    def count(self, recipient: str) -> int:
        (counted,) = self._execute(_COUNT, (recipient,)).fetchall()
        return int(counted[0])

    def last_at(self, recipient: str) -> datetime | None:
        """Return it as it stays until this transaction ends: nobody else who asks freezes one meanwhile."""
        self._execute(lock.DIGESTS_TO, (recipient,))
        row = self._execute(_LAST_AT, (recipient,)).fetchone()
        return row[0] if row else None

    def memberships(self) -> set[tuple[str, MessageId]]:
        return {(recipient, message) for recipient, message in self._execute(_MEMBERSHIPS)}

    def renew(self, message: MessageId) -> None:
        self._execute(_RENEW, (message,))

    def release(self, id: DigestId, shown: frozenset[MessageId]) -> None:
        self._execute(_RELEASE, (id, list(shown)))

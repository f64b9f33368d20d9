"""The tables `digest` and `digest_member`: which mail tells whom of which messages, each new once to a person."""

from datetime import datetime
from sqlite3 import Connection

from adapters.sqlite.ledger.columns import moment, read_moment
from bridge.domain.digest import Digest
from bridge.domain.ids import DigestId, MessageId

_TAKEN = "SELECT 1 FROM digest_member WHERE message = ? AND recipient = ? AND is_new = 1"
_FREEZE = "INSERT INTO digest (id, recipient, name, frozen_at) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"
_JOIN = "INSERT INTO digest_member (digest, place, recipient, message, is_new) VALUES (?, ?, ?, ?, ?)"
_GET = "SELECT recipient, name, frozen_at FROM digest WHERE id = ?"
_MEMBERS = "SELECT message, is_new FROM digest_member WHERE digest = ? ORDER BY place"
_COUNT = "SELECT count(*) FROM digest WHERE recipient = ?"
# One that lost all its messages by `release` has not gone out, and will not.
_LAST_AT = """
    SELECT frozen_at FROM digest
    WHERE recipient = ? AND EXISTS (SELECT 1 FROM digest_member WHERE digest = id)
    ORDER BY frozen_at DESC LIMIT 1
"""
_MEMBERSHIPS = """
    SELECT recipient, message FROM message CROSS JOIN digest_member
    ON digest_member.message = message.id AND is_new = 1 WHERE message.is_open = 1
"""
_RENEW = "UPDATE digest_member SET is_new = 0 WHERE message = ? AND is_new = 1"
_RELEASE = "DELETE FROM digest_member WHERE digest = ? AND message = ?"


class SqliteDigests:
    __slots__ = ("_execute", "_execute_many")

    def __init__(self, connection: Connection) -> None:
        self._execute = connection.execute
        self._execute_many = connection.executemany

    def freeze(self, digest: Digest) -> bool:
        """Keep it; False too if there is one of that id."""
        it = digest
        if any(self._execute(_TAKEN, (message, it.recipient)).fetchone() for message in it.new):
            return False
        if not self._execute(_FREEZE, (it.id, it.recipient, it.name, moment(it.frozen_at))).rowcount:
            return False
        members = [(message, 1) for message in it.new] + [(message, 0) for message in it.still_open]
        rows = ((it.id, place, it.recipient, message, new) for place, (message, new) in enumerate(members))
        self._execute_many(_JOIN, rows)
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
            frozen_at=read_moment(frozen_at),
        )

    def count(self, recipient: str) -> int:
        return int(self._execute(_COUNT, (recipient,)).fetchone()[0])

    def last_at(self, recipient: str) -> datetime | None:
        row = self._execute(_LAST_AT, (recipient,)).fetchone()
        return read_moment(row[0]) if row else None

    def memberships(self) -> set[tuple[str, MessageId]]:
        return set(self._execute(_MEMBERSHIPS))

    def renew(self, message: MessageId) -> None:
        self._execute(_RENEW, (message,))

    def release(self, id: DigestId, shown: frozenset[MessageId]) -> None:
        members = self._execute(_MEMBERS, (id,)).fetchall()
        self._execute_many(_RELEASE, [(id, message) for message, _ in members if message not in shown])

"""The tables `message_words` and `participant`: by which words a message is found, and by which digits a conversation.

A trigger takes words out where a text changes, and another keeps numbers, so that both hold for texts of an older
release on the same database, too.
"""

from collections.abc import Sequence

from psycopg import Connection

from adapters.postgres.ledger.columns import Row
from adapters.postgres.ledger.conversation import COLUMNS, read_conversation
from adapters.postgres.ledger.message import IN_CONTEXT, read_in_context
from bridge.domain.conversation import Conversation
from bridge.domain.message import Message
from bridge.domain.word import words_of

_NEWEST = f"{IN_CONTEXT} WHERE is_kept AND NOT is_indexed AND position < %s ORDER BY position DESC LIMIT %s"
_CLAIM = f"{_NEWEST} FOR NO KEY UPDATE OF message SKIP LOCKED"  # another daemon indexes those, or changes them
_KEEP = """
    INSERT INTO message_words (message, words)
    SELECT position, array_to_tsvector(string_to_array(listed, ' '))
    FROM unnest(%s::bigint[], %s::text[]) AS indexed (position, listed)
    ON CONFLICT (message) DO UPDATE SET words = excluded.words
"""
_INDEXED = "UPDATE message SET is_indexed = true WHERE position = ANY(%s::bigint[])"
_HAVE = "SELECT message FROM message_words WHERE words @@ %s::tsquery AND message < %s ORDER BY message DESC LIMIT %s"
_FIND = f"{IN_CONTEXT} WHERE position IN ({_HAVE}) ORDER BY position DESC"
_ENDING = f"""
    SELECT {COLUMNS} FROM conversation WHERE number IN (
        SELECT conversation FROM participant WHERE backwards >= %s AND backwards < %s
    ) ORDER BY number DESC LIMIT %s
"""

_LAST = 2**63 - 1  # above every position
_AFTER_DIGITS = ":"


class PostgresSearch:
    __slots__ = ("_execute",)

    def __init__(self, connection: Connection[Row]) -> None:
        self._execute = connection.execute

    def index(self, limit: int) -> int:
        found = [read_in_context(row)[0] for row in self._execute(_CLAIM, (_LAST, limit))]
        positions = [message.position for message in found]
        self._execute(_KEEP, (positions, [" ".join(words_of(message)) for message in found]))
        self._execute(_INDEXED, (positions,))
        return len(found)

    def unindexed(self, before: int | None, limit: int) -> list[tuple[Message, Conversation]]:
        rows = self._execute(_NEWEST, (_LAST if before is None else before, limit))
        return [read_in_context(row) for row in rows]

    def indexed(self, words: Sequence[str], before: int | None, limit: int) -> list[tuple[Message, Conversation]]:
        query = " & ".join(f"'{word}'" for word in words)  # letters and digits, so nothing in them is an operator
        rows = self._execute(_FIND, (query, _LAST if before is None else before, limit))
        return [read_in_context(row) for row in rows]

    def conversations(self, ending: str, limit: int) -> list[Conversation]:
        backwards = ending[::-1]
        rows = self._execute(_ENDING, (backwards, backwards + _AFTER_DIGITS, limit))
        return [read_conversation(row) for row in rows]

    def overwrite(self) -> bool:
        """Leave it to the server, which overwrites what was deleted in its own time, here as in every table."""
        return False

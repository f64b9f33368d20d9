"""The tables `message_words` and `participant`: by which words a message is found, and by which digits a conversation.

`message_words` is an FTS5 index. What is deleted from it stays readable in the file until all its parts are merged.
"""

from collections.abc import Sequence
from sqlite3 import Connection

from adapters.sqlite.ledger.conversation import COLUMNS, read_conversation
from adapters.sqlite.ledger.message import IN_CONTEXT, read_in_context
from bridge.domain.conversation import Conversation
from bridge.domain.message import Message
from bridge.domain.word import words_of

_NEWEST = f"{IN_CONTEXT} WHERE is_indexed = 0 AND is_kept = 1 AND position < ? ORDER BY position DESC LIMIT ?"
_KEEP = "INSERT OR REPLACE INTO message_words (rowid, words) VALUES (?, ?)"
_INDEXED = "UPDATE message SET is_indexed = 1 WHERE position = ?"
_HAVE = "SELECT rowid FROM message_words WHERE message_words MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?"
_FIND = f"{IN_CONTEXT} WHERE position IN ({_HAVE}) ORDER BY position DESC"
_ENDING = f"""
    SELECT {COLUMNS} FROM conversation WHERE number IN (
        SELECT conversation FROM participant WHERE backwards >= ? AND backwards < ?
    ) ORDER BY number DESC LIMIT ?
"""
_IS_MARKED = "SELECT 1 FROM message_words WHERE rowid = 0"
_UNMARK = "DELETE FROM message_words WHERE rowid = 0"
_MERGE = "INSERT INTO message_words (message_words, rank) VALUES ('merge', -200)"  # pages: some 15 ms

_LAST = 2**63 - 1  # above every position
_AFTER_DIGITS = ":"


class SqliteSearch:
    __slots__ = ("_connection", "_execute", "_execute_many")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._execute = connection.execute
        self._execute_many = connection.executemany

    def index(self, limit: int) -> int:
        found = [message for message, _ in self.unindexed(None, limit)]
        self._execute_many(_KEEP, [(message.position, " ".join(words_of(message))) for message in found])
        self._execute_many(_INDEXED, [(message.position,) for message in found])
        return len(found)

    def unindexed(self, before: int | None, limit: int) -> list[tuple[Message, Conversation]]:
        rows = self._execute(_NEWEST, (_LAST if before is None else before, limit))
        return [read_in_context(row) for row in rows]

    def indexed(self, words: Sequence[str], before: int | None, limit: int) -> list[tuple[Message, Conversation]]:
        match = " ".join(f'"{word}"' for word in words)  # letters and digits, so nothing in them is an operator
        rows = self._execute(_FIND, (match, _LAST if before is None else before, limit))
        return [read_in_context(row) for row in rows]

    def conversations(self, ending: str, limit: int) -> list[Conversation]:
        backwards = ending[::-1]
        rows = self._execute(_ENDING, (backwards, backwards + _AFTER_DIGITS, limit))
        return [read_conversation(row) for row in rows]

    def overwrite(self) -> bool:
        if not self._execute(_IS_MARKED).fetchone():
            return False
        self._execute("SAVEPOINT written")  # FTS5 writes down what it still holds of this transaction
        self._execute("RELEASE written")
        changes = self._connection.total_changes
        self._execute(_MERGE)
        if self._connection.total_changes - changes >= 2:  # as SQLite tells whether there was anything to merge
            return True
        self._execute(_UNMARK)
        return False

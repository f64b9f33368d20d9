"""The table `conversation`: kept for ever, so that a late reply finds its thread."""

from collections.abc import Sequence
from datetime import datetime

from psycopg import Connection

from adapters.postgres.ledger import lock
from adapters.postgres.ledger.columns import Row, addresses, read_addresses, read_number
from bridge.domain.conversation import Conversation, Course
from bridge.domain.ids import ConversationId, PersonRef, ThreadRef
from bridge.domain.phone import Address, PhoneNumber
from bridge.domain.word import digits_of

COLUMNS = """
    conversation.id, conversation.did, participants, opened_at, thread, link, covered, waiting_since,
    conversation.owner, course, steered_by, steered_at, reopened_at, earlier_thread, earlier_link, conversation.erasure
"""
_OPEN = """
    INSERT INTO conversation (id, did, participants, opened_at, thread, link, covered, waiting_since)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (id) DO NOTHING
"""
_SELECT = f"SELECT {COLUMNS} FROM conversation"
_GET = f"{_SELECT} WHERE id = %s"
_WHICH_IS_SHOWN_IN = "SELECT id FROM conversation WHERE thread = %s ORDER BY number DESC LIMIT 1"
_SET_THREAD = "UPDATE conversation SET thread = %s, link = %s WHERE id = %s"
_LEAVE_THREAD = """
    UPDATE conversation SET thread = NULL, link = '', earlier_thread = %s, earlier_link = %s WHERE id = %s
"""
_SET_COVERED = "UPDATE conversation SET covered = %s, waiting_since = %s WHERE id = %s"
_SET_OWNER = "UPDATE conversation SET owner = %s WHERE id = %s"
_STEER = "UPDATE conversation SET course = %s, steered_by = %s, steered_at = %s WHERE id = %s"
_REOPEN = "UPDATE conversation SET reopened_at = %s WHERE id = %s"
_KEEPING = f"""
    {_SELECT} WHERE waiting_since IS NOT NULL AND waiting_since <= %s AND owner IS NOT NULL
    ORDER BY waiting_since LIMIT %s
"""
_DIDS = "SELECT DISTINCT did FROM conversation ORDER BY did"
_IS_OPENING = """
    SELECT 1 FROM entry JOIN message ON message.id = subject
    JOIN conversation ON conversation.number = message.conversation
    WHERE entry.state = 'trying' AND kind = 'show-message' AND thread IS NULL
    UNION ALL
    SELECT 1 FROM entry JOIN conversation ON conversation.id = subject
    WHERE entry.state = 'trying' AND kind = 'say-note' AND thread IS NULL
    LIMIT 1
"""
# Three steps into the indexes of `message` for each conversation, however many messages it has.
_ACTIVE = """
    WITH shown (thread, earlier_thread, last_open, last) AS MATERIALIZED (
        SELECT thread, earlier_thread, last_open, greatest(
            last_open,
            (SELECT max(position) FROM message WHERE conversation = number AND NOT is_open),
            (SELECT max(position) FROM message WHERE conversation = number AND is_open IS NULL)
        )
        FROM conversation CROSS JOIN LATERAL (
            SELECT max(position) AS last_open FROM message WHERE conversation = number AND is_open
        ) AS waiting
        WHERE thread IS NOT NULL
    )
    SELECT thread, earlier_thread FROM shown JOIN message ON position = last
    WHERE received_at >= %s OR last_open IS NOT NULL
    ORDER BY last DESC
"""
# The same three steps, for the conversations of a few people.
_ACTIVE_WITH = """
    WITH theirs (id, last_open, last) AS MATERIALIZED (
        SELECT id, last_open, greatest(
            last_open,
            (SELECT max(position) FROM message WHERE message.conversation = number AND NOT is_open),
            (SELECT max(position) FROM message WHERE message.conversation = number AND is_open IS NULL)
        )
        FROM conversation CROSS JOIN LATERAL (
            SELECT max(position) AS last_open FROM message WHERE message.conversation = number AND is_open
        ) AS waiting
        WHERE thread IS NOT NULL
            AND number IN (SELECT participant.conversation FROM participant WHERE backwards = ANY(%s))
    )
    SELECT theirs.id FROM theirs JOIN message ON position = last
    WHERE received_at >= %s OR last_open IS NOT NULL
    ORDER BY last DESC LIMIT %s
"""


class PostgresConversations:
    __slots__ = ("_execute",)

    def __init__(self, connection: Connection[Row]) -> None:
        self._execute = connection.execute

    def open(self, conversation: Conversation) -> None:
        """Keep it, unless another daemon has opened it meanwhile."""
        it = conversation
        people = addresses(it.participants)
        row = (it.id, it.did.value, people, it.opened_at, it.thread, it.link, it.covered, it.waiting_since)
        self._execute(_OPEN, row)

    def get(self, id: ConversationId) -> Conversation | None:
        """Return it as nobody else can change it before this transaction ends; nor can anybody else open it."""
        self._execute(lock.CONVERSATION, (id,))
        row = self._execute(_GET, (id,)).fetchone()
        return read_conversation(row) if row else None

    def shown_in(self, thread: ThreadRef) -> Conversation | None:
        """Return the one with this thread, locked as `get` does."""
        found = self._execute(_WHICH_IS_SHOWN_IN, (thread,)).fetchone()
        conversation = self.get(found[0]) if found else None
        return conversation if conversation and conversation.thread == thread else None

    def set_thread(self, id: ConversationId, thread: ThreadRef | None, link: str) -> None:
        self._execute(_SET_THREAD, (thread, link, id))

    def leave_thread(self, id: ConversationId, earlier: ThreadRef | None, link: str) -> None:
        self._execute(_LEAVE_THREAD, (earlier, link, id))

    def set_covered(self, id: ConversationId, covered: int, waiting_since: datetime | None) -> None:
        self._execute(_SET_COVERED, (covered, waiting_since, id))

    def set_owner(self, id: ConversationId, owner: PersonRef | None) -> None:
        self._execute(_SET_OWNER, (owner, id))

    def steer(self, id: ConversationId, course: Course, by: PersonRef | None, at: datetime) -> None:
        self._execute(_STEER, (course.value, by, at, id))

    def reopen(self, id: ConversationId, at: datetime) -> None:
        self._execute(_REOPEN, (at, id))

    def kept_waiting(self, before: datetime, limit: int) -> list[Conversation]:
        return list(map(read_conversation, self._execute(_KEEPING, (before, limit))))

    def dids(self) -> list[PhoneNumber]:
        return [read_number(did) for (did,) in self._execute(_DIDS)]

    def is_opening(self) -> bool:
        return self._execute(_IS_OPENING).fetchone() is not None

    def active_threads(self, since: datetime) -> list[ThreadRef]:
        found = self._execute(_ACTIVE, (since,))
        return [ThreadRef(thread) for both in found for thread in both if thread]

    def active_with(self, addresses: Sequence[Address], since: datetime, limit: int) -> list[ConversationId]:
        listed = [digits[::-1] for digits in map(digits_of, addresses) if digits]
        return [ConversationId(id) for (id,) in self._execute(_ACTIVE_WITH, (listed, since, limit))]


def read_conversation(row: Row) -> Conversation:
    id, did, participants, opened_at, thread, link, covered, waiting_since, *decided = row
    owner, course, steered_by, steered_at, reopened_at, earlier_thread, earlier_link, erasure = decided
    return Conversation(
        id=id,
        did=read_number(did),
        participants=read_addresses(participants),
        opened_at=opened_at,
        thread=thread,
        link=link,
        earlier_thread=earlier_thread,
        earlier_link=earlier_link,
        covered=covered,
        waiting_since=waiting_since,
        owner=owner,
        course=Course(course),
        steered_by=steered_by,
        steered_at=steered_at,
        reopened_at=reopened_at,
        is_erased=erasure is not None,
    )

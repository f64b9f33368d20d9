"""The table `conversation`: kept for ever, so that a late reply finds its thread."""

import json
from collections.abc import Sequence
from datetime import datetime
from sqlite3 import Connection
from typing import Any

from adapters.sqlite.ledger.columns import (
    addresses,
    endings,
    moment,
    moment_or_none,
    read_addresses,
    read_moment,
    read_moment_or_none,
    read_number,
)
from bridge.domain.conversation import Conversation, Course
from bridge.domain.ids import ConversationId, PersonRef, ThreadRef
from bridge.domain.phone import Address, PhoneNumber

COLUMNS = """
    conversation.id, conversation.did, participants, opened_at, thread, link, covered, waiting_since,
    conversation.owner, course, steered_by, steered_at, reopened_at, earlier_thread, earlier_link, conversation.erasure
"""
_OPEN = """
    INSERT INTO conversation (id, did, participants, opened_at, thread, link, covered, waiting_since)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_NUMBER = "INSERT INTO participant (backwards, conversation) VALUES (?, ?)"
_SELECT = f"SELECT {COLUMNS} FROM conversation"
_GET = f"{_SELECT} WHERE id = ?"
_SHOWN_IN = f"{_SELECT} WHERE thread = ? ORDER BY number DESC LIMIT 1"
_SET_THREAD = "UPDATE conversation SET thread = ?, link = ? WHERE id = ?"
_LEAVE_THREAD = """
    UPDATE conversation SET thread = NULL, link = '', earlier_thread = ?, earlier_link = ? WHERE id = ?
"""
_SET_COVERED = "UPDATE conversation SET covered = ?, waiting_since = ? WHERE id = ?"
_SET_OWNER = "UPDATE conversation SET owner = ? WHERE id = ?"
_STEER = "UPDATE conversation SET course = ?, steered_by = ?, steered_at = ? WHERE id = ?"
_REOPEN = "UPDATE conversation SET reopened_at = ? WHERE id = ?"
_KEEPING = f"""
    {_SELECT} WHERE waiting_since IS NOT NULL AND waiting_since <= ? AND owner IS NOT NULL
    ORDER BY waiting_since LIMIT ?
"""
_DIDS = "SELECT DISTINCT did FROM conversation"
_IS_OPENING = """
    SELECT 1 FROM entry JOIN name ON name.name = subject AND noun = 'm' JOIN message ON message.position = name.number
    JOIN conversation ON conversation.number = message.conversation
    WHERE entry.state = 'trying' AND kind = 'show-message' AND thread IS NULL
    UNION ALL
    SELECT 1 FROM entry JOIN conversation ON conversation.id = subject
    WHERE entry.state = 'trying' AND kind = 'say-note' AND thread IS NULL
    LIMIT 1
"""
# Three steps into the indexes of `message` for each conversation, however many messages it has.
_ACTIVE = """
    WITH shown (thread, earlier_thread, last) AS MATERIALIZED (
        SELECT thread, earlier_thread, max(
            coalesce((SELECT max(position) FROM message WHERE conversation = number AND is_open = 1), 0),
            coalesce((SELECT max(position) FROM message WHERE conversation = number AND is_open = 0), 0),
            coalesce((SELECT max(position) FROM message WHERE conversation = number AND is_open IS NULL), 0)
        ) FROM conversation WHERE thread IS NOT NULL
    )
    SELECT thread, earlier_thread FROM shown JOIN message ON position = last
    WHERE received_at >= ? OR EXISTS (
        SELECT 1 FROM message AS waiting WHERE waiting.conversation = message.conversation AND waiting.is_open = 1
    )
    ORDER BY last DESC
"""
# The same three steps, for the conversations of a few people.
_ACTIVE_WITH = """
    WITH theirs (id, last) AS MATERIALIZED (
        SELECT id, max(
            coalesce((SELECT max(position) FROM message WHERE message.conversation = number AND is_open = 1), 0),
            coalesce((SELECT max(position) FROM message WHERE message.conversation = number AND is_open = 0), 0),
            coalesce((SELECT max(position) FROM message WHERE message.conversation = number AND is_open IS NULL), 0)
        ) FROM conversation WHERE thread IS NOT NULL AND number IN (
            SELECT participant.conversation FROM participant
            WHERE backwards IN (SELECT value FROM json_each(?) AS claim)
        )
    )
    SELECT theirs.id FROM theirs JOIN message ON position = last
    WHERE received_at >= ? OR EXISTS (
        SELECT 1 FROM message AS waiting WHERE waiting.conversation = message.conversation AND waiting.is_open = 1
    )
    ORDER BY last DESC LIMIT ?
"""


class SqliteConversations:
    __slots__ = ("_execute", "_execute_many")

    def __init__(self, connection: Connection) -> None:
        self._execute = connection.execute
        self._execute_many = connection.executemany

    def open(self, conversation: Conversation) -> None:
        it = conversation
        since = moment_or_none(it.waiting_since)
        people = addresses(it.participants)
        row = (it.id, it.did.value, people, moment(it.opened_at), it.thread, it.link, it.covered, since)
        number = self._execute(_OPEN, row).lastrowid
        self._execute_many(_NUMBER, [(backwards, number) for backwards in endings(it.participants)])

    def get(self, id: ConversationId) -> Conversation | None:
        row = self._execute(_GET, (id,)).fetchone()
        return read_conversation(row) if row else None

    def shown_in(self, thread: ThreadRef) -> Conversation | None:
        row = self._execute(_SHOWN_IN, (thread,)).fetchone()
        return read_conversation(row) if row else None

    def set_thread(self, id: ConversationId, thread: ThreadRef | None, link: str) -> None:
        self._execute(_SET_THREAD, (thread, link, id))

    def leave_thread(self, id: ConversationId, earlier: ThreadRef | None, link: str) -> None:
        self._execute(_LEAVE_THREAD, (earlier, link, id))

    def set_covered(self, id: ConversationId, covered: int, waiting_since: datetime | None) -> None:
        self._execute(_SET_COVERED, (covered, moment_or_none(waiting_since), id))

    def set_owner(self, id: ConversationId, owner: PersonRef | None) -> None:
        self._execute(_SET_OWNER, (owner, id))

    def steer(self, id: ConversationId, course: Course, by: PersonRef | None, at: datetime) -> None:
        self._execute(_STEER, (course.value, by, moment(at), id))

    def reopen(self, id: ConversationId, at: datetime) -> None:
        self._execute(_REOPEN, (moment(at), id))

    def kept_waiting(self, before: datetime, limit: int) -> list[Conversation]:
        return list(map(read_conversation, self._execute(_KEEPING, (moment(before), limit))))

    def dids(self) -> list[PhoneNumber]:
        return [read_number(did) for (did,) in self._execute(_DIDS)]

    def is_opening(self) -> bool:
        return self._execute(_IS_OPENING).fetchone() is not None

    def active_threads(self, since: datetime) -> list[ThreadRef]:
        found = self._execute(_ACTIVE, (moment(since),))
        return [ThreadRef(thread) for both in found for thread in both if thread]

    def active_with(self, addresses: Sequence[Address], since: datetime, limit: int) -> list[ConversationId]:
        listed = json.dumps(sorted(endings(tuple(addresses))))
        return [ConversationId(id) for (id,) in self._execute(_ACTIVE_WITH, (listed, moment(since), limit))]


def read_conversation(row: tuple[Any, ...]) -> Conversation:
    id, did, participants, opened_at, thread, link, covered, waiting_since, *decided = row
    owner, course, steered_by, steered_at, reopened_at, earlier_thread, earlier_link, erasure = decided
    return Conversation(
        id=id,
        did=read_number(did),
        participants=read_addresses(participants),
        opened_at=read_moment(opened_at),
        thread=thread,
        link=link,
        earlier_thread=earlier_thread,
        earlier_link=earlier_link,
        covered=covered,
        waiting_since=read_moment_or_none(waiting_since),
        owner=owner,
        course=Course(course),
        steered_by=steered_by,
        steered_at=read_moment_or_none(steered_at),
        reopened_at=read_moment_or_none(reopened_at),
        is_erased=erasure is not None,
    )

"""What must be true of the tables, asked so that each question is quick: nothing is written here.

The conditions of partial indexes stand word for word in the queries, or SQLite would not use them.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from sqlite3 import Connection

from adapters.sqlite.ledger.columns import moment
from bridge.domain.invariant import Duty

_UNSEEN_REQUEST = """
    SELECT source FROM (
        SELECT source FROM sighting WHERE poison IS NOT NULL ORDER BY number DESC LIMIT 10000
    ) AS recent
    WHERE NOT EXISTS (SELECT 1 FROM trouble WHERE key = 'poison/' || source)
    AND NOT EXISTS (SELECT 1 FROM trouble WHERE key BETWEEN 'unknown-did/' AND 'unknown-did/~') LIMIT 1
"""
_UNASKED_ATTEMPT = "SELECT token FROM entry WHERE state = 'trying' AND ask_at < ? LIMIT 1"
_UNTAKEN_ENTRY = """
    SELECT token FROM entry WHERE is_free = 1 AND due_at < ?
    AND NOT EXISTS (
        SELECT 1 FROM trouble
        WHERE key IN ('blocked/' || destination, 'waiting/' || destination, 'crowd/' || destination)
    ) LIMIT 1
"""
_STUCK_LANE = """
    SELECT entry.token FROM (
        SELECT DISTINCT lane FROM entry WHERE state = 'ready' OR state = 'trying' OR state = 'asked' LIMIT 10000
    ) AS recent
    CROSS JOIN entry ON entry.position = (
        SELECT position FROM entry AS first
        WHERE first.lane = recent.lane AND first.state = 'ready' ORDER BY position LIMIT 1
    )
    WHERE entry.is_free = 0
    AND NOT EXISTS (SELECT 1 FROM entry AS other WHERE other.lane = recent.lane AND other.state = 'trying')
    AND NOT EXISTS (SELECT 1 FROM entry AS other WHERE other.lane = recent.lane AND other.state = 'asked') LIMIT 1
"""
_UNSHOWN_TEXT = """
    SELECT id FROM (
        SELECT id, conversation, position FROM message
        WHERE is_open = 1 AND is_kept = 1 AND received_at < ? ORDER BY received_at DESC LIMIT 10000
    ) AS recent
    WHERE NOT EXISTS (
        SELECT 1 FROM post WHERE post.conversation = recent.conversation AND post.up_to = recent.position
    )
    AND NOT EXISTS (
        SELECT 1 FROM name JOIN entry ON entry.position = name.number
        WHERE name.name = recent.id || '/show/0' AND name.noun = 'e' AND (
            state = 'ready' OR state = 'trying'
            OR state = 'sent' AND EXISTS (SELECT 1 FROM post WHERE post.ref = entry.ref)
            OR state = 'failed' AND EXISTS (
                SELECT 1 FROM trouble WHERE key IN ('not-shown/' || token, 'broken/' || token)
            )
        )
    ) LIMIT 1
"""
_UNMAILED_TEXT = """
    WITH duty (did, recipient, due, quiet_since) AS MATERIALIZED (
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
            json_extract(value, '$[3]')
        FROM json_each(?1) AS claim
    )
    SELECT recent.id FROM (
        SELECT message.id, message.did, max(received_at, coalesce(reopened_at, '')) AS received_at
        FROM message JOIN conversation ON number = message.conversation
        WHERE is_open = 1 AND received_at <= ?2 ORDER BY message.received_at DESC LIMIT 10000
    ) AS recent
    CROSS JOIN duty ON duty.did = recent.did AND recent.received_at <= duty.due
    WHERE NOT EXISTS (
        SELECT 1 FROM digest_member WHERE message = recent.id AND recipient = duty.recipient AND is_new = 1
    )
    AND NOT EXISTS (SELECT 1 FROM digest WHERE recipient = duty.recipient AND frozen_at > duty.quiet_since) LIMIT 1
"""
_TEXT_MAILED_TWICE = """
    SELECT message FROM (
        SELECT id FROM message WHERE is_open = 1 ORDER BY received_at DESC LIMIT 10000
    ) AS recent
    CROSS JOIN digest_member ON message = recent.id AND is_new = 1
    GROUP BY message, recipient HAVING count(*) > 1 LIMIT 1
"""
# What a person says has arrived has no reference, and its last attempt no good end.
_SENT_WITHOUT_REFERENCE = """
    SELECT token FROM (
        SELECT token, position, fence, kind, state, ref FROM entry
        WHERE finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT 10000
    ) AS recent
    WHERE state = 'sent' AND ref = '' AND kind IN ('show-message', 'say-note', 'upload-file', 'send-sms')
    AND (kind <> 'send-sms' OR 'sent' = (
        SELECT outcome FROM attempt WHERE attempt.entry = recent.position AND attempt.fence = recent.fence
    )) LIMIT 1
"""
_REFERENCE_TWICE = """
    SELECT token FROM (
        SELECT token, position, kind, ref FROM entry WHERE finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT 10000
    ) AS recent
    WHERE recent.kind = 'send-sms' AND EXISTS (
        SELECT 1 FROM entry
        WHERE kind = 'send-sms' AND ref <> '' AND entry.ref = recent.ref AND entry.position <> recent.position
    ) LIMIT 1
"""


class SqliteInvariants:
    __slots__ = ("_execute",)

    def __init__(self, connection: Connection) -> None:
        self._execute = connection.execute

    def unseen_request(self) -> str:
        return self._example(_UNSEEN_REQUEST)

    def unasked_attempt(self, before: datetime) -> str:
        return self._example(_UNASKED_ATTEMPT, moment(before))

    def untaken_entry(self, before: datetime) -> str:
        return self._example(_UNTAKEN_ENTRY, moment(before))

    def stuck_lane(self) -> str:
        return self._example(_STUCK_LANE)

    def unshown_text(self, before: datetime) -> str:
        return self._example(_UNSHOWN_TEXT, moment(before))

    def unmailed_text(self, duties: Sequence[Duty]) -> str:
        if not duties:
            return ""
        written = [(duty.did.value, duty.recipient, moment(duty.due), moment(duty.quiet_since)) for duty in duties]
        return self._example(_UNMAILED_TEXT, json.dumps(written), max(due for _, _, due, _ in written))

    def text_mailed_twice(self) -> str:
        return self._example(_TEXT_MAILED_TWICE)

    def sent_without_reference(self) -> str:
        return self._example(_SENT_WITHOUT_REFERENCE)

    def reference_twice(self) -> str:
        return self._example(_REFERENCE_TWICE)

    def _example(self, query: str, *asked: str) -> str:
        row = self._execute(query, asked).fetchone()
        return str(row[0]) if row else ""

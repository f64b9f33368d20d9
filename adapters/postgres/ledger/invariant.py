"""What must be true of the tables, asked so that each question is quick: nothing is written or locked here.

Each question is one statement, and so sees one moment, whatever other daemons commit meanwhile.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg import Connection

from adapters.postgres.ledger.columns import Row
from bridge.domain.invariant import Duty

_UNSEEN_REQUEST = """
    SELECT source FROM (
        SELECT source FROM sighting WHERE poison IS NOT NULL ORDER BY number DESC LIMIT 10000
    ) AS recent
    WHERE NOT EXISTS (SELECT 1 FROM trouble WHERE key = 'poison/' || source OR starts_with(key, 'unknown-did/')) LIMIT 1
"""
_UNASKED_ATTEMPT = "SELECT token FROM entry WHERE state = 'trying' AND ask_at < %s LIMIT 1"
_UNTAKEN_ENTRY = """
    SELECT token FROM entry WHERE is_free AND due_at < %s
    AND NOT EXISTS (
        SELECT 1 FROM trouble
        WHERE key IN ('blocked/' || destination, 'waiting/' || destination, 'crowd/' || destination)
    ) LIMIT 1
"""
_STUCK_LANE = """
    SELECT first.token FROM (
        SELECT DISTINCT lane FROM entry WHERE state IN ('ready', 'trying', 'asked') LIMIT 10000
    ) AS recent
    CROSS JOIN LATERAL (
        SELECT token, is_free FROM entry WHERE entry.lane = recent.lane AND state = 'ready' ORDER BY position LIMIT 1
    ) AS first
    WHERE NOT first.is_free
    AND NOT EXISTS (SELECT 1 FROM entry WHERE entry.lane = recent.lane AND state IN ('trying', 'asked')) LIMIT 1
"""
_UNSHOWN_TEXT = """
    SELECT id FROM (
        SELECT id, conversation, position FROM message
        WHERE is_open AND is_kept AND received_at < %s ORDER BY received_at DESC LIMIT 10000
    ) AS recent
    WHERE NOT EXISTS (
        SELECT 1 FROM post WHERE post.conversation = recent.conversation AND post.up_to = recent.position
    )
    AND NOT EXISTS (
        SELECT 1 FROM entry WHERE entry.id = recent.id || '/show/0' AND (
            state IN ('ready', 'trying')
            OR state = 'sent' AND EXISTS (SELECT 1 FROM post WHERE post.ref = entry.ref)
            OR state = 'failed' AND EXISTS (
                SELECT 1 FROM trouble WHERE key IN ('not-shown/' || token, 'broken/' || token)
            )
        )
    ) LIMIT 1
"""
_UNMAILED_TEXT = """
    SELECT recent.id FROM (
        SELECT message.id, message.did, greatest(received_at, reopened_at) AS received_at
        FROM message JOIN conversation ON number = message.conversation
        WHERE is_open AND received_at <= %(last)s ORDER BY message.received_at DESC LIMIT 10000
    ) AS recent
    JOIN unnest(%(dids)s::text[], %(recipients)s::text[], %(dues)s::timestamptz[], %(quiet)s::timestamptz[])
        AS duty (did, recipient, due, quiet_since) ON duty.did = recent.did AND recent.received_at <= duty.due
    WHERE NOT EXISTS (
        SELECT 1 FROM digest_member
        WHERE digest_member.message = recent.id AND digest_member.recipient = duty.recipient AND is_new
    )
    AND NOT EXISTS (
        SELECT 1 FROM digest WHERE digest.recipient = duty.recipient AND digest.frozen_at > duty.quiet_since
    ) LIMIT 1
"""
_TEXT_MAILED_TWICE = """
    SELECT message FROM (
        SELECT id FROM message WHERE is_open ORDER BY received_at DESC LIMIT 10000
    ) AS recent
    JOIN digest_member ON message = recent.id AND is_new GROUP BY message, recipient HAVING count(*) > 1 LIMIT 1
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
    SELECT recent.token FROM (
        SELECT token, position, kind, ref FROM entry WHERE finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT 10000
    ) AS recent
    WHERE recent.kind = 'send-sms' AND EXISTS (
        SELECT 1 FROM entry
        WHERE kind = 'send-sms' AND ref <> '' AND entry.ref = recent.ref AND entry.position <> recent.position
    ) LIMIT 1
"""


class PostgresInvariants:
    __slots__ = ("_execute",)

    def __init__(self, connection: Connection[Row]) -> None:
        self._execute = connection.execute

    def unseen_request(self) -> str:
        return self._example(_UNSEEN_REQUEST)

    def unasked_attempt(self, before: datetime) -> str:
        return self._example(_UNASKED_ATTEMPT, (before,))

    def untaken_entry(self, before: datetime) -> str:
        return self._example(_UNTAKEN_ENTRY, (before,))

    def stuck_lane(self) -> str:
        return self._example(_STUCK_LANE)

    def unshown_text(self, before: datetime) -> str:
        return self._example(_UNSHOWN_TEXT, (before,))

    def unmailed_text(self, duties: Sequence[Duty]) -> str:
        if not duties:
            return ""
        asked = {
            "dids": [duty.did.value for duty in duties],
            "recipients": [duty.recipient for duty in duties],
            "dues": [duty.due for duty in duties],
            "quiet": [duty.quiet_since for duty in duties],
            "last": max(duty.due for duty in duties),
        }
        return self._example(_UNMAILED_TEXT, asked)

    def text_mailed_twice(self) -> str:
        return self._example(_TEXT_MAILED_TWICE)

    def sent_without_reference(self) -> str:
        return self._example(_SENT_WITHOUT_REFERENCE)

    def reference_twice(self) -> str:
        return self._example(_REFERENCE_TWICE)

    def _example(self, query: str, asked: Any = None) -> str:
        row = self._execute(query, asked).fetchone()
        return str(row[0]) if row else ""

"""The tables `entry` and `attempt`: wishes not yet fulfilled, the lanes they stand in, every try of them.

What may be taken is marked as it comes about (`is_free`), so that taking the next costs the same whether ten entries
wait or a hundred thousand. SQLite uses a partial index only where its condition stands in the query, word for word.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from operator import itemgetter
from sqlite3 import Connection

from adapters.sqlite.ledger.columns import moment, read_moment
from adapters.sqlite.ledger.entry import COLUMNS, SELECT, change_row, entry_row, read_entry
from bridge.domain.ids import CarrierRef, EntryId, EntryToken, MessageId
from bridge.domain.outbox import Claim, EntryChange, EntryState, OutboxEntry, Settlement, WishKind

_NAME = """
    INSERT INTO name (name, noun, number) VALUES (?, 'e', (SELECT coalesce(max(position), 0) + 1 FROM entry))
    ON CONFLICT (name, noun) DO NOTHING
"""
_ENQUEUE = """
    INSERT INTO entry (
        id, token, lane, destination, kind, subject, part, detail, state, status, fence, tries, looks, started_at,
        due_at, ask_at, is_repeat, ref, unsure_since, enqueued_at, is_free
    ) VALUES (
        ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
        ?9 = 'ready' AND NOT EXISTS (
            SELECT 1 FROM entry WHERE lane = ?3 AND (state = 'ready' OR state = 'trying' OR state = 'asked')
        )
    )
"""
_IS_AMENDING = "SELECT 1 FROM entry WHERE lane = ? AND state = 'ready' LIMIT 1"
# From one destination to the next by the index, instead of over all the lanes of each.
_DESTINATIONS = """
    WITH RECURSIVE each (destination) AS (
        SELECT min(destination) FROM entry WHERE is_free = 1
        UNION ALL
        SELECT (SELECT min(destination) FROM entry WHERE is_free = 1 AND entry.destination > each.destination)
        FROM each WHERE each.destination IS NOT NULL
    )
    SELECT destination FROM each WHERE EXISTS (
        SELECT 1 FROM entry WHERE is_free = 1 AND entry.destination = each.destination AND due_at <= ?
    )
"""
_CROWDED = """
    SELECT destination FROM entry WHERE is_free = 1 AND due_at <= ? GROUP BY destination HAVING count(*) > ?
    ORDER BY destination
"""
_NEXT_DUE = "SELECT min(due_at) FROM entry WHERE is_free = 1 AND due_at > ?"
_HASTEN = """
    UPDATE entry SET due_at = ?1 WHERE is_free = 1 AND due_at > ?1 AND destination >= ?2 AND destination < ?3
"""
_CLAIM = """
    UPDATE entry
    SET state = 'trying', is_free = 0, fence = fence + 1, tries = tries + 1, owner = ?, started_at = ?, ask_at = ?
    WHERE position IN (
        SELECT position FROM entry WHERE is_free = 1 AND destination = ? AND due_at <= ? ORDER BY position LIMIT ?
    )
"""
_TAKE = f"{_CLAIM} RETURNING position, {COLUMNS}"
# One head of each destination, and whether there are more: in a rush nearly all destinations have one.
_CLAIM_FIRST = """
    UPDATE entry
    SET state = 'trying', is_free = 0, fence = fence + 1, tries = tries + 1, owner = ?1, started_at = ?2,
        ask_at = json_extract(claim.value, '$[1]')
    FROM json_each(?3) AS claim
    WHERE position = (
        SELECT min(position) FROM entry
        WHERE is_free = 1 AND destination = json_extract(claim.value, '$[0]') AND due_at <= ?2
    )
"""
_HAS_MORE = """EXISTS (
    SELECT 1 FROM entry AS other WHERE is_free = 1 AND other.destination = entry.destination AND due_at <= ?2
)"""
_TAKE_FIRST = f"{_CLAIM_FIRST} RETURNING position, {COLUMNS}, {_HAS_MORE}"
_TRY = "INSERT INTO attempt (entry, fence, owner, started_at) VALUES (?, ?, ?, ?)"
_END = """
    UPDATE attempt SET ended_at = coalesce(ended_at, ?1), outcome = coalesce(outcome, ?2),
        ref = CASE WHEN ?3 = '' THEN ref ELSE ?3 END, excerpt = coalesce(excerpt, ?4)
    WHERE entry = (SELECT number FROM name WHERE name = ?5 AND noun = 'e') AND fence = ?6
"""
_CHANGE = """
    UPDATE entry
    SET state = coalesce(?1, state), status = coalesce(?2, status), due_at = coalesce(?3, due_at),
        ask_at = coalesce(?4, ask_at), looks = coalesce(?5, looks), is_repeat = coalesce(?6, is_repeat),
        ref = coalesce(?7, ref), detail = coalesce(?8, detail),
        unsure_since = CASE WHEN ?9 THEN NULL ELSE unsure_since END,
        finished_at = CASE WHEN coalesce(?1, state) IN ('sent', 'failed', 'cancelled') THEN ?10 END,
        is_free = is_free AND coalesce(?1, state) = 'ready'
    WHERE position = (SELECT number FROM name WHERE name = ?11 AND noun = 'e')
"""
_SETTLE = f"{_CHANGE} AND fence = ?12 AND state = 'trying'"
_CLOSE_LANE = "UPDATE entry SET is_free = 0 WHERE lane = ? AND state = 'ready' AND is_free = 1"
_FREE_LANE = """
    UPDATE entry SET is_free = 1
    WHERE position = (SELECT min(position) FROM entry WHERE lane = ?1 AND state = 'ready')
    AND NOT EXISTS (SELECT 1 FROM entry WHERE lane = ?1 AND state = 'trying')
    AND NOT EXISTS (SELECT 1 FROM entry WHERE lane = ?1 AND state = 'asked')
"""
_POSITION = "(SELECT number FROM name WHERE name = ? AND noun = 'e')"
_UNTRIED = f"{SELECT} WHERE lane = ? AND state = 'ready' AND tries = 0 ORDER BY position"
_BEHIND = "SELECT max(position) + 1 FROM entry"
_RENUMBER = "UPDATE name SET number = ? WHERE name = ? AND noun = 'e'"
_MOVE = "UPDATE entry SET position = ? WHERE position = ? AND state = 'ready' AND tries = 0 RETURNING lane"
# The sign keeps SQLite from walking along all positions.
_READY = f"""
    {SELECT} WHERE (state = 'ready' OR state = 'trying' OR state = 'asked') AND state = 'ready'
    AND kind IN (SELECT value FROM json_each(?) AS claim) ORDER BY +position
"""
_READDRESS = f"""
    UPDATE entry SET destination = ?, lane = ?, is_free = 0 WHERE position = {_POSITION} AND state = 'ready'
"""
_GET = f"{SELECT} WHERE position = {_POSITION}"
_BY_TOKEN = f"{SELECT} WHERE kind = 'send-sms' AND token = ?"
_BY_REF = f"{SELECT} WHERE kind = 'send-sms' AND ref = ?1 AND ref <> '' ORDER BY position DESC LIMIT 1"
_OF_MESSAGE = f"{SELECT} WHERE kind = 'send-sms' AND subject = ? ORDER BY position"
_HELD = f"{SELECT} WHERE state = 'held' AND lane = ? AND detail = ? ORDER BY position LIMIT ?"
_HELD_UNTIL = f"""
    {SELECT} WHERE state = 'held' AND detail = ? AND due_at <= ? ORDER BY due_at, position LIMIT ?
"""
_UNRESOLVED = f"{SELECT} WHERE state = 'trying' AND ask_at <= ? ORDER BY ask_at, position LIMIT ?"
_UNENDED = """
    SELECT count(*) FROM attempt
    WHERE entry = (SELECT number FROM name WHERE name = ? AND noun = 'e')
    AND (ended_at IS NULL OR outcome = 'interrupted')
"""
_UNCLEAR = """
    SELECT count(*) FROM attempt
    WHERE entry = (SELECT number FROM name WHERE name = ? AND noun = 'e') AND outcome = 'uncertain'
"""
_TAKEN_REFS = "SELECT ref FROM entry WHERE kind = 'send-sms' AND lane = ? AND started_at >= ? AND ref <> ''"
_DOUBT = """
    UPDATE entry SET unsure_since = enqueued_at
    WHERE state IN ('ready', 'trying', 'asked', 'held') AND kind IN (SELECT value FROM json_each(?))
"""
_ASK_ANEW = (
    "UPDATE entry SET state = 'ready', is_free = 0 WHERE state = 'asked' AND unsure_since IS NOT NULL RETURNING lane"
)
_FINISHED = """
    SELECT position, id, kind FROM entry WHERE finished_at IS NOT NULL AND finished_at < ? ORDER BY finished_at LIMIT ?
"""
_DROP = "DELETE FROM entry WHERE position = ?"
_DROP_NAME = "DELETE FROM name WHERE name = ? AND noun = 'e'"
_DROP_ATTEMPTS = "DELETE FROM attempt WHERE entry = ?"
# The name of an SMS stays for ever: nothing may make it go out again.
_BLANK = "UPDATE entry SET detail = '', finished_at = NULL WHERE position = ?"

_DESTINATION = 4  # which column of what a take returns
_EXCERPT = 500  # characters of what a world answered


class SqliteOutbox:
    __slots__ = ("_execute", "_execute_many", "_now", "has_stirred")

    def __init__(self, connection: Connection, now: Callable[[], datetime]) -> None:
        self._execute = connection.execute
        self._execute_many = connection.executemany
        self._now = now
        self.has_stirred = False  # an entry may have become ready; whoever commits puts it back

    def enqueue(self, entry: OutboxEntry) -> bool:
        if not self._execute(_NAME, (entry.id,)).rowcount:
            return False
        self._execute(_ENQUEUE, (*entry_row(entry), moment(self._now())))
        self.has_stirred = True
        return True

    def is_amending(self, lane: str) -> bool:
        return self._execute(_IS_AMENDING, (lane,)).fetchone() is not None

    def untried(self, lane: str) -> list[OutboxEntry]:
        return list(map(read_entry, self._execute(_UNTRIED, (lane,))))

    def move_back(self, id: EntryId) -> None:
        (behind,) = self._execute(_BEHIND).fetchone()
        (position,) = self._execute(f"SELECT {_POSITION}", (id,)).fetchone()
        moved = self._execute(_MOVE, (behind, position)).fetchall()
        for (lane,) in moved:
            self._execute(_RENUMBER, (behind, id))
            self._execute(_CLOSE_LANE, (lane,))
            self._free(lane)

    def ready(self, kinds: Sequence[WishKind]) -> list[OutboxEntry]:
        return list(map(read_entry, self._execute(_READY, (json.dumps(kinds),))))

    def readdress(self, id: EntryId, destination: str, lane: str) -> None:
        before = self.get(id)
        if before and self._execute(_READDRESS, (destination, lane, id)).rowcount:
            self._execute(_CLOSE_LANE, (lane,))  # it may stand before what was free until now
            self._free(lane)
            self._free(before.lane)

    def destinations(self, now: datetime) -> list[str]:
        return [destination for (destination,) in self._execute(_DESTINATIONS, (moment(now),))]

    def crowded(self, more_than: int, now: datetime) -> list[str]:
        return [destination for (destination,) in self._execute(_CROWDED, (moment(now), more_than))]

    def next_due(self, now: datetime) -> datetime | None:
        (due_at,) = self._execute(_NEXT_DUE, (moment(now),)).fetchone()
        return read_moment(due_at) if due_at else None

    def hasten(self, world: str, now: datetime) -> None:
        """Use the order of ASCII: '.' and '/' stand side by side, and '0' behind them."""
        self.has_stirred |= self._execute(_HASTEN, (moment(now), f"{world}.", f"{world}0")).rowcount > 0

    def take(self, claims: Sequence[Claim], owner: str, now: datetime) -> list[OutboxEntry]:
        at = moment(now)
        rows = []
        if len(claims) > 1:
            written = json.dumps([(claim.destination, moment(claim.ask_at)) for claim in claims])
            first = self._execute(_TAKE_FIRST, (owner, at, written)).fetchall()
            crowded = {row[_DESTINATION] for row in first if row[-1]}
            rows = [row[:-1] for row in first]
            claims = [claim._replace(limit=claim.limit - 1) for claim in claims if claim.destination in crowded]
        for destination, limit, ask_at in claims:
            rows += self._execute(_TAKE, (owner, at, moment(ask_at), destination, at, limit)).fetchall()
        rows.sort(key=itemgetter(0))
        taken = [(position, read_entry(row)) for position, *row in rows]
        if taken:
            self._execute_many(_TRY, [(position, entry.fence, owner, at) for position, entry in taken])
        return [entry for _, entry in taken]

    def settle(self, entry: OutboxEntry, settlement: Settlement, change: EntryChange, now: datetime) -> bool:
        ended_at, excerpt = moment(now), settlement.detail[:_EXCERPT]
        self._execute(_END, (ended_at, settlement.outcome.value, settlement.ref, excerpt, entry.id, entry.fence))
        is_held = self._execute(_SETTLE, (*change_row(change), ended_at, entry.id, entry.fence)).rowcount > 0
        if is_held:
            self._free(entry.lane)
        return is_held

    def alter(self, id: EntryId, change: EntryChange) -> None:
        self._execute(_CHANGE, (*change_row(change), moment(self._now()), id))
        self.has_stirred |= change.due_at is not None
        if change.state is not None and (entry := self.get(id)):
            if change.state in (EntryState.READY, EntryState.ASKED):  # it may stand before what was free until now
                self._execute(_CLOSE_LANE, (entry.lane,))
            self._free(entry.lane)

    def get(self, id: EntryId) -> OutboxEntry | None:
        return self._one(_GET, id)

    def by_token(self, token: EntryToken) -> OutboxEntry | None:
        return self._one(_BY_TOKEN, token)

    def by_ref(self, ref: CarrierRef) -> OutboxEntry | None:
        return self._one(_BY_REF, ref)

    def of_message(self, message: MessageId) -> list[OutboxEntry]:
        return list(map(read_entry, self._execute(_OF_MESSAGE, (message,))))

    def held(self, lane: str, detail: str, limit: int) -> list[OutboxEntry]:
        return list(map(read_entry, self._execute(_HELD, (lane, detail, limit))))

    def held_until(self, moment_: datetime, detail: str, limit: int) -> list[OutboxEntry]:
        return list(map(read_entry, self._execute(_HELD_UNTIL, (detail, moment(moment_), limit))))

    def unresolved(self, now: datetime, limit: int) -> list[OutboxEntry]:
        return list(map(read_entry, self._execute(_UNRESOLVED, (moment(now), limit))))

    def unended(self, id: EntryId) -> int:
        return int(self._execute(_UNENDED, (id,)).fetchone()[0])

    def unclear(self, id: EntryId) -> int:
        return int(self._execute(_UNCLEAR, (id,)).fetchone()[0])

    def taken_refs(self, lane: str, since: datetime) -> frozenset[CarrierRef]:
        return frozenset(CarrierRef(ref) for (ref,) in self._execute(_TAKEN_REFS, (lane, moment(since))))

    def doubt(self, kinds: Sequence[WishKind]) -> int:
        count = self._execute(_DOUBT, (json.dumps(kinds),)).rowcount
        for (lane,) in self._execute(_ASK_ANEW).fetchall():
            self._execute(_CLOSE_LANE, (lane,))
            self._free(lane)
        return count

    def forget(self, before: datetime, limit: int) -> int:
        """Drop what is finished, with its attempts; of an SMS the name stays."""
        finished = self._execute(_FINISHED, (moment(before), limit)).fetchall()
        for position, id, kind in finished:
            self._execute(_DROP_ATTEMPTS, (position,))
            if kind == WishKind.SEND_SMS.value:
                self._execute(_BLANK, (position,))
            else:
                self._execute(_DROP, (position,))
                self._execute(_DROP_NAME, (id,))
        return len(finished)

    def _free(self, lane: str) -> None:
        """Mark the first ready entry of a lane in which nothing is being tried or asked about."""
        self.has_stirred |= self._execute(_FREE_LANE, (lane,)).rowcount > 0

    def _one(self, query: str, value: str) -> OutboxEntry | None:
        row = self._execute(query, (value,)).fetchone()
        return read_entry(row) if row else None

"""The tables `entry` and `attempt`: wishes not yet fulfilled, the lanes they stand in, every try of them.

What may be taken is marked as it comes about (`is_free`), so that taking the next costs the same whether ten entries
wait or a hundred thousand. Whoever changes a lane holds its lock. Whoever takes does not: he locks the rows that he
takes, and what another has locked he leaves for later.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from psycopg import Connection

from adapters.postgres.ledger import lock
from adapters.postgres.ledger.columns import Row
from adapters.postgres.ledger.entry import SELECT, change_row, entry_row, read_entry
from bridge.domain.ids import CarrierRef, EntryId, EntryToken, MessageId
from bridge.domain.outbox import Claim, EntryChange, EntryState, OutboxEntry, Settlement, WishKind

_ENQUEUE = """
    INSERT INTO entry (
        id, token, lane, destination, kind, subject, part, detail, state, status, fence, tries, looks, started_at,
        due_at, ask_at, is_repeat, ref, unsure_since, enqueued_at, is_free
    ) VALUES (
        %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s,
        %s AND NOT EXISTS (SELECT 1 FROM entry WHERE lane = %s AND state IN ('ready', 'trying', 'asked'))
    )
    ON CONFLICT (id) DO NOTHING
"""
# It is held until we commit, or another could take it now and say what was true before. One that is being taken does
# not count. The last one, because it stands least in the way.
_AMENDING = """
    SELECT is_free FROM entry WHERE lane = %s AND state = 'ready' ORDER BY position DESC LIMIT 1
    FOR NO KEY UPDATE SKIP LOCKED
"""
# From one destination to the next by the index, instead of over all the lanes of each.
_DESTINATIONS = """
    WITH RECURSIVE each (destination) AS (
        SELECT min(destination) FROM entry WHERE is_free
        UNION ALL
        SELECT (SELECT min(destination) FROM entry WHERE is_free AND entry.destination > each.destination)
        FROM each WHERE each.destination IS NOT NULL
    )
    SELECT destination FROM each WHERE EXISTS (
        SELECT 1 FROM entry WHERE is_free AND entry.destination = each.destination AND due_at <= %s
    )
"""
_CROWDED = """
    SELECT destination FROM entry WHERE is_free AND due_at <= %s GROUP BY destination HAVING count(*) > %s
    ORDER BY destination
"""
_NEXT_DUE = "SELECT min(due_at) FROM entry WHERE is_free AND due_at > %s"
_HASTEN = """
    UPDATE entry SET due_at = %(now)s WHERE position IN (
        SELECT position FROM entry
        WHERE is_free AND due_at > %(now)s AND substr(destination, 1, length(%(world)s) + 1) = ANY(%(places)s)
        FOR NO KEY UPDATE SKIP LOCKED
    )
"""
_TAKE = """
    WITH head (number, due_answer) AS MATERIALIZED (
        SELECT position, claim.ask_at
        FROM unnest(%(destinations)s::text[], %(limits)s::int[], %(ask_ats)s::timestamptz[])
            AS claim (destination, most, ask_at)
        CROSS JOIN LATERAL (
            SELECT position FROM entry WHERE is_free AND entry.destination = claim.destination AND due_at <= %(now)s
            ORDER BY position LIMIT claim.most FOR NO KEY UPDATE SKIP LOCKED
        ) AS free
    ), taken AS (
        UPDATE entry
        SET state = 'trying', is_free = false, fence = fence + 1, tries = tries + 1, owner = %(owner)s,
            started_at = %(now)s, ask_at = due_answer
        FROM head WHERE position = number
        RETURNING position, id, token, lane, destination, kind, subject, part, detail, state, status, fence, tries,
            looks, started_at, due_at, ask_at, is_repeat, ref, unsure_since
    ), tried AS (
        INSERT INTO attempt (entry, fence, owner, started_at) SELECT position, fence, %(owner)s, %(now)s FROM taken
    )
    SELECT * FROM taken ORDER BY position
"""
_END = """
    UPDATE attempt SET ended_at = coalesce(attempt.ended_at, %(now)s), outcome = coalesce(outcome, %(outcome)s),
        ref = coalesce(nullif(%(ref)s, ''), attempt.ref), excerpt = coalesce(excerpt, %(excerpt)s)
    FROM entry WHERE entry.position = attempt.entry AND entry.id = %(id)s AND attempt.fence = %(fence)s
"""
_CHANGE = """
    UPDATE entry
    SET state = coalesce(%(state)s, state), status = coalesce(%(status)s, status),
        due_at = coalesce(%(due_at)s, due_at), ask_at = coalesce(%(ask_at)s, ask_at),
        looks = coalesce(%(looks)s, looks), is_repeat = coalesce(%(is_repeat)s, is_repeat),
        ref = coalesce(%(ref)s, ref), detail = coalesce(%(detail)s, detail),
        unsure_since = CASE WHEN %(is_sure)s THEN NULL ELSE unsure_since END,
        finished_at = CASE WHEN coalesce(%(state)s, state) IN ('sent', 'failed', 'cancelled') THEN %(now)s END,
        is_free = is_free AND coalesce(%(state)s, state) = 'ready'
    WHERE id = %(id)s
"""
_SETTLE = f"{_CHANGE} AND fence = %(fence)s AND state = 'trying'"
_ALTER = f"{_CHANGE} RETURNING lane"
_CLOSE_LANE = "UPDATE entry SET is_free = false WHERE lane = %s AND state = 'ready' AND is_free"
_FREE_LANE = """
    UPDATE entry SET is_free = true
    WHERE position = (SELECT min(position) FROM entry WHERE lane = %(lane)s AND state = 'ready') AND NOT is_free
    AND NOT EXISTS (SELECT 1 FROM entry WHERE lane = %(lane)s AND state IN ('trying', 'asked'))
"""
_UNTRIED = f"""
    {SELECT} WHERE lane = %s AND state = 'ready' AND tries = 0 ORDER BY position FOR NO KEY UPDATE SKIP LOCKED
"""
_MOVE = """
    UPDATE entry SET position = DEFAULT WHERE id = %s AND state = 'ready' AND tries = 0 RETURNING lane
"""
_READY = f"""
    {SELECT} WHERE state IN ('ready', 'trying', 'asked') AND state = 'ready' AND kind = ANY(%s::text[])
    ORDER BY position
"""
_READDRESS = """
    UPDATE entry SET destination = %s, lane = %s, is_free = false WHERE id = %s AND state = 'ready'
"""
_LANE_OF_ID = f"{lock.LANE_OF_ENTRY} WHERE id = %s"
_LANE_OF_TOKEN = f"{lock.LANE_OF_ENTRY} WHERE kind = 'send-sms' AND token = %s"
_GET = f"{SELECT} WHERE id = %s"
_BY_TOKEN = f"{SELECT} WHERE kind = 'send-sms' AND token = %s"
_BY_REF = "SELECT id FROM entry WHERE kind = 'send-sms' AND ref = %s AND ref <> '' ORDER BY position DESC LIMIT 1"
_OF_MESSAGE = f"{SELECT} WHERE kind = 'send-sms' AND subject = %s ORDER BY position"
_HELD = f"{SELECT} WHERE state = 'held' AND lane = %s AND detail = %s ORDER BY position LIMIT %s"
_HELD_UNTIL = f"""
    {SELECT} WHERE state = 'held' AND detail = %s AND due_at <= %s ORDER BY due_at, position LIMIT %s
"""
_UNRESOLVED = f"{SELECT} WHERE state = 'trying' AND ask_at <= %s ORDER BY ask_at, position LIMIT %s"
_UNENDED = """
    SELECT count(*) FROM attempt
    WHERE entry = (SELECT position FROM entry WHERE id = %s) AND (ended_at IS NULL OR outcome = 'interrupted')
"""
_UNCLEAR = """
    SELECT count(*) FROM attempt
    WHERE entry = (SELECT position FROM entry WHERE id = %s) AND outcome = 'uncertain'
"""
_TAKEN_REFS = "SELECT ref FROM entry WHERE kind = 'send-sms' AND lane = %s AND started_at >= %s AND ref <> ''"
_DOUBT = """
    UPDATE entry SET unsure_since = enqueued_at
    WHERE state IN ('ready', 'trying', 'asked', 'held') AND kind = ANY(%s::text[])
"""
_ASKED_LANES = "SELECT DISTINCT lane FROM entry WHERE state = 'asked' AND unsure_since IS NOT NULL ORDER BY lane"
_ASK_ANEW = """
    UPDATE entry SET state = 'ready', is_free = false WHERE lane = %s AND state = 'asked' AND unsure_since IS NOT NULL
"""
_FINISHED = """
    SELECT position FROM entry WHERE finished_at IS NOT NULL AND finished_at < %s ORDER BY finished_at LIMIT %s
    FOR UPDATE SKIP LOCKED
"""
_DROP_ATTEMPTS = "DELETE FROM attempt WHERE entry = ANY(%s::bigint[])"
# The name of an SMS stays for ever: nothing may make it go out again.
_BLANK = "UPDATE entry SET detail = '', finished_at = NULL WHERE position = ANY(%s::bigint[]) AND kind = 'send-sms'"
_DROP = "DELETE FROM entry WHERE position = ANY(%s::bigint[]) AND kind <> 'send-sms'"

_EXCERPT = 500  # characters of what a world answered


class PostgresOutbox:
    __slots__ = ("_execute", "_now", "has_stirred")

    def __init__(self, connection: Connection[Row], now: Callable[[], datetime]) -> None:
        self._execute = connection.execute
        self._now = now
        self.has_stirred = False  # an entry may have become ready; whoever commits puts it back

    def enqueue(self, entry: OutboxEntry) -> bool:
        self._lock(entry.lane)
        row = (*entry_row(entry), self._now(), entry.state is EntryState.READY, entry.lane)
        is_new = self._execute(_ENQUEUE, row).rowcount > 0
        self.has_stirred |= is_new
        return is_new

    def is_amending(self, lane: str) -> bool:
        held = self._execute(_AMENDING, (lane,)).fetchone()
        self.has_stirred |= held is not None and held[0]  # whoever has left it for later is told to look again
        return held is not None

    def untried(self, lane: str) -> list[OutboxEntry]:
        """Return them, held until we commit; one that is being taken is tried."""
        self._lock(lane)
        return list(map(read_entry, self._execute(_UNTRIED, (lane,))))

    def move_back(self, id: EntryId) -> None:
        self._execute(_LANE_OF_ID, (id,))
        for (lane,) in self._execute(_MOVE, (id,)).fetchall():
            self._execute(_CLOSE_LANE, (lane,))
            self._free(lane)

    def ready(self, kinds: Sequence[WishKind]) -> list[OutboxEntry]:
        return list(map(read_entry, self._execute(_READY, (list(kinds),))))

    def readdress(self, id: EntryId, destination: str, lane: str) -> None:
        before = self.get(id)
        self._lock(lane)
        if before and self._execute(_READDRESS, (destination, lane, id)).rowcount:
            self._execute(_CLOSE_LANE, (lane,))  # it may stand before what was free until now
            self._free(lane)
            self._free(before.lane)

    def destinations(self, now: datetime) -> list[str]:
        return [destination for (destination,) in self._execute(_DESTINATIONS, (now,))]

    def crowded(self, more_than: int, now: datetime) -> list[str]:
        return [destination for (destination,) in self._execute(_CROWDED, (now, more_than))]

    def next_due(self, now: datetime) -> datetime | None:
        row = self._execute(_NEXT_DUE, (now,)).fetchone()
        return row[0] if row else None

    def hasten(self, world: str, now: datetime) -> None:
        asked = {"now": now, "world": world, "places": [f"{world}/", f"{world}."]}
        self.has_stirred |= self._execute(_HASTEN, asked).rowcount > 0

    def take(self, claims: Sequence[Claim], owner: str, now: datetime) -> list[OutboxEntry]:
        destinations, limits, ask_ats = map(list, zip(*claims, strict=True)) if claims else ([], [], [])
        asked = {"destinations": destinations, "limits": limits, "ask_ats": ask_ats, "owner": owner, "now": now}
        return [read_entry(row) for _, *row in self._execute(_TAKE, asked)]

    def settle(self, entry: OutboxEntry, settlement: Settlement, change: EntryChange, now: datetime) -> bool:
        self._lock(entry.lane)
        of = {"id": entry.id, "fence": entry.fence, "now": now}
        excerpt = settlement.detail[:_EXCERPT]
        self._execute(_END, of | {"outcome": settlement.outcome.value, "ref": settlement.ref, "excerpt": excerpt})
        is_held = self._execute(_SETTLE, of | change_row(change)).rowcount > 0
        if is_held:
            self._free(entry.lane)
        return is_held

    def alter(self, id: EntryId, change: EntryChange) -> None:
        self._execute(_LANE_OF_ID, (id,))
        altered = self._execute(_ALTER, change_row(change) | {"id": id, "now": self._now()}).fetchone()
        self.has_stirred |= change.due_at is not None
        if altered is None or change.state is None:
            return
        (lane,) = altered
        if change.state in (EntryState.READY, EntryState.ASKED):  # it may stand before what was free until now
            self._execute(_CLOSE_LANE, (lane,))
        self._free(lane)

    def get(self, id: EntryId) -> OutboxEntry | None:
        """Return it as only a take can change it before this transaction ends."""
        self._execute(_LANE_OF_ID, (id,))
        return self._one(_GET, id)

    def by_token(self, token: EntryToken) -> OutboxEntry | None:
        self._execute(_LANE_OF_TOKEN, (token,))
        return self._one(_BY_TOKEN, token)

    def by_ref(self, ref: CarrierRef) -> OutboxEntry | None:
        """Return it, or let nobody get this reference unheard while we put something down to wait for it."""
        self._execute(lock.REF, (ref,))
        found = self._execute(_BY_REF, (ref,)).fetchone()
        return self.get(found[0]) if found else None

    def of_message(self, message: MessageId) -> list[OutboxEntry]:
        return list(map(read_entry, self._execute(_OF_MESSAGE, (message,))))

    def held(self, lane: str, detail: str, limit: int) -> list[OutboxEntry]:
        self._lock(lane)
        return list(map(read_entry, self._execute(_HELD, (lane, detail, limit))))

    def held_until(self, moment: datetime, detail: str, limit: int) -> list[OutboxEntry]:
        return list(map(read_entry, self._execute(_HELD_UNTIL, (detail, moment, limit))))

    def unresolved(self, now: datetime, limit: int) -> list[OutboxEntry]:
        return list(map(read_entry, self._execute(_UNRESOLVED, (now, limit))))

    def unended(self, id: EntryId) -> int:
        (counted,) = self._execute(_UNENDED, (id,)).fetchall()
        return int(counted[0])

    def unclear(self, id: EntryId) -> int:
        (counted,) = self._execute(_UNCLEAR, (id,)).fetchall()
        return int(counted[0])

    def taken_refs(self, lane: str, since: datetime) -> frozenset[CarrierRef]:
        return frozenset(CarrierRef(ref) for (ref,) in self._execute(_TAKEN_REFS, (lane, since)))

    def doubt(self, kinds: Sequence[WishKind]) -> int:
        count = self._execute(_DOUBT, (list(kinds),)).rowcount
        for (lane,) in self._execute(_ASKED_LANES).fetchall():
            self._lock(lane)
            self._execute(_ASK_ANEW, (lane,))
            self._execute(_CLOSE_LANE, (lane,))
            self._free(lane)
        return count

    def forget(self, before: datetime, limit: int) -> int:
        """Drop what is finished, with its attempts; of an SMS the name stays."""
        finished = [position for (position,) in self._execute(_FINISHED, (before, limit))]
        for query in (_DROP_ATTEMPTS, _BLANK, _DROP):
            self._execute(query, (finished,))
        return len(finished)

    def _lock(self, lane: str) -> None:
        self._execute(lock.LANE, {"lane": lane})

    def _free(self, lane: str) -> None:
        """Mark the first ready entry of a lane in which nothing is being tried or asked about."""
        self.has_stirred |= self._execute(_FREE_LANE, {"lane": lane}).rowcount > 0

    def _one(self, query: str, value: str) -> OutboxEntry | None:
        row = self._execute(query, (value,)).fetchone()
        return read_entry(row) if row else None

"""What the ledger promises about restores: a new life begins, and what waited is unsure until it was asked about."""

from dataclasses import replace
from datetime import datetime

from bridge.domain.ids import EntryId
from bridge.domain.outbox import ASKABLE, Claim, EntryChange, EntryState, OutboxEntry, Outcome, Settlement, WishKind
from bridge.ports import Ledger, Store
from tests.contracts.bench import MINUTE, Bench, entry

SMS_LANE = "main/+1415:ann"


class Lives:
    async def test_the_first_life_was_never_restored(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[bool, datetime | None]:
            return ledger.epoch.is_declared(), ledger.epoch.restored_at()

        assert await store.transact(work) == (False, None)

    async def test_a_declared_restore_waits_for_the_life_that_begins_with_it(self, store: Store, bench: Bench) -> None:
        await store.transact(lambda ledger, now: ledger.epoch.declare())
        declared = await store.transact(lambda ledger, now: (ledger.epoch.is_declared(), ledger.epoch.restored_at()))
        bench.clock.forward(MINUTE)
        await store.transact(lambda ledger, now: ledger.epoch.begin(now))

        begun = await store.transact(lambda ledger, now: (ledger.epoch.is_declared(), ledger.epoch.restored_at()))

        assert declared == (True, None)
        assert begun == (False, bench.clock.now())

    async def test_what_waits_of_the_kinds_that_can_be_asked_about_is_doubted_since_it_was_enqueued(
        self, store: Store, bench: Bench
    ) -> None:
        first = bench.clock.now()

        def enqueue(ledger: Ledger, now: datetime) -> None:
            for state in (EntryState.READY, EntryState.HELD, EntryState.SENT, EntryState.FAILED):
                ledger.outbox.enqueue(entry(f"show {state}", now, lane=f"slack/C1:{state}", state=state, due_in=MINUTE))
            ledger.outbox.enqueue(entry("mark", now, lane="slack.marks:m1", kind=WishKind.MARK_REPLY))

        await store.transact(enqueue)
        bench.clock.forward(MINUTE)

        count = await store.transact(lambda ledger, now: ledger.outbox.doubt(ASKABLE))

        assert count == 2
        ids = ("show ready", "show held", "show sent", "show failed", "mark")
        found = [await store.transact(lambda ledger, now, id=id: ledger.outbox.get(EntryId(id))) for id in ids]  # type: ignore[misc]
        assert [one and one.unsure_since for one in found] == [first, first, None, None, None]

    async def test_an_unsure_entry_is_taken_as_such_and_becomes_sure(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[datetime | None, datetime | None, datetime]:
            ledger.outbox.enqueue(entry("e1", now))
            ledger.outbox.doubt(ASKABLE)
            (taken,) = _taken(ledger, now)
            unheard = Settlement(outcome=Outcome.INTERRUPTED)
            ledger.outbox.settle(taken, unheard, EntryChange(state=EntryState.READY, is_sure=True), now)
            (again,) = _taken(ledger, now)
            return taken.unsure_since, again.unsure_since, now

        doubted, sure, enqueued_at = await store.transact(work)

        assert (doubted, sure) == (enqueued_at, None)

    async def test_an_entry_may_be_unsure_from_the_start(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[OutboxEntry | None, datetime]:
            ledger.outbox.enqueue(replace(entry("e1", now), unsure_since=now - MINUTE))
            return ledger.outbox.get(EntryId("e1")), now

        found, now = await store.transact(work)

        assert found
        assert found.unsure_since == now - MINUTE

    async def test_what_people_were_asked_about_is_asked_about_anew_at_its_place_in_the_lane(
        self, store: Store
    ) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[list[str], list[str], EntryState | None]:
            for id in ("asked", "behind"):
                ledger.outbox.enqueue(entry(id, now, lane=SMS_LANE, kind=WishKind.SEND_SMS, subject=id))
            (first,) = _taken(ledger, now, "main/+1415")
            ledger.outbox.settle(
                first, Settlement(outcome=Outcome.INTERRUPTED), EntryChange(state=EntryState.ASKED), now
            )
            blocked = [one.id for one in _taken(ledger, now, "main/+1415")]
            ledger.outbox.doubt(ASKABLE)
            taken = _taken(ledger, now, "main/+1415", limit=5)
            present = ledger.outbox.get(EntryId("asked"))
            return [str(id) for id in blocked], [one.id for one in taken], present.state if present else None

        assert await store.transact(work) == ([], ["asked"], EntryState.TRYING)


def _taken(ledger: Ledger, now: datetime, destination: str = "slack/C1", limit: int = 1) -> list[OutboxEntry]:
    return ledger.outbox.take([Claim(destination, limit, now + MINUTE)], "here", now)

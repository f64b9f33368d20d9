"""What the outbox promises of a single entry: its name, its fence, its attempts, and how it is found again."""

from dataclasses import replace
from datetime import datetime, timedelta

from bridge.domain.delivery import DeliveryStatus
from bridge.domain.ids import CarrierRef, EntryId, EntryToken, MessageId
from bridge.domain.outbox import Claim, EntryChange, EntryState, OutboxEntry, Outcome, Settlement, WishKind
from bridge.ports import Ledger, Store
from tests.contracts.bench import MINUTE, entry
from tests.contracts.lanes import names, settle, take

LINE = "main/+14155550100:ann"
DID_SEND = Settlement(outcome=Outcome.SENT, ref="SM1", detail="x" * 5000)


def _sms(id: str, now: datetime, *, message: str = "m1", lane: str = LINE) -> OutboxEntry:
    return entry(id, now, lane=lane, kind=WishKind.SEND_SMS, subject=message)


def _send(ledger: Ledger, now: datetime, ref: str, *, lane: str = LINE) -> None:
    """Take the head of a line and settle it as sent under this reference."""
    (taken,) = take(ledger, now, of=lane.partition(":")[0])
    ledger.outbox.settle(taken, DID_SEND, EntryChange(state=EntryState.SENT, ref=ref), now)


class Entries:
    async def test_a_wish_is_kept_once_under_its_name_and_a_second_one_changes_nothing(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[list[bool], OutboxEntry | None, OutboxEntry]:
            first, second = entry("a", now, subject="m1"), entry("a", now, subject="m2", state=EntryState.HELD)
            return [ledger.outbox.enqueue(each) for each in (first, second)], ledger.outbox.get(first.id), first

        kept, found, first = await store.transact(work)

        assert kept == [True, False]
        assert found == first

    async def test_a_finished_wish_is_not_wished_again(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[bool, list[str]]:
            ledger.outbox.enqueue(entry("a", now))
            (taken,) = take(ledger, now)
            settle(ledger, taken, EntryState.SENT, now)
            return ledger.outbox.enqueue(entry("a", now)), names(take(ledger, now))

        assert await store.transact(work) == (False, [])

    async def test_an_entry_is_found_with_everything_in_it_by_its_name_and_by_its_token(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[OutboxEntry | None]:
            full = OutboxEntry(
                id=EntryId("a/1"),
                token=EntryToken("0123456789abcdef"),
                lane=LINE,
                destination="main/+14155550100",
                kind=WishKind.SEND_SMS,
                subject="m1",
                part=2,
                detail='{"case": "opted-out"}',
                state=EntryState.HELD,
                status=DeliveryStatus.HELD,
                fence=3,
                tries=4,
                looks=5,
                started_at=now - MINUTE,
                due_at=now,
                ask_at=now + MINUTE,
                is_repeat=True,
                ref="SM1",
            )
            ledger.outbox.enqueue(full)
            return [full, ledger.outbox.get(full.id), ledger.outbox.by_token(full.token)]

        kept, by_name, by_token = await store.transact(work)

        assert by_name == kept
        assert by_token == kept

    async def test_an_unknown_entry_is_none(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[object]:
            outbox = ledger.outbox
            return [outbox.get(EntryId("a")), outbox.by_token(EntryToken("a")), outbox.by_ref(CarrierRef("a"))]

        assert await store.transact(work) == [None, None, None]

    async def test_taking_raises_the_fence_counts_the_try_and_says_from_when_on_to_ask(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[OutboxEntry, list[OutboxEntry], OutboxEntry | None]:
            ledger.outbox.enqueue(entry("a", now))
            before = ledger.outbox.get(EntryId("a"))
            assert before is not None
            taken = ledger.outbox.take([Claim("slack/C1", 5, now + 3 * MINUTE)], "me", now + MINUTE)
            claim = replace(
                before,
                state=EntryState.TRYING,
                fence=1,
                tries=1,
                started_at=now + MINUTE,
                ask_at=now + 3 * MINUTE,
            )
            return claim, taken, ledger.outbox.get(EntryId("a"))

        expected, taken, found = await store.transact(work)

        assert taken == [expected]
        assert found == expected

    async def test_settling_changes_what_is_to_change_and_leaves_the_rest(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[tuple[bool, OutboxEntry, OutboxEntry | None]]:
            seen = []
            for change in (
                EntryChange(looks=2, ask_at=now + 9 * MINUTE),
                EntryChange(state=EntryState.READY, due_at=now, is_repeat=True, looks=0),
                EntryChange(state=EntryState.SENT, status=DeliveryStatus.SENT, ref="SM1"),
            ):
                ledger.outbox.enqueue(_sms("a", now))
                before = next(iter(take(ledger, now, of="main/+14155550100")), None) or ledger.outbox.get(EntryId("a"))
                assert before is not None
                changed = {name: getattr(change, name) for name in change.__slots__}
                expected = replace(before, **{name: value for name, value in changed.items() if value is not None})
                settled = ledger.outbox.settle(before, DID_SEND, change, now)
                seen.append((settled, expected, ledger.outbox.get(EntryId("a"))))
            return seen

        for settled, expected, found in await store.transact(work):
            assert settled
            assert found == expected

    async def test_whoever_lost_an_entry_cannot_settle_it(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[bool, OutboxEntry, OutboxEntry | None, bool]:
            ledger.outbox.enqueue(entry("a", now))
            (stale,) = take(ledger, now)
            ledger.outbox.alter(stale.id, EntryChange(state=EntryState.READY, due_at=now))
            (present,) = take(ledger, now)
            lost = settle(ledger, stale, EntryState.SENT, now)
            found = ledger.outbox.get(stale.id)
            return lost, present, found, settle(ledger, present, EntryState.SENT, now)

        lost, present, found, kept = await store.transact(work)

        assert not lost
        assert found == present
        assert present.fence == 2
        assert kept

    async def test_an_entry_that_was_settled_or_decided_meanwhile_is_not_settled_again(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[bool]:
            for name in ("a", "b"):
                ledger.outbox.enqueue(entry(name, now, lane=f"slack/C1:{name}"))
            first, second = take(ledger, now)
            ledger.outbox.alter(second.id, EntryChange(state=EntryState.ASKED))
            return [settle(ledger, each, EntryState.SENT, now) for each in (first, first, second)]

        assert await store.transact(work) == [True, False, False]

    async def test_attempts_that_never_ended_are_counted(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[int]:
            ledger.outbox.enqueue(entry("a", now))
            seen = [ledger.outbox.unended(EntryId("a"))]
            for dies in (True, True, False):
                (taken,) = take(ledger, now)
                seen.append(ledger.outbox.unended(EntryId("a")))
                if dies:
                    ledger.outbox.alter(taken.id, EntryChange(state=EntryState.READY))
                else:
                    settle(ledger, taken, EntryState.SENT, now)
            return [*seen, ledger.outbox.unended(EntryId("a")), ledger.outbox.unended(EntryId("unknown"))]

        assert await store.transact(work) == [0, 1, 2, 3, 2, 0]

    async def test_silences_that_somebody_heard_are_counted(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[int]:
            ledger.outbox.enqueue(entry("a", now))
            seen = []
            for outcome in (Outcome.TRANSIENT, Outcome.UNCERTAIN, Outcome.INTERRUPTED, Outcome.UNCERTAIN):
                (taken,) = take(ledger, now)
                ledger.outbox.settle(taken, Settlement(outcome=outcome), EntryChange(state=EntryState.READY), now)
                seen.append(ledger.outbox.unclear(taken.id))
            return [*seen, ledger.outbox.unclear(EntryId("unknown"))]

        assert await store.transact(work) == [0, 1, 1, 2, 0]

    async def test_an_answer_that_comes_after_the_entry_was_lost_ends_its_own_attempt(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[int]:
            ledger.outbox.enqueue(entry("a", now))
            (stale,) = take(ledger, now)
            ledger.outbox.alter(stale.id, EntryChange(state=EntryState.READY))
            take(ledger, now)
            before = ledger.outbox.unended(stale.id)
            settle(ledger, stale, EntryState.SENT, now)
            return [before, ledger.outbox.unended(stale.id)]

        assert await store.transact(work) == [2, 1]

    async def test_altering_an_unknown_entry_changes_nothing(self, store: Store) -> None:
        await store.transact(lambda ledger, now: ledger.outbox.alter(EntryId("a"), EntryChange(state=EntryState.READY)))

    async def test_an_sms_is_found_by_the_reference_it_got_and_a_post_is_not(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[str | None]:
            ledger.outbox.enqueue(_sms("sms", now))
            _send(ledger, now, "SM1")
            ledger.outbox.enqueue(entry("post", now))
            _send(ledger, now, "C1/1", lane="slack/C1:ann")
            found = [ledger.outbox.by_ref(CarrierRef(ref)) for ref in ("SM1", "C1/1", "")]
            return [each.id if each else None for each in found]

        assert await store.transact(work) == ["sms", None, None]

    async def test_the_entries_that_send_a_message_come_oldest_first_and_nothing_else_with_them(
        self, store: Store
    ) -> None:
        def work(ledger: Ledger, now: datetime) -> list[str]:
            for each in (_sms("m1/2", now), _sms("m1/1", now), _sms("m2/1", now, message="m2"), entry("post", now)):
                ledger.outbox.enqueue(each)
            return names(ledger.outbox.of_message(MessageId("m1")))

        assert await store.transact(work) == ["m1/2", "m1/1"]

    async def test_entries_may_be_asked_about_when_their_moment_has_come_the_longest_waiting_first(
        self, store: Store
    ) -> None:
        def work(ledger: Ledger, now: datetime) -> list[list[str]]:
            for name in ("a", "b", "c", "ready"):
                ledger.outbox.enqueue(entry(name, now, lane=f"slack/{name}:ann"))
            for name, after in (("a", 3), ("b", 1), ("c", 2)):
                ledger.outbox.take([Claim(f"slack/{name}", 1, now + after * MINUTE)], "me", now)
            moments = ((0, 9), (2, 9), (3, 2), (3, 9))
            return [names(ledger.outbox.unresolved(now + after * MINUTE, limit)) for after, limit in moments]

        assert await store.transact(work) == [[], ["b", "c"], ["b", "c"], ["b", "c", "a"]]

    async def test_a_settled_entry_is_asked_about_no_more_and_a_postponed_one_later(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[str]:
            for name in ("settled", "postponed", "open"):
                ledger.outbox.enqueue(entry(name, now, lane=f"slack/C1:{name}"))
            settled, postponed, _ = take(ledger, now)
            settle(ledger, settled, EntryState.READY, now)
            ledger.outbox.alter(postponed.id, EntryChange(ask_at=now + timedelta(hours=1)))
            return names(ledger.outbox.unresolved(now + 5 * MINUTE, 9))

        assert await store.transact(work) == ["open"]

    async def test_taken_references_are_those_that_sms_of_one_lane_got_since_then(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[frozenset[CarrierRef]]:
            other = "main/+14155550100:bob"
            for minute, (id, lane, ref) in enumerate(
                (("a", LINE, "SM1"), ("b", LINE, "SM2"), ("c", other, "SM3"), ("d", LINE, ""), ("e", LINE, "SM5"))
            ):
                moment = now + minute * MINUTE
                ledger.outbox.enqueue(_sms(id, moment, lane=lane))
                _send(ledger, moment, ref, lane=lane)
            return [ledger.outbox.taken_refs(LINE, now + after * MINUTE) for after in (0, 1, 5)]

        assert await store.transact(work) == [{"SM1", "SM2", "SM5"}, {"SM2", "SM5"}, frozenset()]

    async def test_the_state_of_the_house_counts_what_is_there_and_names_the_oldest(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> None:
            for name, lane in (("sent", "a"), ("failed", "b"), ("asked", "c"), ("trying", "d"), ("ready", "d")):
                ledger.outbox.enqueue(entry(name, now, lane=f"slack/C1:{lane}"))
            endings = {"sent": EntryState.SENT, "failed": EntryState.FAILED, "asked": EntryState.ASKED}
            for each in take(ledger, now):
                if each.id in endings:
                    settle(ledger, each, endings[each.id], now)

        await store.transact(work)
        status = await store.transact(lambda ledger, now: ledger.audit.status(now))

        assert dict(status.counts) == {
            "conversations": 0,
            "messages": 0,
            "unacknowledged": 0,
            "waiting": 2,
            "asked": 1,
            "failed": 1,
            "poison": 0,
        }
        assert status.oldest_waiting == status.now
        assert status.oldest_unacknowledged is None

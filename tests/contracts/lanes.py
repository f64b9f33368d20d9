"""What the outbox promises of order: lanes, who may be taken, and when."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bridge.domain.ids import EntryId
from bridge.domain.outbox import Claim, EntryChange, EntryState, OutboxEntry, Outcome, Settlement
from bridge.ports import Ledger, Store
from tests.contracts.bench import MINUTE, Bench, entry

DESTINATION = "slack/C1"
IS = {state: EntryChange(state=state) for state in EntryState}
FINISHED = (EntryState.SENT, EntryState.FAILED, EntryState.CANCELLED)


def take(ledger: Ledger, now: datetime, limit: int = 10, *, of: str = DESTINATION) -> list[OutboxEntry]:
    return ledger.outbox.take([Claim(of, limit, now + MINUTE)], "me", now)


def names(entries: list[OutboxEntry]) -> list[str]:
    return [each.id for each in entries]


def settle(
    ledger: Ledger, each: OutboxEntry, state: EntryState, now: datetime, due_in: timedelta | None = None
) -> bool:
    outcome = Outcome.SENT if state is EntryState.SENT else Outcome.TRANSIENT
    due_at = None if due_in is None else now + due_in
    return ledger.outbox.settle(each, Settlement(outcome=outcome), EntryChange(state=state, due_at=due_at), now)


class Lanes:
    async def test_of_each_lane_only_the_head_is_taken_and_the_oldest_heads_first(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[list[str]]:
            for name, lane in (("b1", "b"), ("a1", "a"), ("b2", "b"), ("c1", "c"), ("a2", "a")):
                ledger.outbox.enqueue(entry(name, now, lane=f"{DESTINATION}:{lane}"))
            return [names(take(ledger, now, 2)), names(take(ledger, now, 2)), names(take(ledger, now, 2))]

        assert await store.transact(work) == [["b1", "a1"], ["c1"], []]

    async def test_each_destination_is_claimed_up_to_its_own_limit(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[list[str], list[str]]:
            for name in ("x1", "x2", "x3", "y1", "y2", "z1"):
                ledger.outbox.enqueue(entry(name, now, lane=f"slack/{name[0]}:{name}"))
            claims = [
                Claim("slack/y", 5, now + MINUTE),
                Claim("slack/x", 2, now + 2 * MINUTE),
                Claim("slack/n", 1, now),
            ]
            taken = ledger.outbox.take(claims, "me", now)
            asked = {one.id: one.ask_at - now for one in taken if one.ask_at}
            assert asked == {"x1": 2 * MINUTE, "x2": 2 * MINUTE, "y1": MINUTE, "y2": MINUTE}
            return names(taken), ledger.outbox.destinations(now)

        assert await store.transact(work) == (["x1", "x2", "y1", "y2"], ["slack/x", "slack/z"])

    async def test_a_lane_keeps_its_order_through_several_destinations(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[list[str]]:
            lane = f"{DESTINATION}:ann"
            elsewhere = replace(entry("fit", now, lane=lane), destination="pictures")
            for one in (entry("fetch", now, lane=lane), elsewhere, entry("send", now, lane=lane)):
                ledger.outbox.enqueue(one)
            found = []
            for of in (DESTINATION, "pictures", DESTINATION):
                others = "pictures" if of == DESTINATION else DESTINATION
                assert take(ledger, now, of=others) == []
                taken = take(ledger, now, of=of)
                found.append(names(taken))
                settle(ledger, taken[0], EntryState.SENT, now)
            return found

        assert await store.transact(work) == [["fetch"], ["fit"], ["send"]]

    async def test_an_entry_that_is_being_tried_blocks_its_lane_until_it_is_finished(self, store: Store) -> None:
        def work(ending: EntryState, ledger: Ledger, now: datetime) -> list[list[str]]:
            lane = f"{DESTINATION}:{ending}"
            for name in (f"{ending} 1", f"{ending} 2"):
                ledger.outbox.enqueue(entry(name, now, lane=lane))
            (first,) = take(ledger, now)
            blocked = take(ledger, now)
            settle(ledger, first, ending, now)
            return [names(blocked), names(take(ledger, now))]

        for ending in FINISHED:
            outcome = await store.transact(partial(work, ending))
            assert outcome == [[], [f"{ending} 2"]]

    async def test_an_entry_that_is_ready_again_is_taken_before_those_behind_it(
        self, bench: Bench, store: Store
    ) -> None:
        def begin(ledger: Ledger, now: datetime) -> list[list[str]]:
            for name in ("first", "second"):
                ledger.outbox.enqueue(entry(name, now))
            (first,) = take(ledger, now)
            settle(ledger, first, EntryState.READY, now, due_in=MINUTE)
            return [ledger.outbox.destinations(now), names(take(ledger, now))]

        def later(ledger: Ledger, now: datetime) -> list[list[str]]:
            return [ledger.outbox.destinations(now), names(take(ledger, now))]

        assert await store.transact(begin) == [[], []]
        bench.clock.forward(MINUTE)
        assert await store.transact(later) == [[DESTINATION], ["first"]]

    async def test_what_waits_for_one_world_can_be_made_due_at_once(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[list[str], list[str]]:
            for place in ("slack/C1", "slack.cards", "slacker/C1", "slack", "main/+14155550100"):
                ledger.outbox.enqueue(entry(place, now, lane=f"{place}:ann", due_in=MINUTE))
                ledger.outbox.enqueue(entry(f"{place} next", now, lane=f"{place}:ann"))
            before = ledger.outbox.destinations(now)
            ledger.outbox.hasten("slack", now)
            return before, ledger.outbox.destinations(now)

        assert await store.transact(work) == ([], ["slack.cards", "slack/C1"])
        assert names(await store.transact(take)) == ["slack/C1"]

    async def test_a_destination_is_crowded_where_more_lanes_are_ready_than_a_number(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[list[str]]:
            for who in ("ann", "ben", "cleo"):
                for what in ("first", "behind"):
                    ledger.outbox.enqueue(entry(f"{what} for {who}", now, lane=f"{DESTINATION}:{who}"))
            ledger.outbox.enqueue(entry("for dora, later", now, lane=f"{DESTINATION}:dora", due_in=MINUTE))
            return [ledger.outbox.crowded(most, now) for most in (2, 3)]

        assert await store.transact(work) == [[DESTINATION], []]

    async def test_an_entry_that_a_person_is_asked_about_blocks_its_lane_until_decided(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[list[str]]:
            for name in ("asked", "behind"):
                ledger.outbox.enqueue(entry(name, now))
            (first,) = take(ledger, now)
            settle(ledger, first, EntryState.ASKED, now)
            blocked = [ledger.outbox.destinations(now), names(take(ledger, now))]
            ledger.outbox.alter(EntryId("asked"), IS[EntryState.SENT])
            return [*blocked, names(take(ledger, now))]

        assert await store.transact(work) == [[], [], ["behind"]]

    async def test_a_held_entry_lets_its_lane_go_on_and_is_not_taken(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[list[str]]:
            ledger.outbox.enqueue(entry("held", now, state=EntryState.HELD))
            ledger.outbox.enqueue(entry("behind", now))
            return [names(take(ledger, now)), names(take(ledger, now))]

        assert await store.transact(work) == [["behind"], []]

    async def test_a_held_entry_that_is_let_go_stands_where_it_stood_and_waits_for_what_is_being_tried(
        self, store: Store
    ) -> None:
        def work(ledger: Ledger, now: datetime) -> list[list[str]]:
            ledger.outbox.enqueue(entry("held", now, state=EntryState.HELD))
            for name in ("second", "third"):
                ledger.outbox.enqueue(entry(name, now))
            (second,) = take(ledger, now)
            ledger.outbox.alter(EntryId("held"), IS[EntryState.READY])
            seen = [names(take(ledger, now))]
            settle(ledger, second, EntryState.SENT, now)
            (held,) = take(ledger, now)
            settle(ledger, held, EntryState.SENT, now)
            return [*seen, [held.id], names(take(ledger, now))]

        assert await store.transact(work) == [[], ["held"], ["third"]]

    async def test_a_held_entry_that_is_let_go_before_a_ready_one_is_the_only_one_taken(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[str]:
            ledger.outbox.enqueue(entry("held", now, state=EntryState.HELD))
            ledger.outbox.enqueue(entry("behind", now))
            ledger.outbox.alter(EntryId("held"), IS[EntryState.READY])
            return names(take(ledger, now))

        assert await store.transact(work) == ["held"]

    async def test_a_ready_entry_that_is_cancelled_or_held_gives_way(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[str]:
            for name in ("cancelled", "held", "behind"):
                ledger.outbox.enqueue(entry(name, now))
            ledger.outbox.alter(EntryId("cancelled"), IS[EntryState.CANCELLED])
            ledger.outbox.alter(EntryId("held"), IS[EntryState.HELD])
            return names(take(ledger, now))

        assert await store.transact(work) == ["behind"]

    async def test_a_ready_entry_that_was_never_tried_can_be_put_behind_all_others(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[list[str]]:
            for name in ("a", "b", "c"):
                ledger.outbox.enqueue(entry(name, now))
            ledger.outbox.move_back(EntryId("a"))
            order = [each.id for each in ledger.outbox.untried(entry("a", now).lane)]
            taken = take(ledger, now)
            ledger.outbox.move_back(taken[0].id)  # it is being tried: it stays where it is
            settle(ledger, taken[0], EntryState.SENT, now)
            return [list(map(str, order)), names(taken), names(take(ledger, now))]

        assert await store.transact(work) == [["b", "c", "a"], ["b"], ["c"]]

    async def test_a_head_that_is_not_due_blocks_its_own_lane_and_no_other(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[str]:
            ledger.outbox.enqueue(entry("later", now, lane=f"{DESTINATION}:a", due_in=MINUTE))
            ledger.outbox.enqueue(entry("behind", now, lane=f"{DESTINATION}:a"))
            ledger.outbox.enqueue(entry("beside", now, lane=f"{DESTINATION}:b"))
            return names(take(ledger, now))

        assert await store.transact(work) == ["beside"]

    async def test_one_destination_does_not_wait_for_another(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[list[str]]:
            for channel in ("C1", "C2", "C3"):
                ledger.outbox.enqueue(entry(channel, now, lane=f"slack/{channel}:ann"))
            take(ledger, now, of="slack/C2")
            return [sorted(ledger.outbox.destinations(now)), names(take(ledger, now, of="slack/C3"))]

        assert await store.transact(work) == [["slack/C1", "slack/C3"], ["C3"]]

    async def test_destinations_are_those_with_a_head_that_is_due(self, bench: Bench, store: Store) -> None:
        def begin(ledger: Ledger, now: datetime) -> list[str]:
            for n in range(3):
                ledger.outbox.enqueue(entry(f"now {n}", now, lane=f"slack/now:{n}"))
                ledger.outbox.enqueue(entry(f"later {n}", now, lane=f"slack/later:{n}", due_in=MINUTE))
            ledger.outbox.enqueue(entry("held", now, lane="slack/held:1", state=EntryState.HELD))
            return ledger.outbox.destinations(now)

        assert await store.transact(begin) == ["slack/now"]
        bench.clock.forward(MINUTE)
        due = await store.transact(lambda ledger, now: ledger.outbox.destinations(now))
        assert sorted(due) == ["slack/later", "slack/now"]

    async def test_next_due_is_the_first_head_that_is_not_due_yet(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[datetime | None]:
            seen = [ledger.outbox.next_due(now)]
            ledger.outbox.enqueue(entry("now", now, lane="slack/C1:a"))
            seen.append(ledger.outbox.next_due(now))
            ledger.outbox.enqueue(entry("behind", now, lane="slack/C1:a", due_in=MINUTE))
            ledger.outbox.enqueue(entry("third", now, lane="slack/C1:b", due_in=3 * MINUTE))
            ledger.outbox.enqueue(entry("second", now, lane="slack/C2:a", due_in=2 * MINUTE))
            return [*seen, ledger.outbox.next_due(now), ledger.outbox.next_due(now + 2 * MINUTE)]

        now = await store.transact(lambda ledger, now: now)
        assert await store.transact(work) == [None, None, now + 2 * MINUTE, now + 3 * MINUTE]

    async def test_a_lane_is_amending_while_a_ready_entry_stands_in_it(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[bool]:
            seen = [ledger.outbox.is_amending("slack/C1:ann")]
            ledger.outbox.enqueue(entry("a", now))
            seen.append(ledger.outbox.is_amending("slack/C1:ann"))
            (taken,) = take(ledger, now)
            seen.append(ledger.outbox.is_amending("slack/C1:ann"))
            settle(ledger, taken, EntryState.READY, now, due_in=MINUTE)
            seen += [ledger.outbox.is_amending("slack/C1:ann"), ledger.outbox.is_amending("slack/C1:bob")]
            ledger.outbox.alter(taken.id, IS[EntryState.CANCELLED])
            return [*seen, ledger.outbox.is_amending("slack/C1:ann")]

        assert await store.transact(work) == [False, True, False, True, False, False]

    async def test_a_thousand_entries_in_one_lane_come_out_one_by_one_in_their_order(self, store: Store) -> None:
        def begin(ledger: Ledger, now: datetime) -> None:
            for n in range(1000):
                ledger.outbox.enqueue(entry(f"e{n}", now))

        def drain(ledger: Ledger, now: datetime) -> list[str]:
            order = []
            while taken := take(ledger, now):
                (each,) = taken
                order.append(str(each.id))
                settle(ledger, each, EntryState.SENT, now)
            return order

        await store.transact(begin)

        assert await store.transact(drain) == [f"e{n}" for n in range(1000)]

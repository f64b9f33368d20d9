"""What is done to one entry is done to no other: each lane, destination and name has neighbours here."""

from dataclasses import replace
from datetime import datetime

from bridge.domain.ids import CarrierRef, EntryId, EntryToken
from bridge.domain.outbox import Claim, EntryChange, EntryState, Outcome, Settlement, WishKind
from bridge.ports import Ledger, Store
from tests.contracts.bench import DID, MINUTE, entry, request
from tests.contracts.lanes import DESTINATION, IS, names, settle, take

LINE = f"main/{DID.value}"


def put(ledger: Ledger, now: datetime, *those: str, of: str = DESTINATION) -> None:
    """Wish each in a lane that its first letter names; a fact of the same name is met before, under another number."""
    for one in those:
        ledger.sightings.first(request(f"before {one}"), now)
        ledger.sightings.first(request(one), now)
        ledger.outbox.enqueue(entry(one, now, lane=f"{of}:{one[0]}"))


def take_of(ledger: Ledger, now: datetime, *destinations: str, limit: int = 1) -> list[str]:
    return names(ledger.outbox.take([Claim(one, limit, now + MINUTE) for one in destinations], "me", now))


class Neighbours:
    async def test_behind_what_is_tried_or_asked_a_new_wish_waits_and_beside_it_it_does_not(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[list[str]]:
            put(ledger, now, "a1", "b1")
            take(ledger, now)
            ledger.outbox.alter(EntryId("b1"), IS[EntryState.ASKED])
            put(ledger, now, "a2", "b2", "c1")
            seen = [names(take(ledger, now))]
            ledger.outbox.alter(EntryId("a1"), IS[EntryState.SENT])
            seen.append(names(take(ledger, now)))
            ledger.outbox.alter(EntryId("b1"), IS[EntryState.FAILED])
            return [*seen, names(take(ledger, now))]

        assert await store.transact(work) == [["c1"], ["a2"], ["b2"]]

    async def test_a_lane_that_is_being_tried_is_no_reason_to_keep_another_closed(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[str]:
            put(ledger, now, "a1", "b1", "c1", "a2")
            first, _, third = take(ledger, now)
            ledger.outbox.alter(third.id, IS[EntryState.ASKED])
            settle(ledger, first, EntryState.SENT, now)
            return names(take(ledger, now))

        assert await store.transact(work) == ["a2"]

    async def test_a_head_that_is_put_back_closes_only_its_own_lane(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[str]:
            put(ledger, now, "a1", "a2", "b1")
            ledger.outbox.alter(EntryId("a1"), IS[EntryState.HELD])
            ledger.outbox.alter(EntryId("a1"), IS[EntryState.READY])
            return names(take(ledger, now))

        assert await store.transact(work) == ["a1", "b1"]

    async def test_only_destinations_at_which_something_may_be_taken_now_are_named(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[list[str]]:
            for name in ("x", "y", "z"):
                put(ledger, now, f"{name}1", of=f"slack/{name}")
            ledger.outbox.enqueue(entry("later", now, lane="slack/v:v", due_in=MINUTE))
            put(ledger, now, "w1", of="slack/w")
            take(ledger, now, of="slack/w")
            return [ledger.outbox.destinations(now), ledger.outbox.destinations(now + MINUTE)]

        assert await store.transact(work) == [
            ["slack/x", "slack/y", "slack/z"],
            ["slack/v", "slack/x", "slack/y", "slack/z"],
        ]

    async def test_of_many_destinations_each_gives_its_free_and_due_heads_up_to_its_limit(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[list[str]]:
            for name in ("x", "y"):
                put(ledger, now, f"a{name}", of=f"slack/{name}")
                take(ledger, now, of=f"slack/{name}")
                ledger.outbox.enqueue(entry(f"later {name}", now, lane=f"slack/{name}:l", due_in=MINUTE))
                put(ledger, now, f"b{name}", f"c{name}", f"d{name}", of=f"slack/{name}")
            return [take_of(ledger, now, "slack/x", "slack/y", limit=limit) for limit in (2, 1, 5)]

        assert await store.transact(work) == [["bx", "cx", "by", "cy"], ["dx", "dy"], []]

    async def test_a_lonely_head_of_many_destinations_brings_nobody_else(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[list[str]]:
            put(ledger, now, "ax", of="slack/x")
            put(ledger, now, "ay", "by", of="slack/y")
            taken = ledger.outbox.take([Claim("slack/x", 1, now + MINUTE), Claim("slack/y", 9, now)], "me", now)
            assert [(one.fence, one.tries) for one in taken] == [(1, 1)] * 3
            return [names(taken)]

        assert await store.transact(work) == [["ax", "ay", "by"]]

    async def test_an_attempt_that_ends_ends_no_other(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[int]:
            put(ledger, now, "a", "b", "c")
            _, second, _ = take(ledger, now)
            settle(ledger, second, EntryState.SENT, now)
            return [ledger.outbox.unended(EntryId(name)) for name in ("a", "b", "c")]

        assert await store.transact(work) == [1, 0, 1]

    async def test_an_attempt_that_was_interrupted_counts_as_one_that_nobody_ended(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> int:
            put(ledger, now, "a")
            (taken,) = take(ledger, now)
            ledger.outbox.settle(taken, Settlement(outcome=Outcome.INTERRUPTED), IS[EntryState.READY], now)
            return ledger.outbox.unended(taken.id)

        assert await store.transact(work) == 1

    async def test_a_change_reaches_the_entry_that_is_named(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[tuple[str, int]]:
            put(ledger, now, "a", "b", "c")
            ledger.outbox.alter(EntryId("b"), EntryChange(looks=7))
            found = [ledger.outbox.get(EntryId(name)) for name in ("a", "b", "c")]
            return [(one.id, one.looks) for one in found if one]

        assert await store.transact(work) == [("a", 0), ("b", 7), ("c", 0)]

    async def test_what_goes_behind_goes_behind_all_and_is_found_under_its_name(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[object]:
            put(ledger, now, "a1", "a2", "a3", "b1", "b2")
            ledger.outbox.move_back(EntryId("a1"))
            found = [ledger.outbox.get(EntryId(name)) for name in ("a1", "b1")]
            return [
                [one.id for one in found if one],
                names(take(ledger, now)),
                names(ledger.outbox.untried(f"{DESTINATION}:a")),
            ]

        assert await store.transact(work) == [["a1", "b1"], ["a2", "b1"], ["a3", "a1"]]

    async def test_only_what_was_never_tried_goes_behind(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[list[str]]:
            put(ledger, now, "a1", "a2", "b1", "b2", "c1", "a0", "b0")
            for name in ("a0", "b0"):
                ledger.outbox.alter(EntryId(name), IS[EntryState.HELD])
            first, second, _ = take(ledger, now)
            settle(ledger, first, EntryState.READY, now)
            for name in ("a1", "b1", "a0"):
                ledger.outbox.move_back(EntryId(name))
            untried = [names(ledger.outbox.untried(f"{DESTINATION}:{lane}")) for lane in "ab"]
            settle(ledger, second, EntryState.READY, now)
            return [*untried, names(take(ledger, now))]

        assert await store.transact(work) == [["a2"], ["b2"], ["a1", "b1"]]

    async def test_a_token_and_a_reference_name_one_sms_the_newest(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[str | None]:
            for name in ("a", "b"):
                ledger.outbox.enqueue(entry(name, now, lane=f"{LINE}:{name}", kind=WishKind.SEND_SMS))
            ledger.outbox.enqueue(entry("post", now, lane="slack/C1:p"))
            for each in take(ledger, now, of=LINE):
                ledger.outbox.settle(
                    each, Settlement(outcome=Outcome.SENT), EntryChange(state=EntryState.SENT, ref="SM1"), now
                )
            ledger.outbox.enqueue(entry("unsent", now, lane=f"{LINE}:c", kind=WishKind.SEND_SMS))
            found = [ledger.outbox.by_token(EntryToken(f"token of {name}")) for name in ("a", "b", "post")]
            found += [ledger.outbox.by_ref(CarrierRef(ref)) for ref in ("SM1", "")]
            return [each.id if each else None for each in found]

        assert await store.transact(work) == ["a", "b", None, "b", None]

    async def test_references_of_a_lane_are_those_of_its_sms(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> frozenset[CarrierRef]:
            lane = f"{LINE}:a"
            for name, kind in (("sms", WishKind.SEND_SMS), ("picture", WishKind.FETCH_MEDIA)):
                ledger.outbox.enqueue(entry(name, now, lane=lane, kind=kind))
                (taken,) = take(ledger, now, of=LINE)
                change = EntryChange(state=EntryState.SENT, ref=f"ref of {name}")
                ledger.outbox.settle(taken, Settlement(outcome=Outcome.SENT), change, now)
            return ledger.outbox.taken_refs(lane, now)

        assert await store.transact(work) == {"ref of sms"}

    async def test_what_is_forgotten_first_is_the_oldest_and_its_attempts_and_its_name_go_with_it(
        self, store: Store
    ) -> None:
        def work(ledger: Ledger, now: datetime) -> list[object]:
            put(ledger, now, "c", "b", "a")
            third, second, first = take(ledger, now)
            for age, each in enumerate((third, second, first)):
                settle(ledger, each, EntryState.SENT, now - age * MINUTE)
            seen: list[object] = [ledger.outbox.forget(now + MINUTE, 1)]
            seen.append([ledger.outbox.get(EntryId(name)) is not None for name in ("a", "b", "c")])
            seen.append([ledger.outbox.enqueue(entry(name, now)) for name in ("b", "a")])
            seen.append(names(take(ledger, now)))
            return [*seen, [ledger.sightings.first(request(name), now) for name in ("a", "b")]]

        assert await store.transact(work) == [1, [False, True, True], [False, True], ["a"], [False, False]]

    async def test_forgetting_one_sms_leaves_the_words_and_the_attempts_of_the_others(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[object]:
            for name in ("a", "b", "c"):
                wish = entry(name, now, lane=f"{LINE}:{name}", kind=WishKind.SEND_SMS)
                ledger.outbox.enqueue(replace(wish, detail="words"))
            first, *_ = take(ledger, now, of=LINE)
            settle(ledger, first, EntryState.SENT, now)
            ledger.outbox.forget(now + MINUTE, 9)
            found = [ledger.outbox.get(EntryId(name)) for name in ("a", "b", "c")]
            return [(one.detail, ledger.outbox.unended(one.id)) for one in found if one]

        assert await store.transact(work) == [("", 0), ("words", 1), ("words", 1)]

    async def test_a_free_head_whose_moment_changes_stays_free(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[list[str]]:
            put(ledger, now, "a1", "a2")
            ledger.outbox.alter(EntryId("a1"), EntryChange(due_at=now + MINUTE))
            return [names(take(ledger, now)), names(take(ledger, now + MINUTE))]

        assert await store.transact(work) == [[], ["a1"]]

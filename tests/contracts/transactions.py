"""What a transaction promises: durable before it answers, alone in its failures, at a time that never runs back."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

import pytest

from bridge.domain.ids import EntryId
from bridge.domain.outbox import Claim, EntryChange, EntryState, Outcome, Settlement
from bridge.errors import StoreBusy
from bridge.ports import Clock, Ledger, Store
from tests.contracts.bench import MINUTE, Bench, entry, request

T = TypeVar("T")
SENT = Settlement(outcome=Outcome.SENT)
IS_SENT = EntryChange(state=EntryState.SENT)
SAFETY_NET = 20.0  # seconds; never reached by a store that keeps its promises


class _FixedClock:
    def __init__(self, *moments: datetime) -> None:
        self._moments = list(moments)

    def now(self) -> datetime:
        return self._moments.pop(0) if len(self._moments) > 1 else self._moments[0]

    async def sleep(self, duration: timedelta) -> None:
        await asyncio.Event().wait()


class _WorstOfAll(BaseException):
    """What no `except Exception` stops."""


class _Sight:
    """A work that keeps a request under one key, and fails after that if it is told to."""

    def __init__(self, key: str, *, fails: bool = False) -> None:
        self._key = key
        self._fails = fails

    def __call__(self, ledger: Ledger, now: datetime) -> bool:
        is_new = ledger.sightings.first(request(self._key), now)
        if self._fails:
            raise LookupError(self._key)
        return is_new


async def _is_known(store: Store, key: str) -> bool:
    """Look without leaving a trace."""

    def look(ledger: Ledger, now: datetime) -> None:
        raise LookupError(ledger.sightings.first(request(key), now))

    with pytest.raises(LookupError) as found:
        await store.transact(look)
    return not found.value.args[0]


class Transactions:
    async def test_a_transaction_returns_what_its_work_returns(self, store: Store) -> None:
        assert await store.transact(lambda ledger, now: 42) == 42

    async def test_what_was_answered_survives_a_crash_and_what_was_not_leaves_no_trace(
        self, bench: Bench, store: Store
    ) -> None:
        await store.transact(_Sight("kept"))
        with pytest.raises(LookupError):
            await store.transact(_Sight("failed", fails=True))

        found = await bench.open_after_crash()

        assert await _is_known(found, "kept")
        assert not await _is_known(found, "failed")
        await found.aclose()

    async def test_what_was_kept_is_there_when_it_is_opened_again(self, bench: Bench) -> None:
        first = await bench.open()
        await first.transact(_Sight("kept"))
        await first.aclose()

        second = await bench.open()

        assert await _is_known(second, "kept")
        await second.aclose()

    async def test_a_work_that_fails_undoes_only_itself_among_those_that_share_its_commit(self, store: Store) -> None:
        works = [_Sight(f"key {n}", fails=n % 3 == 0) for n in range(30)]

        outcomes = await asyncio.gather(*map(store.transact, works), return_exceptions=True)

        assert [isinstance(outcome, LookupError) for outcome in outcomes] == [n % 3 == 0 for n in range(30)]
        assert [await _is_known(store, f"key {n}") for n in range(30)] == [n % 3 != 0 for n in range(30)]

    async def test_even_a_work_that_fails_worst_of_all_does_not_stop_the_store(self, store: Store) -> None:
        def leave(ledger: Ledger, now: datetime) -> None:
            raise _WorstOfAll

        with pytest.raises(_WorstOfAll):
            await store.transact(leave)
        assert await store.transact(_Sight("later"))

    async def test_a_work_that_runs_out_of_an_iterator_is_told_so(self, store: Store) -> None:
        with pytest.raises(RuntimeError):
            await store.transact(lambda ledger, now: next(iter(())))
        assert await store.transact(_Sight("later"))

    async def test_a_savepoint_left_by_an_exception_undoes_what_was_done_inside_it_and_nothing_else(
        self, store: Store
    ) -> None:
        def work(ledger: Ledger, now: datetime) -> None:
            ledger.sightings.first(request("before"), now)
            with contextlib.suppress(LookupError), ledger.savepoint():
                ledger.sightings.first(request("inside"), now)
                raise LookupError
            with ledger.savepoint():
                ledger.sightings.first(request("after"), now)

        await store.transact(work)

        assert [await _is_known(store, key) for key in ("before", "inside", "after")] == [True, False, True]

    async def test_savepoints_may_stand_inside_each_other(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> None:
            with ledger.savepoint():
                ledger.sightings.first(request("outer"), now)
                with contextlib.suppress(LookupError), ledger.savepoint():
                    ledger.sightings.first(request("inner"), now)
                    raise LookupError

        await store.transact(work)

        assert [await _is_known(store, key) for key in ("outer", "inner")] == [True, False]

    async def test_whoever_stops_waiting_does_not_undo_the_work(self, store: Store) -> None:
        waiting = asyncio.ensure_future(store.transact(_Sight("abandoned")))
        following = asyncio.ensure_future(store.transact(_Sight("followed")))
        handed_in = asyncio.Event()
        asyncio.get_running_loop().call_soon(handed_in.set)
        await handed_in.wait()

        waiting.cancel()

        await following
        async with asyncio.timeout(SAFETY_NET):
            while not await _is_known(store, "abandoned"):  # with several connections it may come to its end later
                pass

    async def test_two_hundred_tasks_at_once_each_see_their_own_outcome_and_one_of_each_pair_is_first(
        self, store: Store
    ) -> None:
        async with asyncio.timeout(SAFETY_NET):
            firsts = await asyncio.gather(*(store.transact(_Sight(f"pair {n // 2}")) for n in range(200)))

        assert sum(firsts) == 100
        assert all(firsts[n] != firsts[n + 1] for n in range(0, 200, 2))

    async def test_time_never_runs_back_from_one_transaction_to_the_next(self, bench: Bench) -> None:
        noon = datetime.fromisoformat("2026-03-02T12:00:00+00:00")
        clock: Clock = _FixedClock(noon, noon - MINUTE, noon + MINUTE)
        store = await bench.open(clock)

        moments = [await store.transact(lambda ledger, now: now) for _ in range(3)]

        assert moments == [noon, noon, noon + MINUTE]
        await store.aclose()

    async def test_while_another_holds_the_store_it_is_busy_and_afterwards_it_goes_on(
        self, bench: Bench, store: Store
    ) -> None:
        with bench.locked(), pytest.raises(StoreBusy):
            await store.transact(_Sight("during"))

        assert not await _is_known(store, "during")
        assert await store.transact(_Sight("during"))

    async def test_a_full_disk_acknowledges_nothing_and_costs_nothing_that_was_acknowledged(
        self, bench: Bench, store: Store
    ) -> None:
        await store.transact(_Sight("before"))

        with bench.full():
            outcomes = await asyncio.gather(
                *(store.transact(_Sight(f"during {n}")) for n in range(20)), return_exceptions=True
            )

        assert all(isinstance(outcome, StoreBusy) for outcome in outcomes)
        assert await _is_known(store, "before")
        assert not any([await _is_known(store, f"during {n}") for n in range(20)])
        assert await store.transact(_Sight("during 1"))

    async def test_a_full_disk_that_a_decision_took_for_its_own_failure_is_not_acknowledged_either(
        self, bench: Bench, store: Store
    ) -> None:
        def work(ledger: Ledger, now: datetime) -> bool:
            try:
                with ledger.savepoint():
                    ledger.sightings.first(request("large", body=bytes(2_000_000)), now)
            except Exception:  # noqa: BLE001  # this is what the intake does, and it must not hide a full disk
                return True
            return False

        with bench.full(), pytest.raises(StoreBusy):
            await store.transact(work)

        assert await store.transact(work) is False

    async def test_a_closed_store_has_finished_what_was_handed_in_and_takes_no_more(self, bench: Bench) -> None:
        store = await bench.open()
        works = [asyncio.ensure_future(store.transact(_Sight(f"key {n}"))) for n in range(100)]
        handed_in = asyncio.Event()
        asyncio.get_running_loop().call_soon(handed_in.set)
        await handed_in.wait()

        await store.aclose()

        assert all(await asyncio.gather(*works))
        with pytest.raises(StoreBusy):
            await store.transact(_Sight("late"))

    async def test_closing_twice_is_harmless(self, bench: Bench) -> None:
        store = await bench.open()
        await store.aclose()
        await store.aclose()

    async def test_a_cause_is_sealed_the_same_way_for_ever_and_otherwise_in_every_other_store(
        self, bench: Bench
    ) -> None:
        store, other = await bench.open(), await bench.open_elsewhere()
        seals = [await each.transact(lambda ledger, now: ledger.seal("twilio:main:SM1")) for each in (store, other)]
        changed = await store.transact(lambda ledger, now: ledger.seal("twilio:main:SM2"))
        await store.aclose()

        again = await bench.open()

        assert await again.transact(lambda ledger, now: ledger.seal("twilio:main:SM1")) == seals[0]
        assert len({*seals, changed}) == 3
        assert all(len(seal) == 32 and set(seal) <= set("0123456789abcdef") for seal in seals)
        await again.aclose()
        await other.aclose()

    # --- Parked -------------------------------------------------------------------------------------------------------

    async def test_what_waited_before_a_work_was_parked_is_not_lost(self, store: Store) -> None:
        await _parked_for_nothing(store)
        await store.transact(_put("a"))

        assert await _in_time(store.park(_heads).outcome) == ["slack/C1"]

    async def test_a_store_that_was_just_opened_may_have_something_to_do(self, store: Store) -> None:
        assert await _in_time(store.park(_heads).outcome) == []

    async def test_a_parked_work_is_run_when_something_is_there_to_do_and_not_before(self, store: Store) -> None:
        await _parked_for_nothing(store)
        parked = asyncio.ensure_future(store.park(_heads).outcome)

        await store.transact(_Sight("nothing to do"))
        assert not parked.done()
        await store.transact(_put("a"))

        assert await _in_time(parked) == ["slack/C1"]

    async def test_an_entry_that_becomes_the_head_of_its_lane_is_something_to_do(self, store: Store) -> None:
        await store.transact(_put("a", "b"))
        taken = await store.transact(
            lambda ledger, now: ledger.outbox.take([Claim("slack/C1", 1, now + MINUTE)], "me", now)
        )
        await _parked_for_nothing(store)
        parked = store.park(_heads)

        await store.transact(lambda ledger, now: ledger.outbox.settle(taken[0], SENT, IS_SENT, now))

        assert await _in_time(parked.outcome) == ["slack/C1"]

    async def test_an_entry_whose_moment_comes_nearer_is_something_to_do(self, store: Store) -> None:
        await store.transact(lambda ledger, now: ledger.outbox.enqueue(entry("a", now, due_in=MINUTE)))
        await _parked_for_nothing(store)
        parked = store.park(_heads)

        await store.transact(lambda ledger, now: ledger.outbox.alter(EntryId("a"), EntryChange(due_at=now)))

        assert await _in_time(parked.outcome) == ["slack/C1"]

    async def test_a_parked_work_can_be_hurried(self, store: Store) -> None:
        await _parked_for_nothing(store)
        parked = store.park(_Sight("hurried"))

        parked.hurry()
        parked.hurry()

        assert await _in_time(parked.outcome)
        assert await _is_known(store, "hurried")

    async def test_a_parked_work_that_was_withdrawn_is_never_run(self, store: Store) -> None:
        await _parked_for_nothing(store)
        parked = store.park(_Sight("withdrawn"))

        parked.withdraw()
        parked.hurry()
        await store.transact(_put("a"))

        assert not await _is_known(store, "withdrawn")

    async def test_what_a_parked_work_raises_undoes_nothing_else(self, store: Store) -> None:
        await _parked_for_nothing(store)
        parked = store.park(_Sight("parked", fails=True))

        await store.transact(_put("a"))

        with pytest.raises(LookupError):
            await _in_time(parked.outcome)
        assert not await _is_known(store, "parked")
        assert await store.transact(_heads) == ["slack/C1"]

    async def test_a_work_that_fails_leaves_a_parked_one_to_the_next(self, store: Store) -> None:
        def fail(ledger: Ledger, now: datetime) -> None:
            ledger.outbox.enqueue(entry("a", now))
            raise LookupError

        await _parked_for_nothing(store)
        parked = asyncio.ensure_future(store.park(_heads).outcome)
        with pytest.raises(LookupError):
            await store.transact(fail)

        await store.transact(_put("b"))

        assert await _in_time(parked) in ([], ["slack/C1"])  # it may have looked in vain
        assert await store.transact(_heads) == ["slack/C1"]

    async def test_a_work_that_is_parked_when_the_store_closes_is_told_so(self, bench: Bench) -> None:
        store = await bench.open()
        await _parked_for_nothing(store)
        parked = store.park(_heads)

        await store.aclose()

        with pytest.raises(StoreBusy):
            await _in_time(parked.outcome)
        with pytest.raises(StoreBusy):
            await _in_time(store.park(_heads).outcome)


def _heads(ledger: Ledger, now: datetime) -> list[str]:
    return ledger.outbox.destinations(now)


def _put(*ids: str) -> Callable[[Ledger, datetime], None]:
    def work(ledger: Ledger, now: datetime) -> None:
        for id in ids:
            ledger.outbox.enqueue(entry(id, now))

    return work


async def _parked_for_nothing(store: Store) -> None:
    """Let the store find out that nothing is left of what has arrived so far."""
    await _in_time(store.park(lambda ledger, now: None).outcome)


async def _in_time(outcome: Awaitable[T]) -> T:
    async with asyncio.timeout(SAFETY_NET):
        return await outcome

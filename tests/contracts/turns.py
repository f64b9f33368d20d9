"""What leases promise of turns in every store; that others have to wait is tested where there can be others."""

from datetime import datetime

from bridge.ports import Ledger, Store
from tests.contracts.bench import MINUTE


class Turns:
    async def test_a_turn_is_kept_for_longer_with_the_same_fence(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[int | None]:
            moments = (now + MINUTE, now + 2 * MINUTE)
            return [ledger.leases.claim("slack", "me", until, now) for until in moments]

        assert await store.transact(work) == [1, 1]

    async def test_the_turns_at_different_things_are_different_turns(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[int | None]:
            first = ledger.leases.claim("slack", "me", now + MINUTE, now)
            return [first, ledger.leases.claim("main", "another", now + MINUTE, now)]

        assert await store.transact(work) == [1, 1]

    async def test_a_new_holder_gets_a_higher_fence_and_the_old_one_holds_nothing_any_more(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[int | None, int | None, list[bool]]:
            old = ledger.leases.claim("slack", "me", now, now)
            new = ledger.leases.claim("slack", "another", now + MINUTE, now)
            return old, new, [ledger.leases.is_held("slack", fence) for fence in (1, 2)]

        assert await store.transact(work) == (1, 2, [False, True])

    async def test_a_turn_that_nobody_took_over_is_held_although_its_time_is_over(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> bool:
            fence = ledger.leases.claim("slack", "me", now - MINUTE, now)
            return fence is not None and ledger.leases.is_held("slack", fence)

        assert await store.transact(work)

    async def test_a_turn_that_was_given_back_is_anybodys(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[int | None]:
            first = ledger.leases.claim("slack", "me", now + MINUTE, now)
            assert first
            ledger.leases.release("slack", first)
            second = ledger.leases.claim("slack", "another", now + MINUTE, now)
            assert second
            ledger.leases.release("slack", second)
            return [first, second, ledger.leases.claim("slack", "another", now + MINUTE, now)]

        assert await store.transact(work) == [1, 2, 3]

    async def test_who_has_lost_a_turn_cannot_give_back_anothers(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> int | None:
            old = ledger.leases.claim("slack", "me", now, now)
            ledger.leases.claim("slack", "another", now + MINUTE, now)
            assert old
            ledger.leases.release("slack", old)
            return ledger.leases.claim("slack", "another", now + MINUTE, now)

        assert await store.transact(work) == 2

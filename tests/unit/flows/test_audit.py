"""What is not as it must be becomes a trouble until it is well again, and is mailed before it is cleared."""

from datetime import timedelta

from bridge.domain.delivery import DeliveryStatus
from bridge.domain.ids import EntryId
from bridge.domain.invariant import Invariant, Violation
from bridge.domain.outbox import EntryChange, EntryState
from bridge.flows import audit, summarize, warn
from tests.unit.flows.books import DESK, MINUTE, Books, plan

READ_BACK_WITHIN = timedelta(minutes=30)
FULL = Violation(invariant=Invariant.DISK_SPACE, detail="1 MB, 0 %")
STUCK = Violation(invariant=Invariant.LANE_STUCK, detail="0123")


async def found(books: Books) -> set[Invariant]:
    violations = await books.do(lambda ledger, now: audit.violations(ledger, books.plan, READ_BACK_WITHIN, now))
    return {one.invariant for one in violations}


async def read_back(books: Books) -> None:
    await books.do(lambda ledger, now: ledger.cursors.put("main/+14155550100", now))


async def troubles(books: Books) -> list[str]:
    return [trouble.key for trouble in await books.look(lambda ledger: ledger.audit.troubles())]


async def tell(books: Books, *violations: Violation) -> None:
    await books.do(lambda ledger, now: audit.tell(ledger, books.plan, "host", violations, now))


async def test_a_text_that_is_shown_and_mailed_in_time_violates_nothing(books: Books) -> None:
    await read_back(books)
    await books.texts()
    await books.goes_out()
    books.forward(11 * MINUTE)
    await books.do(lambda ledger, now: summarize.unacknowledged(ledger, books.plan, now))
    books.forward(5 * MINUTE)

    assert await found(books) == set()


async def test_a_text_that_nobody_is_told_of_in_time_is_found(books: Books) -> None:
    await read_back(books)
    await books.texts()
    await books.goes_out()
    books.forward(12 * MINUTE)
    in_time = await found(books)
    books.forward(MINUTE)

    assert in_time == set()
    assert await found(books) == {Invariant.TEXT_UNMAILED}


async def test_whose_mail_is_refused_is_a_trouble_already(books: Books) -> None:
    await read_back(books)
    await books.texts()
    await books.goes_out()
    books.forward(14 * MINUTE)
    key = summarize.refused(DESK.email)
    await books.do(lambda ledger, now: warn.admin(ledger, key, "It was refused.", now))

    assert await found(books) == set()


async def test_a_text_that_will_never_be_shown_and_an_entry_that_nobody_takes_are_found(books: Books) -> None:
    await read_back(books)
    first, second = await books.texts("One"), await books.texts("Two")
    cancelled = EntryChange(state=EntryState.CANCELLED, status=DeliveryStatus.CANCELLED)
    await books.do(lambda ledger, now: ledger.outbox.alter(EntryId(f"{first.id}/show/0"), cancelled))
    await read_back(books)
    books.forward(3 * MINUTE)
    soon = await found(books)
    await books.do(lambda ledger, now: ledger.messages.cover(second.conversation, second.position))
    books.forward(13 * MINUTE)

    assert soon == {Invariant.TEXT_UNSHOWN}
    assert await found(books) == {Invariant.ENTRY_UNTAKEN}


async def test_a_source_is_found_that_was_not_read_back_unless_a_trouble_tells_why(books: Books) -> None:
    never = await found(books)
    await read_back(books)
    books.forward(32 * MINUTE)
    in_time = await found(books)
    books.forward(MINUTE)
    late = await found(books)
    await books.do(lambda ledger, now: warn.admin(ledger, "catch-up/main", "It cannot be read.", now))

    assert never == late == {Invariant.NOT_READ_BACK}
    assert in_time == await found(books) == set()


async def test_what_is_found_is_a_trouble_until_it_is_well_again(books: Books) -> None:
    await tell(books, FULL, STUCK)
    both = await troubles(books)
    await tell(books, STUCK)
    one = await troubles(books)
    await tell(books)

    assert both == ["audit/host/disk-space", "audit/lane-stuck"]
    assert one == ["audit/lane-stuck"]
    assert await troubles(books) == []


async def test_what_was_over_before_an_admin_was_told_is_told_yet(books: Books) -> None:
    books.plan = plan(admins=(DESK,))
    await tell(books, FULL)
    await tell(books)
    untold = await troubles(books)
    await books.do(lambda ledger, now: warn.admins(ledger, books.plan, now))
    await tell(books)

    assert untold == ["audit/host/disk-space"]
    assert await troubles(books) == []


async def test_one_machine_does_not_clear_what_another_one_found(books: Books) -> None:
    await tell(books, FULL)
    await books.do(lambda ledger, now: audit.tell(ledger, books.plan, "other", [], now))

    assert await troubles(books) == ["audit/host/disk-space"]

"""Who gets which digest when: each text new once to each person, and no mail too early, too often or empty."""

from datetime import timedelta

import pytest

from bridge.domain.command import SendMail
from bridge.domain.outbox import Outcome, Settlement, WishKind
from bridge.errors import Reason
from tests.unit.flows.books import ANN, BOB, DESK, MINUTE, OTHER_DID, OWNER, SECOND, Books, did, plan


async def mails(books: Books) -> list[tuple[str, list[str], list[str]]]:
    """Freeze what is due and return the mails that go: to whom, the new, the still open."""
    await books.summarizes()
    said = [one for one in await books.goes_out() if isinstance(one, SendMail)]
    return [
        (
            mail.to,
            [text.message.text for talk in mail.conversations for text in talk.texts if text.is_new],
            [text.message.text for talk in mail.conversations for text in talk.texts if not text.is_new],
        )
        for mail in said
    ]


@pytest.mark.parametrize(("waited", "count"), [(11 * MINUTE - SECOND, 0), (11 * MINUTE, 1)])
async def test_a_text_is_mailed_when_it_has_waited_and_the_window_has_passed(
    books: Books, waited: timedelta, count: int
) -> None:
    await books.texts("One")

    books.forward(waited)

    assert await mails(books) == [(DESK.email, ["One"], [])] * count


async def test_what_becomes_due_in_the_window_goes_with_it(books: Books) -> None:
    await books.texts("One")
    books.forward(MINUTE)
    await books.texts("Two", sender=BOB)
    books.forward(SECOND)
    await books.texts("Three")

    books.forward(10 * MINUTE - SECOND)

    assert await mails(books) == [(DESK.email, ["One", "Two"], [])]


async def test_after_a_mail_the_next_waits_for_the_interval_and_lists_the_new_first(books: Books) -> None:
    await books.texts("One")
    books.forward(5 * MINUTE)
    await books.texts("Two", sender=BOB)
    books.forward(6 * MINUTE)
    await mails(books)

    books.forward(10 * MINUTE - SECOND)
    too_early = await mails(books)
    books.forward(SECOND)

    assert too_early == []
    assert await mails(books) == [(DESK.email, ["Two"], ["One"])]


async def test_nothing_new_is_no_mail_however_long_the_old_waits(books: Books) -> None:
    await books.texts("One")
    books.forward(11 * MINUTE)
    await mails(books)

    books.forward(timedelta(days=2))

    assert await mails(books) == []


async def test_what_was_acknowledged_a_second_before_is_not_in_it(books: Books) -> None:
    await books.texts("One")
    await books.texts("Two", sender=BOB)
    await books.goes_out()
    books.forward(11 * MINUTE - SECOND)

    await books.reacts(await books.root(ANN))

    assert await mails(books) == [(DESK.email, ["Two"], [])]


async def test_everything_acknowledged_between_freezing_and_sending_is_no_mail(books: Books) -> None:
    await books.texts("One")
    await books.goes_out()
    books.forward(11 * MINUTE)
    await books.summarizes()

    await books.reacts(await books.root())

    assert await mails(books) == []
    assert books.of_kind(WishKind.SEND_DIGEST) == []


async def test_what_was_taken_back_after_it_was_left_out_is_new_in_a_later_mail(books: Books) -> None:
    await books.texts("One")
    await books.goes_out()
    books.forward(11 * MINUTE)
    await books.summarizes()
    await books.reacts(await books.root())
    await mails(books)

    await books.reacts(await books.root(), is_set=False)

    assert await mails(books) == [(DESK.email, ["One"], [])]


async def test_what_was_mailed_acknowledged_and_taken_back_is_still_open_and_not_new(books: Books) -> None:
    await books.texts("One")
    await books.goes_out()
    books.forward(11 * MINUTE)
    await mails(books)
    await books.reacts(await books.root())
    await books.reacts(await books.root(), is_set=False)

    await books.texts("Two", sender=BOB)
    books.forward(11 * MINUTE)

    assert await mails(books) == [(DESK.email, ["Two"], ["One"])]


async def test_each_assigned_person_gets_the_texts_of_his_numbers_once(books: Books) -> None:
    books.plan = plan(did(), did(number=OTHER_DID, assigned=(DESK, OWNER)))
    await books.texts("One")
    await books.texts("Two", did=OTHER_DID)

    books.forward(11 * MINUTE)

    assert sorted(await mails(books)) == [(DESK.email, ["One", "Two"], []), (OWNER.email, ["Two"], [])]


async def test_each_number_has_its_own_patience(books: Books) -> None:
    books.plan = plan(did(), did(number=OTHER_DID, acknowledge_within=timedelta(hours=1)))
    await books.texts("One")
    await books.texts("Two", did=OTHER_DID)

    books.forward(11 * MINUTE)
    soon = await mails(books)
    books.forward(50 * MINUTE)

    assert soon == [(DESK.email, ["One"], [])]
    assert await mails(books) == [(DESK.email, ["Two"], ["One"])]


@pytest.mark.parametrize("interval", [timedelta(), 10 * MINUTE])
async def test_a_person_named_twice_under_one_address_gets_one_mail(books: Books, interval: timedelta) -> None:
    twin = type(DESK)(name="Desk", email=DESK.email)
    books.plan = plan(did(assigned=(DESK, twin)), digest_interval=interval)
    await books.texts("One")

    books.forward(11 * MINUTE)

    assert await mails(books) == [(DESK.email, ["One"], [])]


async def test_nobody_is_mailed_of_numbers_that_are_not_ours_any_more(books: Books) -> None:
    await books.texts("One")
    books.forward(11 * MINUTE)

    books.plan = plan(did(number=OTHER_DID))
    of_another = await mails(books)
    books.plan = type(books.plan)(dids=(), abilities=books.plan.abilities)

    assert of_another == await mails(books) == []


async def test_a_number_that_nobody_is_assigned_to_is_mailed_to_nobody(books: Books) -> None:
    books.plan = plan(did(assigned=()))
    await books.texts("One")

    books.forward(11 * MINUTE)

    assert await mails(books) == []


REFUSED = Settlement(outcome=Outcome.PERMANENT, reason=Reason.REJECTED, detail="550 no such mailbox")


async def test_a_refused_digest_is_told_to_the_admin_and_its_texts_are_new_in_a_later_one(books: Books) -> None:
    await books.texts("One")
    books.forward(11 * MINUTE)
    await books.summarizes()
    await books.goes_out(books.except_for(WishKind.SEND_DIGEST, REFUSED))
    (trouble,) = await books.look(lambda ledger: ledger.audit.troubles())

    books.forward(11 * MINUTE)

    assert await mails(books) == [(DESK.email, ["One"], [])]
    assert "desk@example.com" in trouble.what


async def test_a_refused_digest_is_not_followed_by_the_next_before_the_interval_has_passed(books: Books) -> None:
    await books.texts("One")
    books.forward(11 * MINUTE)
    for _ in range(3):
        await books.summarizes()
        await books.goes_out(books.except_for(WishKind.SEND_DIGEST, REFUSED))
        books.forward(5 * SECOND)

    assert len(books.of_kind(WishKind.SEND_DIGEST)) == 1


async def test_a_digest_that_goes_out_again_ends_the_trouble(books: Books) -> None:
    await books.texts("One")
    books.forward(11 * MINUTE)
    await books.summarizes()
    await books.goes_out(books.except_for(WishKind.SEND_DIGEST, REFUSED))
    books.forward(11 * MINUTE)

    await mails(books)

    assert await books.look(lambda ledger: ledger.audit.troubles()) == []

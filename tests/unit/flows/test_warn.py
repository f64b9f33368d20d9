"""What we say in a thread, or to the admins, when something failed, is unclear, or was refused."""

from datetime import timedelta

from bridge.domain.command import SendMail
from bridge.domain.notice import Case, Notice
from bridge.flows import warn
from tests.unit.flows.books import ANN, DESK, MINUTE, OWNER, Books, plan


async def trouble(books: Books, key: str = "blocked/slack") -> None:
    await books.do(lambda ledger, now: warn.admin(ledger, key, f"{key} is broken.", now))


async def mails(books: Books) -> list[SendMail]:
    await books.do(lambda ledger, now: warn.admins(ledger, books.plan, now))
    return [one for one in await books.goes_out() if isinstance(one, SendMail)]


async def test_the_same_cause_says_the_same_thing_once(books: Books) -> None:
    await books.texts()
    talk, ours = await books.conversation(), books.plan.dids[0]
    notice = Notice(case=Case.HELP_ASKED, address=ANN.value)
    for cause in ("one", "one", "two"):
        await books.do(lambda ledger, now, cause=cause: warn.thread(ledger, ours, talk, notice, cause, now))  # type: ignore[misc] # bound early

    await books.goes_out()

    assert books.notices() == [Case.HELP_ASKED] * 2


async def test_every_admin_is_mailed_what_is_new_with_all_that_is_open(books: Books) -> None:
    books.plan = plan(admins=(DESK, OWNER))
    await trouble(books, "a")
    await trouble(books, "b")

    first, second = await mails(books)

    assert {first.to, second.to} == {DESK.email, OWNER.email}
    assert first.notices == second.notices == ("a is broken.", "b is broken.")
    assert first.conversations == ()


async def test_admins_are_mailed_only_of_something_new_and_not_at_once_after_another_mail(books: Books) -> None:
    books.plan = plan(admins=(DESK,))
    await trouble(books, "a")
    first = await mails(books)
    await trouble(books, "b")
    books.forward(warn.QUIET - MINUTE)
    too_early = await mails(books)
    books.forward(MINUTE)
    second = await mails(books)
    books.forward(timedelta(days=1))
    await trouble(books, "b")

    nothing_new = await mails(books)

    assert [len(first), len(too_early), len(second), len(nothing_new)] == [1, 0, 1, 0]


async def test_without_admins_or_troubles_nobody_is_mailed(books: Books) -> None:
    await trouble(books)
    without_admins = await mails(books)
    books.plan = plan(admins=(DESK,))
    await books.do(lambda ledger, now: ledger.audit.clear("blocked/slack"))

    assert without_admins == await mails(books) == []


async def test_a_trouble_that_is_over_before_its_mail_goes_is_not_mailed(books: Books) -> None:
    books.plan = plan(admins=(DESK,))
    await trouble(books)
    await books.do(lambda ledger, now: warn.admins(ledger, books.plan, now))

    await books.do(lambda ledger, now: ledger.audit.clear("blocked/slack"))

    assert await books.goes_out() == []


async def test_who_is_no_admin_any_more_is_not_mailed(books: Books) -> None:
    books.plan = plan(admins=(DESK,))
    await trouble(books)
    await books.do(lambda ledger, now: warn.admins(ledger, books.plan, now))

    books.plan = plan(admins=(OWNER,))

    assert await books.goes_out() == []


async def test_no_number_of_anybody_is_told_to_an_admin(books: Books) -> None:
    what = "main does not let us in (400: Invalid 'To' Phone Number: +12125550142)."

    await books.do(lambda ledger, now: warn.admin(ledger, "blocked/main", what, now))

    (trouble,) = await books.look(lambda ledger: ledger.audit.troubles())
    assert "+1212…42" in trouble.what
    assert "2125550142" not in trouble.what

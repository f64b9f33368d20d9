"""What the tests of an erasure have in common: an admin who orders it, and how far it has come."""

from typing import Any

import pytest

from bridge.domain.command import DeletePost, PostToThread, SendSms
from bridge.domain.conversation import Conversation
from bridge.domain.dialplan import Person
from bridge.domain.erasure import Erasure, Stage, confirmation
from bridge.domain.event import ErasureOrdered
from bridge.domain.ids import ConversationId, EventKey, PersonRef
from bridge.domain.outbox import Outcome, Settlement
from bridge.domain.phone import Address, SenderName, ShortCode
from bridge.errors import Reason
from bridge.flows import erase
from bridge.flows.deliver import Taken
from tests.unit.flows.books import ANN, BEN, MINUTE, OTHER_DID, Answer, Books, did, file, plan

ADMIN = Person(name="Ben", email="ben@example.com", slack=BEN)
LUNA, CODE = SenderName("LUNA BANK"), ShortCode("72345")
ODD = Settlement(outcome=Outcome.UNCERTAIN, detail="no answer")


@pytest.fixture
def admins(books: Books) -> Books:
    books.plan = plan(did(), did(number=OTHER_DID), admins=(ADMIN,))
    return books


async def orders(
    books: Books,
    address: Address = ANN,
    typed: str | None = None,
    *,
    within: ConversationId | None = None,
    person: PersonRef = BEN,
    **more: Any,
) -> dict[str, str]:
    """Let somebody have all of this person deleted; return what is wrong with that."""
    id = within or (await books.conversation(address)).id
    event = ErasureOrdered(
        key=EventKey(f"form:{id}:{typed}"),
        conversation=id,
        address=address,
        typed=confirmation(address) if typed is None else typed,
        person=person,
        **more,
    )
    aside = await books.do(lambda ledger, now: erase.ordered(ledger, books.plan, event, now))
    return dict(aside.wrong) if aside else {}


async def goes_on(books: Books, most: int = 500) -> int:
    """Go on as long as there is something to do at once; return how many steps that were."""
    for count in range(most):
        if not await books.do(lambda ledger, now: erase.proceed(ledger, now)):
            return count
    raise AssertionError("it does not end")


async def is_sms(books: Books, taken: Taken) -> bool:
    """Tell an SMS from the rest, which goes well."""
    if isinstance(taken.command, SendSms):
        return True
    await books.settles(taken, books.well(taken))
    return False


def deletions(books: Books, *answers: Settlement) -> Answer:
    """Answer deletions of our posts so, and that a colleague's reply is his."""
    foreign = Settlement(outcome=Outcome.PERMANENT, detail="his", reason=Reason.FOREIGN)
    left = iter(answers)

    def answer(taken: Taken) -> Settlement:
        if not isinstance(taken.command, DeletePost):
            return books.well(taken)
        return next(left, books.well(taken)) if taken.command.post in books.posts else foreign

    return answer


async def erasure(books: Books) -> Erasure | None:
    return await books.look(lambda ledger: ledger.erasures.under_way())


async def stage(books: Books) -> Stage | None:
    found = await erasure(books)
    return found.stage if found else None


async def talk(books: Books) -> Conversation:
    """Ann has texted with a picture, Ben has answered, and all of it is shown and sent."""
    await books.texts("A secret of Ann's", files=(file(),))
    await books.goes_out()
    books.forward(MINUTE)
    await books.replies("A secret of Ben's")
    await books.goes_out()
    return await books.conversation()


async def all_of_it(books: Books) -> list[PostToThread]:
    """Let it be done to its end; return what is said then."""
    said: list[PostToThread] = []
    for _ in range(50):
        await goes_on(books)
        said += [one for one in await books.goes_out(deletions(books)) if isinstance(one, PostToThread)]
        if await erasure(books) is None:
            return said + [one for one in await books.goes_out() if isinstance(one, PostToThread)]
        books.forward(MINUTE)
    raise AssertionError(f"it ends in {await erasure(books)}")

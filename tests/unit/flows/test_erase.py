"""All that is kept of somebody is deleted step by step; what is under way is waited for, what comes late is nothing."""

from dataclasses import replace
from datetime import datetime

import pytest

from bridge.domain.command import DeletePost
from bridge.domain.contact import Contact, Source
from bridge.domain.erasure import Stage, confirms
from bridge.domain.event import RawEvent
from bridge.domain.ids import ConversationId, EventKey, PersonRef, ThreadRef
from bridge.domain.outbox import WishKind
from bridge.domain.phone import Address, SenderName
from bridge.domain.query import AskErasure
from bridge.domain.standing import Place, Standing
from bridge.flows import erase, name
from bridge.ports import Ledger
from bridge.wording import erase as words
from tests.unit.flows.books import ANN, BEN, BOB, EVE, MINUTE, OTHER_DID, SECOND, Books, did, plan
from tests.unit.flows.erasing import ADMIN, CODE, LUNA, all_of_it, erasure, orders, talk
from tests.unit.flows.erasing import admins as admins

# Who, and which


@pytest.mark.parametrize(
    ("address", "typed", "is_meant"),
    [
        (ANN, "0142", True),
        (ANN, " 0142\n", True),
        (ANN, "142", False),
        (ANN, "+12125550142", False),
        (CODE, "2345", True),
        (LUNA, "luna bank ", True),
        (LUNA, "luna", False),
    ],
)
def test_the_last_four_digits_or_the_whole_of_a_name_confirm(address: Address, typed: str, is_meant: bool) -> None:
    assert confirms(typed, address) is is_meant


@pytest.mark.parametrize(
    ("person", "standing"),
    [(EVE, Standing()), (BEN, Standing(place=Place.GUEST)), (BEN, Standing(place=Place.GONE))],
)
async def test_only_an_admin_who_is_a_member_may_order_it(admins: Books, person: PersonRef, standing: Standing) -> None:
    conversation = await talk(admins)

    wrong = await orders(admins, person=person, standing=standing)

    asked = AskErasure(conversation=conversation.id, person=person, standing=standing)
    view = await admins.look(lambda ledger: erase.asked(ledger, admins.plan, asked))
    assert (wrong, view.holdings) == ({words.TYPED: words.only_admins()}, ())
    assert await erasure(admins) is None


async def test_wrong_digits_begin_nothing(admins: Books) -> None:
    await talk(admins)

    assert await orders(admins, typed="0143") == {words.TYPED: words.wrong_ending()}
    assert await erasure(admins) is None


async def test_what_is_not_there_any_more_cannot_be_deleted(admins: Books) -> None:
    conversation = await talk(admins)
    gone = {words.TYPED: words.is_gone()}

    unknown = await orders(admins, within=ConversationId("nobody's"))
    of_another = await orders(admins, BOB, within=conversation.id)
    admins.plan = plan(did(number=OTHER_DID), admins=(ADMIN,))
    unlisted = await orders(admins)
    admins.plan = plan(did(), admins=(ADMIN,))
    await orders(admins)
    again = await orders(admins)

    assert [unknown, of_another, unlisted, again] == [gone] * 4


async def test_what_would_go_and_what_would_stay_is_told_before(admins: Books) -> None:
    admins.plan = replace(admins.plan, contacts={ANN: "Ann Lee"})
    await talk(admins)
    await admins.texts("To all", others=(BOB,))
    await admins.withdraws(ANN)
    group = await admins.conversation(ANN, BOB)

    asked = AskErasure(conversation=group.id, person=BEN)
    ann, bob = (await admins.look(lambda ledger: erase.asked(ledger, admins.plan, asked))).holdings

    assert (ann.peer.name, ann.conversations, ann.groups, ann.is_configured, ann.has_opted_out) == (
        "Ann Lee",
        2,
        1,
        True,
        True,
    )
    assert (bob.peer.name, bob.conversations, bob.groups, bob.is_configured, bob.has_opted_out) == (
        "",
        1,
        1,
        False,
        False,
    )
    assert "2 conversations (one of them is a group" in words.what_goes(ann)
    assert "The name in bridge.toml stays" in words.what_stays((ann,))
    assert "outlives this" in words.what_stays((bob,))


# What goes


async def test_texts_files_names_and_posts_go_and_it_is_told_without_the_number(admins: Books) -> None:
    conversation = await talk(admins)
    await admins.do(
        lambda ledger, now: ledger.contacts.put(
            Contact(address=ANN, source=Source.IMPORT, name="Ann Lee", by=None, at=now)
        )
    )
    ours = list(admins.posts)

    assert await orders(admins) == {}
    (said,) = await all_of_it(admins)

    deleted = [one.command.post for one in admins.of_kind(WishKind.DELETE_POST) if isinstance(one.command, DeletePost)]
    assert [post for post in deleted if post in ours] == ours[::-1]
    assert str(deleted[-1]) == conversation.thread
    assert said.thread is None
    assert "ending in 0142 has been deleted: 2 texts, 1 file, 2 posts" in str(said.content)
    assert "+1212" not in str(said.content)
    left = await admins.look(lambda ledger: ledger.conversations.get(conversation.id))
    assert left
    assert (left.participants, left.thread, left.link, left.is_erased) == ((), None, "", True)
    assert await admins.look(lambda ledger: name.of(ledger, admins.plan, ANN)) is None
    texts = await admins.look(lambda ledger: ledger.messages.after(conversation.id, 0, 9))
    assert [(one.text, one.is_kept) for one in texts] == [("", False), ("", False)]
    assert texts[0].author == SenderName("")
    assert await admins.look(lambda ledger: ledger.media.get("jpeg")) is None


async def test_requests_are_blanked_that_name_the_number_its_conversation_or_its_thread(admins: Books) -> None:
    conversation = await talk(admins)
    thread = b'"thread_ts": "1699.000042"'
    bodies = (b"To=%2B12125550142", conversation.id.encode(), b'"(212) 555-0142"', thread, b"something else")

    def meet(ledger: Ledger, now: datetime) -> None:
        ledger.conversations.set_thread(conversation.id, ThreadRef("C1/1699.000042"), "")
        for number, body in enumerate(bodies):
            ledger.sightings.first(RawEvent(source="x", keys=(EventKey(f"r{number}"),), body=body), now)

    await admins.do(meet)

    assert await orders(admins) == {}
    await all_of_it(admins)

    assert await admins.do(lambda ledger, now: ledger.sightings.forget(now + MINUTE, 99)) == 1


async def test_it_is_done_in_small_steps_and_goes_on_wherever_it_was_left(
    admins: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erase, "AT_ONCE", 1)
    monkeypatch.setattr(erase, "POSTS_AT_ONCE", 1)
    for number in range(3):
        await admins.texts(f"Text {number}")
    await admins.goes_out()
    assert await orders(admins) == {}
    seen = set[tuple[Stage, int]]()
    while (found := await erasure(admins)) and found.stage is not Stage.POSTS:
        assert (found.stage, found.reached) not in seen or found.stage in (Stage.CALMING, Stage.OVERWRITING)
        seen.add((found.stage, found.reached))
        await admins.do(lambda ledger, now: erase.proceed(ledger, now))

    (said,) = await all_of_it(admins)

    assert "3 texts, 0 files, 3 posts" in str(said.content)


async def test_a_sender_without_a_number_and_a_short_code_can_be_deleted_too(admins: Books) -> None:
    for sender in (LUNA, CODE):
        await admins.texts("Your code is 1234", sender=sender)
        await admins.texts("And another", sender=sender, did=OTHER_DID)
        await admins.goes_out()

        assert await orders(admins, sender) == {}
        (said,) = await all_of_it(admins)

        assert "2 texts, 0 files, 2 posts" in str(said.content)


async def test_of_a_group_all_of_it_goes_and_what_its_members_said_elsewhere_stays(admins: Books) -> None:
    await admins.texts("To all", others=(BOB,))
    bobs = await admins.texts("To you", sender=BOB)
    await admins.goes_out()
    group = await admins.conversation(ANN, BOB)

    assert await orders(admins, ANN, within=group.id) == {}
    await all_of_it(admins)

    assert (await admins.message(bobs.id)).text == "To you"
    assert await admins.look(lambda ledger: [one.text for one in ledger.messages.after(group.id, 0, 9)]) == [""]


async def test_two_erasures_are_done_one_after_the_other(admins: Books) -> None:
    await talk(admins)
    await admins.texts("Hello", sender=BOB)
    await admins.goes_out()
    assert await orders(admins) == {}
    admins.forward(SECOND)
    assert await orders(admins, BOB) == {}

    said = await all_of_it(admins)

    assert ["ending in 0142" in str(one.content) for one in said] == [True, False]


async def test_a_conversation_without_a_post_needs_none_deleted(admins: Books) -> None:
    await admins.texts("Never shown")
    assert await orders(admins) == {}

    (said,) = await all_of_it(admins)

    assert "1 text, 0 files, 0 posts" in str(said.content)

"""All that is kept of somebody is deleted step by step; what is under way is waited for, what comes late is nothing."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bridge.domain.command import DeletePost, PostToThread, SendSms
from bridge.domain.contact import Contact, Source
from bridge.domain.conversation import Conversation
from bridge.domain.delivery import DeliveryStatus
from bridge.domain.dialplan import Person
from bridge.domain.erasure import Erasure, Stage, confirmation, confirms
from bridge.domain.event import ErasureOrdered, OwnerChosen, RawEvent, ReplyEdited
from bridge.domain.ids import ConversationId, EntryId, EntryToken, EventKey, MessageId, PersonRef, ThreadRef
from bridge.domain.outbox import EntryState, OutboxEntry, Outcome, Settlement, WishKind
from bridge.domain.phone import Address, SenderName, ShortCode
from bridge.domain.phrase import Action
from bridge.domain.query import AskErasure, AskFind, AskTalk
from bridge.domain.standing import Place, Standing
from bridge.errors import Reason
from bridge.flows import converse, deliver, erase, name, own, rescue, revise, survey
from bridge.flows.deliver import Taken
from bridge.ports import Ledger
from bridge.wording import erase as words
from tests.unit.flows.books import ANN, BEN, BOB, EVE, MINUTE, OTHER_DID, SECOND, Answer, Books, did, file, plan

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


# What is under way


async def test_what_waits_is_dropped_and_marked_as_not_sent(admins: Books) -> None:
    await admins.texts("Hello")
    await admins.goes_out()
    written = await admins.replies("On my way")

    assert await orders(admins) == {}
    await all_of_it(admins)

    (entry,) = await admins.sendings(written)
    assert (entry.state, entry.status) == (EntryState.CANCELLED, DeliveryStatus.CANCELLED)
    assert admins.sms() == []


async def test_an_sms_that_is_being_tried_is_left_to_its_end_and_its_words_go_afterwards(admins: Books) -> None:
    await admins.texts("Hello")
    await admins.goes_out()
    written = await admins.replies("On my way")
    (tried,) = [one for one in await admins.takes() if await is_sms(admins, one)]

    assert await orders(admins) == {}
    await goes_on(admins)
    assert (await stage(admins), (await admins.message(written)).text) == (Stage.CALMING, "On my way")
    await admins.settles(tried, Settlement(outcome=Outcome.SENT, ref="SM9"))
    await all_of_it(admins)

    (entry,) = await admins.sendings(written)
    assert (entry.state, (await admins.message(written)).text) == (EntryState.SENT, "")


async def test_before_its_first_octet_an_sms_is_no_wish_any_more(admins: Books) -> None:
    await admins.texts("Hello")
    await admins.goes_out()
    await admins.replies("On my way")
    (tried,) = [one for one in await admins.takes() if isinstance(one.command, SendSms)]

    assert await orders(admins) == {}

    assert await admins.do(lambda ledger, now: deliver.still_due(ledger, admins.plan, tried.entry, now)) is None


async def test_an_unclear_sms_is_decided_by_nobody_any_more(admins: Books) -> None:
    await admins.texts("Hello")
    await admins.goes_out()
    written = await admins.replies("On my way")
    await admins.goes_out(admins.except_for(WishKind.SEND_SMS, ODD))
    (entry,) = await admins.sendings(written)
    await admins.do(lambda ledger, now: rescue.cannot_tell(ledger, admins.plan, entry, "no list", now))
    await admins.goes_out()

    assert await orders(admins) == {}
    await all_of_it(admins)

    (entry,) = await admins.sendings(written)
    assert entry.state is EntryState.CANCELLED


async def test_a_post_of_which_nobody_knows_whether_it_stands_is_found_first_and_deleted(admins: Books) -> None:
    await admins.texts("Hello")
    (taken,) = await admins.takes()
    await admins.settles(taken, ODD)

    assert await orders(admins) == {}
    await goes_on(admins)
    assert await stage(admins) is Stage.CALMING
    found = Settlement(outcome=Outcome.SENT, ref="C1/lost", posted_at=admins.clock.now(), link="")
    entry = await admins.entry(taken.entry.id)
    admins.posts.append(found.ref)
    await admins.do(lambda ledger, now: rescue.happened(ledger, admins.plan, entry, found, now))
    (said,) = await all_of_it(admins)

    assert [one.entry.subject for one in admins.of_kind(WishKind.DELETE_POST)] == ["C1/lost"]
    assert "1 text, 0 files, 1 post" in str(said.content)


async def test_a_post_that_cannot_be_deleted_is_counted_as_one_that_stays(admins: Books) -> None:
    await talk(admins)
    refused = Settlement(outcome=Outcome.PERMANENT, detail="chat.delete: no", reason=Reason.REJECTED)
    gone = replace(refused, reason=Reason.GONE)

    assert await orders(admins) == {}
    await goes_on(admins)
    await admins.goes_out(deletions(admins, refused, gone))
    (said,) = await all_of_it(admins)

    assert "2 texts, 1 file, 1 post. 1 post could not be deleted here" in str(said.content)
    assert len(await admins.look(lambda ledger: ledger.audit.troubles())) == 1


async def test_what_became_of_a_post_of_no_erasure_is_nothing(admins: Books) -> None:
    await talk(admins)
    entry = replace(admins.outgoing[0].entry, detail="form:never")

    await admins.look(lambda ledger: erase.post_settled(ledger, entry, None))

    assert await admins.look(lambda ledger: ledger.posts.get(admins.posts[0])) is not None  # type: ignore[arg-type]


# What comes late


async def test_the_next_text_opens_another_conversation_each_time(admins: Books) -> None:
    ids = []
    for _ in range(3):
        await admins.texts("Hello")
        await admins.goes_out()
        current = await admins.do(lambda ledger, now: converse.between(ledger, admins.plan.dids[0], (ANN,), now))
        ids.append(current.id)
        assert await orders(admins, within=current.id) == {}
        if len(ids) != 2:  # whether it is done or not
            await all_of_it(admins)

    assert len(set(ids)) == 3


async def test_a_text_that_comes_meanwhile_is_kept_and_shown_in_a_new_thread(admins: Books) -> None:
    await talk(admins)
    assert await orders(admins) == {}
    await goes_on(admins)

    await admins.texts("It is me again")
    said = await all_of_it(admins)

    (root,) = [one for one in said if "It is me again" in str(one.content)]
    assert root.thread is None
    assert "secret" not in str(root.content)


async def test_a_reply_in_the_old_thread_is_nobodys_and_so_is_what_its_authors_change(admins: Books) -> None:
    await talk(admins)
    (written,) = admins.said
    old = (await admins.conversation()).thread
    assert old
    assert await orders(admins) == {}

    await admins.replies("Too late", thread=old)
    known = ReplyEdited(key=EventKey("edit"), reply=admins.said[written])

    assert not await admins.look(lambda ledger: revise.is_known(ledger, known))
    assert not await admins.look(lambda ledger: revise.is_ours(ledger, known))
    await admins.turns(MessageId(written), is_note=True)
    assert "no reply in one of our threads" in str(admins.asides[-1].phrase)
    assert admins.sms() == ["A secret of Ben's"]


async def test_reactions_buttons_and_choices_of_its_menu_do_nothing_any_more(admins: Books) -> None:
    conversation = await talk(admins)
    (entry,) = await admins.sendings(next(iter(admins.said)))
    assert await orders(admins) == {}

    await admins.reacts(admins.posts[0])
    await admins.presses(Action.ACKNOWLEDGE, conversation.id)
    await admins.presses(Action.MUTE, conversation.id)
    await admins.presses(Action.RETRY, entry.token)
    chosen = OwnerChosen(key=EventKey("own"), conversation=conversation.id, owner=EVE, person=BEN)
    aside = await admins.do(lambda ledger, now: own.by_form(ledger, admins.plan, chosen, now))

    assert "being deleted" in str(admins.asides[-1].phrase)
    assert aside
    assert aside.wrong
    left = await admins.look(lambda ledger: ledger.conversations.get(conversation.id))
    assert left
    assert (left.owner, left.waiting_since, left.course) == (BEN, None, "open")
    assert await admins.unacknowledged() == []
    assert len(await admins.sendings(next(iter(admins.said)))) == 1


async def test_it_is_found_by_nobody_and_its_menu_opens_nothing(admins: Books) -> None:
    conversation = await talk(admins)
    assert await orders(admins) == {}

    asked = AskFind(words="secret", channels=frozenset({did().channel}))
    by_number = replace(asked, words="0142")
    found = [
        (await admins.look(lambda ledger, one=one: survey.found(ledger, admins.plan, one))).found  # type: ignore[misc]
        for one in (asked, by_number)
    ]
    view = await admins.look(lambda ledger: survey.talk(ledger, admins.plan, AskTalk(conversation=conversation.id)))

    assert found == [(), ()]
    assert view.people == ()


async def test_a_receipt_that_comes_late_is_heeded_and_its_request_blanked(admins: Books) -> None:
    await talk(admins)
    assert await orders(admins) == {}
    await all_of_it(admins)
    key = EventKey(f"receipt:{admins.count + 1}")
    raw = RawEvent(source="main", keys=(key,), body=b"To=%2B12125550142")
    await admins.do(lambda ledger, now: ledger.sightings.first(raw, now))

    (entry,) = await admins.sendings(next(iter(admins.said)))
    await admins.receipt(DeliveryStatus.FAILED, token=entry.token)

    (entry,) = await admins.sendings(next(iter(admins.said)))
    assert entry.status is DeliveryStatus.FAILED
    assert await admins.goes_out() == [] or all(not isinstance(one, PostToThread) for one in admins.outgoing[-1:])
    assert await admins.do(lambda ledger, now: ledger.sightings.forget(now + MINUTE, 99)) == 0


async def test_nothing_is_said_of_it_even_where_a_wish_was_left_over(admins: Books) -> None:
    """A wish that a former release has made meanwhile, or that a restore has brought back."""
    conversation = await talk(admins)
    assert await orders(admins) == {}
    await all_of_it(admins)
    before = len(admins.outgoing)

    def leave_over(ledger: Ledger, now: datetime) -> None:
        for kind, subject in (
            (WishKind.SHOW_MESSAGE, "main:1"),
            (WishKind.SAY_NOTE, conversation.id),
            (WishKind.SEND_SMS, next(iter(admins.said))),
        ):
            left = replace(
                admins.outgoing[0].entry,
                id=EntryId(f"left/{kind}"),
                token=EntryToken(kind),
                lane=f"slack/C1:{kind}",
                kind=kind,
                subject=subject,
                detail='{"case": "help-asked"}',
                state=EntryState.READY,
                fence=0,
            )
            ledger.outbox.enqueue(left)

    await admins.do(leave_over)

    await admins.goes_out()
    assert len(admins.outgoing) == before


async def test_without_an_erasure_there_is_nothing_to_do(books: Books) -> None:
    assert await goes_on(books) == 0


async def test_a_bridge_whose_admins_have_no_place_in_the_chat_has_nobody_who_may(books: Books) -> None:
    books.plan = plan(did(), admins=(replace(ADMIN, slack=None),))

    assert not erase.may_order(books.plan, BEN)


async def test_the_words_of_its_texts_are_overwritten_before_it_is_told(admins: Books) -> None:
    for text in ("One", "Two"):
        await admins.texts(text)
        await admins.look(lambda ledger: ledger.search.index(9))
    await admins.goes_out()

    assert await orders(admins) == {}
    await all_of_it(admins)

    assert not await admins.look(lambda ledger: ledger.search.overwrite())


async def test_what_failed_meanwhile_is_said_in_no_thread(admins: Books) -> None:
    await talk(admins)
    (entry,) = await admins.sendings(next(iter(admins.said)))
    assert await orders(admins) == {}

    await admins.receipt(DeliveryStatus.FAILED, token=entry.token)

    assert not any(isinstance(one, PostToThread) for one in await admins.goes_out())


async def test_what_another_daemon_has_done_meanwhile_is_done(admins: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    await talk(admins)
    assert await orders(admins) == {}
    found = await erasure(admins)
    assert found

    def meanwhile(ledger: Ledger, now: datetime) -> bool:
        def finished(outbox: object, lane: str) -> list[OutboxEntry]:
            ledger.erasures.put(replace(found, stage=Stage.DONE))
            return []

        monkeypatch.setattr(type(ledger.outbox), "untried", finished)
        return erase.proceed(ledger, now)

    assert await admins.do(meanwhile)
    assert await erasure(admins) is None

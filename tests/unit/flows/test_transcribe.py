"""A conversation is read to its end, part by part, by whoever may; each text as it was said, and how far it came."""

import pytest

from bridge.domain.ids import ChannelRef, ConversationId
from bridge.domain.phrase import Mark
from bridge.domain.query import AskTranscript, Enclosure, Peer, TranscriptView
from bridge.domain.standing import Place, Standing
from bridge.flows import transcribe
from bridge.wording import export as words
from tests.unit.flows.books import ANN, BEN, BOB, EVE, MINUTE, OTHER_DID, Books, did, file, plan

SEEN = frozenset({ChannelRef("C1")})


async def reads(books: Books, *people: object, after: int = 0, **more: object) -> TranscriptView:
    conversation = await books.conversation(*people)  # type: ignore[arg-type]
    usual = {"conversation": conversation.id, "person": BEN, "channels": SEEN, "after": after}
    asked = AskTranscript(**(usual | more))  # type: ignore[arg-type]
    return await books.look(lambda ledger: transcribe.page(ledger, books.plan, asked))


async def test_each_text_is_told_as_it_was_said_with_who_and_how_far_it_came(books: Books) -> None:
    books.plan = plan(did(), contacts={ANN: "Ann Lee"}, timezone="Europe/Berlin")
    await books.texts("Hello,\n\tyou", files=(file(),))
    await books.goes_out()
    await books.replies("Yes?")
    await books.goes_out()
    await books.replies("// A note")

    view = await reads(books)

    ann = Peer(number=ANN.value, name="Ann Lee")
    assert (view.people, view.label, view.number, view.timezone, view.after) == (
        (ann,),
        "Main line",
        "+14155550100",
        "Europe/Berlin",
        None,
    )
    said = [(one.by, one.text, one.mark, one.is_kept) for one in view.utterances]
    assert said == [
        (ann, "Hello,\n\tyou", None, True),
        (BEN, "Yes?", Mark.SENT, True),
        (BEN, "// A note", Mark.NOTE, True),
    ]
    assert view.utterances[0].enclosures == (Enclosure(name="picture-1.jpg", type="image/jpeg", is_kept=True),)


async def test_it_is_read_part_by_part(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcribe, "AT_ONCE", 2)
    for text in ("One", "Two", "Three", "Four"):
        await books.texts(text)

    pages, after = [], 0
    while True:
        view = await reads(books, after=after)
        pages.append([one.text for one in view.utterances])
        if view.after is None:
            break
        after = view.after

    assert pages == [["One", "Two"], ["Three", "Four"], []]


async def test_of_what_was_forgotten_it_says_so(books: Books) -> None:
    await books.texts("Hello", files=(file(name="holiday.jpg"),))
    await books.goes_out()
    await books.do(lambda ledger, now: ledger.messages.forget(did().number, now + MINUTE, 9))

    (told,) = (await reads(books)).utterances

    assert (told.text, told.is_kept) == ("", False)
    assert told.enclosures == (Enclosure(name="", type="image/jpeg", is_kept=False),)


async def test_in_a_group_each_text_has_its_author(books: Books) -> None:
    await books.texts("From Ann", others=(BOB,))
    await books.texts("From Bob", sender=BOB, others=(ANN,))

    view = await reads(books, ANN, BOB)

    assert [(one.by, one.text) for one in view.utterances] == [
        (Peer(number=ANN.value, name=""), "From Ann"),
        (Peer(number=BOB.value, name=""), "From Bob"),
    ]


@pytest.mark.parametrize("place", [Place.GUEST, Place.STRANGER, Place.GONE])
async def test_whoever_may_not_answer_may_not_take_it_along(books: Books, place: Place) -> None:
    await books.texts("Hello")

    view = await reads(books, standing=Standing(place=place))

    assert view.utterances == ()
    assert view.refusal


async def test_only_who_sees_the_channel_of_a_number_that_is_still_ours_gets_it(books: Books) -> None:
    await books.texts("Hello")

    unseen = await reads(books, channels=frozenset())
    unknown = await reads(books, conversation=ConversationId("nobody's"))
    books.plan = plan(did(responders=frozenset({EVE})))
    refused = await reads(books)
    books.plan = plan(did(number=OTHER_DID))
    unlisted = await reads(books)

    assert [view.refusal == words.not_yours() for view in (unseen, unknown, refused, unlisted)] == [
        True,
        True,
        False,
        True,
    ]
    assert [view.utterances for view in (unseen, unknown, refused, unlisted)] == [()] * 4

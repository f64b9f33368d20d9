"""A new text: written in a form, it goes out once, opens its thread under its author's name, and is marked there."""

from typing import Any

import pytest

from bridge.domain.command import AmendPost, Card, MarkPost, PostToThread, Said, SendSms, UploadFile
from bridge.domain.dialplan import Abilities, LongText
from bridge.domain.event import SmsComposed
from bridge.domain.ids import ChannelRef, EventKey, MessageId
from bridge.domain.notice import Case
from bridge.domain.phrase import Mark, Mention
from bridge.domain.standing import Place, Standing
from bridge.flows import compose, initiate
from bridge.wording import form as words
from tests.unit.flows.books import ANN, BEN, BOB, DID, OTHER_DID, Books, did, file, plan

SEEN = frozenset({ChannelRef("C1")})
GROUPS = Abilities(groups=True, media=True, receipts=True, lists=True, max_characters=1600, max_files=10)


async def composed(books: Books, text: str = "We are open", **more: Any) -> MessageId:
    """Let Ben send off the form; return the message that comes of it."""
    facts: dict[str, Any] = {
        "form": EventKey("form:1"),
        "did": DID,
        "to": (ANN.value,),
        "person": BEN,
        "channels": SEEN,
    } | more
    event = SmsComposed(key=EventKey(f"submitted:{books.count}"), text=text, **facts)
    books.count += 1
    await books.acts(lambda ledger, now: initiate.sms(ledger, books.plan, event, now))
    return MessageId(event.form)


def wrong(books: Books) -> dict[str, str]:
    return dict(books.asides[-1].wrong)


async def test_a_new_text_opens_its_thread_and_goes_out_and_the_post_carries_its_mark(books: Books) -> None:
    written = await composed(books)

    said = await books.goes_out()
    (opening,) = [one for one in said if isinstance(one, PostToThread)]
    assert isinstance(opening.content, Card)
    assert (opening.content.text, opening.content.is_waiting) == ("We are open", False)
    assert Mention(BEN) in opening.content.footing
    assert [(one.text, one.to) for one in said if isinstance(one, SendSms)] == [("We are open", (ANN,))]
    assert [one.mark for one in said if isinstance(one, MarkPost)][-1] is Mark.SENT
    assert (await books.message(written)).post == await books.root()


async def test_the_answer_lands_in_that_thread_and_waits(books: Books) -> None:
    await composed(books)
    await books.goes_out()

    await books.texts("Thanks")

    said = await books.goes_out()
    (answer,) = [one for one in said if isinstance(one, PostToThread)]
    assert answer.thread == await books.root()
    (card,) = [one.content for one in said if isinstance(one, AmendPost)]
    assert isinstance(card, Card)
    assert card.is_waiting


async def test_where_a_thread_is_there_the_text_stands_in_it_under_its_authors_name(books: Books) -> None:
    await books.texts("Are you open?")
    await books.goes_out()

    await composed(books)

    (shown,) = [one for one in await books.goes_out() if isinstance(one, PostToThread)]
    assert shown.thread == await books.root()
    assert isinstance(shown.content, Said)
    assert Mention(BEN) in shown.content.footing
    assert len(await books.unacknowledged()) == 1  # its author need not have seen what waits there


async def test_one_form_brings_about_one_text_however_often_it_is_submitted(books: Books) -> None:
    await composed(books, "We are open")
    await composed(books, "We are open!")

    await books.goes_out()
    assert books.sms() == ["We are open"]


async def test_a_sign_of_notes_means_nothing_in_a_form(books: Books) -> None:
    await composed(books, "// 50 % off")

    await books.goes_out()
    assert books.sms() == ["// 50 % off"]


@pytest.mark.parametrize(
    "to", ["2125550142", "(212) 555-0142", "+1 212 555 0142", "1-212-555-0142", "\u202a+1 212\u00a0555\u200b0142\u202c"]
)
async def test_a_number_is_understood_as_people_write_it(books: Books, to: str) -> None:
    await composed(books, to=(to,))

    (sent,) = [one for one in await books.goes_out() if isinstance(one, SendSms)]
    assert sent.to == (ANN,)


@pytest.mark.parametrize(
    ("more", "field", "told"),
    [
        ({"to": ()}, "to", words.nobody()),
        ({"to": ("5550142",)}, "to", words.no_number("5550142")),
        ({"to": ("Ada",)}, "to", words.no_number("Ada")),
        ({"to": (DID.value,)}, "to", words.is_ours(DID.value)),
        ({"to": (ANN.value, BOB.value)}, "to", words.no_groups()),
        ({"to": ("+19005550142",)}, "to", "special rate"),
        ({"to": ("+442079460142",)}, "to", "country"),
        ({"text": " "}, "text", words.nothing_to_send()),
        ({"unfit_files": ("plan.gdoc",)}, "files", words.unfit_file("plan.gdoc")),
        ({"did": OTHER_DID}, "did", words.no_such_did()),
        ({"channels": frozenset()}, "did", words.not_yours()),
        ({"standing": Standing(place=Place.GUEST)}, "did", words.not_yours()),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_done(
    books: Books, more: dict[str, Any], field: str, told: str
) -> None:
    await composed(books, **({"text": "Hello"} | more))

    assert told in wrong(books)[field]
    assert await books.goes_out() == []
    assert await books.look(lambda ledger: ledger.messages.get(MessageId("form:1"))) is None


async def test_after_mistakes_the_same_form_can_be_sent_off(books: Books) -> None:
    await composed(books, to=())

    await composed(books)

    await books.goes_out()
    assert books.sms() == ["We are open"]


async def test_whoever_said_stop_is_not_written_to(books: Books) -> None:
    await books.withdraws()

    await composed(books)

    assert "STOP" in wrong(books)["to"]


async def test_a_text_too_long_for_the_number_is_refused_in_the_form_and_a_costly_one_asked_about(books: Books) -> None:
    books.plan = plan(did(long_text=LongText.REFUSE))
    await composed(books, "a" * 161)
    refused = wrong(books)
    books.plan = plan()
    await composed(books, "a" * 700)

    await books.goes_out()
    assert "2 texts" in refused["text"]
    assert books.sms() == []
    assert books.notices() == [Case.ASK_LONG]


async def test_a_group_is_one_conversation_in_whatever_order_its_numbers_were_given(books: Books) -> None:
    books.plan = plan(abilities={"main": GROUPS})
    await composed(books, to=(BOB.value, ANN.value, ANN.value))
    await composed(books, to=(ANN.value, BOB.value), form=EventKey("form:2"))

    sent = [one.to for one in await books.goes_out() if isinstance(one, SendSms)]
    assert sent == [(ANN, BOB)] * 2


async def test_its_files_go_out_and_are_put_into_the_thread(books: Books) -> None:
    await composed(books, files=(file(1), file(2)))

    said = await books.goes_out()
    (sent,) = [one for one in said if isinstance(one, SendSms)]
    assert len(sent.media_tokens) == 2
    assert len([one for one in said if isinstance(one, UploadFile)]) == 2


async def test_while_nothing_can_be_shown_it_goes_out_all_the_same(books: Books) -> None:
    written = await composed(books)

    taken = await books.takes()

    assert SendSms in {type(one.command) for one in taken}
    kept = await books.message(written)
    assert await books.look(lambda ledger: compose.mark_of(ledger, kept)) is Mark.QUEUED

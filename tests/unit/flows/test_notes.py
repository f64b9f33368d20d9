"""What is said among colleagues stays inside: by its beginning, or by the rule of the number."""

import pytest

from bridge.domain.command import MarkPost, PostToThread, SendSms
from bridge.domain.dialplan import Replies
from bridge.domain.ids import MessageId
from bridge.domain.phrase import Mark
from bridge.errors import Reason
from bridge.flows import compose
from tests.unit.flows.books import MINUTE, Books, did, plan


async def opened(books: Books) -> None:
    """Let Ann's first text be shown in a thread."""
    await books.texts("Are you open?")
    await books.goes_out()
    books.forward(MINUTE)


async def mark(books: Books, message: MessageId) -> Mark:
    kept = await books.message(message)
    return await books.look(lambda ledger: compose.mark_of(ledger, kept))


@pytest.mark.parametrize("text", ["// he is angry", "  //he is angry", "\U0001f512 angry", "Note: angry", "NOTE:angry"])
async def test_a_note_stays_inside_is_marked_and_acknowledges(books: Books, text: str) -> None:
    await opened(books)

    written = await books.replies(text)

    said = await books.goes_out()
    assert [one for one in said if isinstance(one, SendSms | PostToThread)] == []
    assert [one.mark for one in said if isinstance(one, MarkPost)] == [Mark.NOTE]
    assert (await books.message(written)).refusal is Reason.NOTE
    assert await books.unacknowledged() == []


@pytest.mark.parametrize("text", ["Take note: we are closed", "https://example.com", "/ no"])
async def test_what_only_contains_the_sign_of_a_note_goes_out(books: Books, text: str) -> None:
    await opened(books)

    await books.replies(text)

    assert [one.text for one in await books.goes_out() if isinstance(one, SendSms)] == [text]


async def test_signs_of_notes_are_as_configured(books: Books) -> None:
    books.plan = plan(notes=("psst",))
    await opened(books)

    await books.replies("Psst, he is angry")
    await books.replies("// is a comment")

    assert [one.text for one in await books.goes_out() if isinstance(one, SendSms)] == ["// is a comment"]


@pytest.mark.parametrize(
    ("rule", "is_meant", "sent"),
    [
        (Replies.SEND, False, True),
        (Replies.SEND, True, True),
        (Replies.MENTION, False, False),
        (Replies.MENTION, True, True),
        (Replies.OFF, False, False),
        (Replies.OFF, True, False),
    ],
)
async def test_which_replies_go_out_is_a_rule_of_the_number(
    books: Books, rule: Replies, is_meant: bool, sent: bool
) -> None:
    books.plan = plan(did(replies=rule))
    await opened(books)

    written = await books.replies("Yes", mentions_us=is_meant)

    assert [one.text for one in await books.goes_out() if isinstance(one, SendSms)] == ["Yes"] * sent
    assert await mark(books, written) is (Mark.SENT if sent else Mark.NOTE)
    assert await books.unacknowledged() == []


async def test_a_note_is_not_sent_either_where_it_mentions_the_app(books: Books) -> None:
    books.plan = plan(did(replies=Replies.MENTION))
    await opened(books)

    written = await books.replies("// ask the app", mentions_us=True)

    assert await mark(books, written) is Mark.NOTE

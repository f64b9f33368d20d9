"""A wish, which only names what it is about, becomes a complete command that says what is true now."""

from dataclasses import replace

import pytest

from bridge.domain.command import (
    AmendPost,
    Card,
    Command,
    MarkPost,
    Note,
    PostToThread,
    Said,
    SendMail,
    SendSms,
    UploadFile,
)
from bridge.domain.conversation import Conversation
from bridge.domain.dialplan import LongText
from bridge.domain.ids import ConversationId, PostRef
from bridge.domain.message import Media
from bridge.domain.notice import Case, Notice
from bridge.domain.outbox import OutboxEntry, WishKind
from bridge.domain.phrase import Action, Mark
from bridge.flows import compose, request
from bridge.flows.compose import Unsaid
from bridge.wording import post as words
from tests.unit.flows.books import ANN, BOB, JPEG, MINUTE, OTHER_DID, Books, did, file, plan


async def wish(books: Books, entry: OutboxEntry) -> Command | Unsaid:
    return await books.do(lambda ledger, now: compose.command(ledger, books.plan, entry, now))


async def stray(books: Books, kind: WishKind) -> OutboxEntry:
    """Make a wish about something that is not there."""
    await books.texts()
    (taken,) = await books.takes()
    return replace(taken.entry, kind=kind, subject="nothing")


@pytest.mark.parametrize("kind", [kind for kind in WishKind if kind is not WishKind.AMEND_NOTE])
async def test_a_wish_about_something_that_is_not_there_is_none(books: Books, kind: WishKind) -> None:
    entry = await stray(books, kind)

    assert await wish(books, entry) is Unsaid.WITHDRAWN


async def test_the_card_says_who_to_which_number_what_and_since_when(books: Books) -> None:
    books.plan = plan(contacts={ANN: "Ada Moss"})
    await books.texts("Are you open?\x85")

    (said,) = await books.goes_out()

    talk = await books.conversation()
    assert isinstance(said, PostToThread)
    assert isinstance(said.content, Card)
    card = said.content
    assert card.title == "Ada Moss · (212) 555-0142"
    assert card.subtitle == ("to Main line · (415) 555-0100",)
    assert card.text == "Are you open?…"
    assert card.state == words.waiting(books.clock.now())
    assert [(one.action, one.value) for one in card.buttons] == [(Action.ACKNOWLEDGE, talk.id), (Action.REPLY, talk.id)]


async def test_the_card_names_everybody_of_a_group_and_each_post_its_author(books: Books) -> None:
    books.plan = plan(contacts={BOB: "Bob"})
    await books.texts(others=(BOB,))
    await books.texts(sender=BOB, others=(ANN,))

    first, second = await books.goes_out()

    assert isinstance(first, PostToThread)
    assert isinstance(first.content, Card)
    assert first.content.title == "(212) 555-0142, Bob · (212) 555-0143"
    assert isinstance(second, PostToThread)
    assert isinstance(second.content, Said)
    assert second.content.heading == "Bob · (212) 555-0143"


@pytest.mark.parametrize(("files", "shown"), [((file(),), words.PICTURE), ((), words.NO_TEXT)])
async def test_a_text_without_words_is_shown_as_what_it_is(books: Books, files: tuple[()], shown: str) -> None:
    await books.texts(" \n", files=files)
    await books.texts(" \n", files=files)

    said = [one.content for one in await books.goes_out() if isinstance(one, PostToThread)]

    assert [one.text for one in said if isinstance(one, Card | Said)] == [shown, shown]


async def test_the_card_of_a_number_that_left_the_configuration_is_amended_still(books: Books) -> None:
    await books.texts()
    await books.goes_out()
    books.plan = type(books.plan)(dids=(), abilities=books.plan.abilities)

    await books.reacts(await books.root())

    (amended,) = await books.goes_out()
    assert isinstance(amended, AmendPost)
    assert isinstance(amended.content, Card)
    assert amended.content.subtitle == ("to  · (415) 555-0100",)


async def test_where_nobody_acknowledged_and_nothing_waits_the_card_says_so(books: Books) -> None:
    await books.texts()
    await books.goes_out()
    talk = await books.conversation()

    await books.do(lambda ledger, now: ledger.conversations.set_covered(talk.id, 99, None))
    await books.do(lambda ledger, now: request.amended(ledger, talk, "test", now))

    (amended,) = await books.goes_out()
    assert isinstance(amended, AmendPost)
    assert isinstance(amended.content, Card)
    assert amended.content.state == words.nothing_waits()


@pytest.mark.parametrize("files", [(), (file(),)])
async def test_the_card_of_a_text_that_is_no_longer_kept_says_so(books: Books, files: tuple[()]) -> None:
    await books.texts("One", files=files)
    await books.goes_out()
    talk = await books.conversation()
    books.forward(MINUTE)
    await books.do(lambda ledger, now: ledger.messages.forget(talk.did, now, 10))

    await books.reacts(await books.root())

    (amended,) = [one for one in await books.goes_out() if isinstance(one, AmendPost)]
    assert isinstance(amended.content, Card)
    assert amended.content.text == words.NO_LONGER_KEPT


async def test_a_part_that_retention_took_away_is_shown_as_no_longer_kept(books: Books) -> None:
    await books.texts("a" * 3001)
    talk = await books.conversation()
    books.forward(MINUTE)
    await books.do(lambda ledger, now: ledger.messages.forget(talk.did, now, 10))

    said = [one.content for one in await books.goes_out() if isinstance(one, PostToThread)]

    assert [one.text for one in said if isinstance(one, Card | Said)] == [words.NO_LONGER_KEPT] * 2


async def test_a_note_and_what_it_becomes_are_said_from_their_facts(books: Books) -> None:
    await books.texts("STOP")
    *_, note = await books.goes_out()
    notice = Notice(case=Case.HELP_ASKED, address=ANN.value)
    await books.do(lambda ledger, now: request.noted(ledger, PostRef("C1/7"), notice, "test", now))

    (amended,) = await books.goes_out()

    assert isinstance(note, PostToThread)
    assert isinstance(note.content, Note)
    assert "STOP" in str(note.content.phrase)
    assert isinstance(amended, AmendPost)
    assert amended.post == "C1/7"
    assert isinstance(amended.content, Note)
    assert "HELP" in str(amended.content.phrase)


async def test_a_message_without_a_post_of_its_own_carries_no_mark(books: Books) -> None:
    message = await books.texts()
    await books.goes_out()

    await books.do(lambda ledger, now: request.marked(ledger, message.id, "test", now))

    assert await books.goes_out() == []


@pytest.mark.parametrize(("is_refused", "mark"), [(True, Mark.FAILED), (False, Mark.QUEUED)])
async def test_a_reply_that_nothing_was_sent_of_is_refused_or_only_kept(
    books: Books, is_refused: bool, mark: Mark
) -> None:
    await books.texts()
    await books.goes_out()
    reply = await books.message(await books.replies(" "))
    kept = reply if is_refused else replace(reply, refusal=None)

    assert await books.look(lambda ledger: compose.mark_of(ledger, kept)) is mark


async def test_a_reply_is_marked_as_its_least_advanced_part(books: Books) -> None:
    books.plan = plan(did(long_text=LongText.SPLIT))
    await books.texts()
    await books.goes_out()
    await books.replies("a" * 200)

    marks = [one.mark for one in await books.goes_out() if isinstance(one, MarkPost)]

    assert marks == [Mark.QUEUED, Mark.SENT] or marks == [Mark.QUEUED, Mark.QUEUED, Mark.SENT]


async def test_the_files_of_a_reply_can_be_fetched_under_an_address_that_expires(books: Books) -> None:
    await books.texts()
    await books.goes_out()
    await books.replies("Look", files=(file(name="cat.jpg"),))
    (sms,) = [one for one in await books.goes_out() if isinstance(one, SendSms)]
    (token,) = sms.media_tokens

    now = await books.do(lambda ledger, now: ledger.media.granted(token, now))
    later = await books.do(lambda ledger, now: ledger.media.granted(token, now + compose.MEDIA_GRANT))

    assert (now, later) == (JPEG, None)
    assert len(token) >= 32


async def test_a_reply_that_retention_took_away_is_not_sent(books: Books) -> None:
    await books.texts()
    await books.goes_out()
    books.forward(MINUTE)
    await books.replies("Yes")
    books.forward(MINUTE)
    talk = await books.conversation()
    await books.do(lambda ledger, now: ledger.messages.forget(talk.did, now, 10))

    await books.goes_out()

    assert books.sms() == []


async def test_a_picture_keeps_the_name_that_it_came_with(books: Books) -> None:
    await books.texts("Look", files=(file(name="cat.jpeg"),))
    await books.goes_out()
    books.forward(MINUTE)
    await books.goes_out()

    (upload,) = [one.command for one in books.of_kind(WishKind.UPLOAD_FILE)]
    assert isinstance(upload, UploadFile)
    assert upload.name == "cat.jpeg"


async def test_a_picture_that_retention_took_away_is_not_uploaded(books: Books) -> None:
    await books.texts("Look", files=(file(),))
    await books.goes_out(books.except_for(WishKind.UPLOAD_FILE, None))
    (upload,) = books.of_kind(WishKind.UPLOAD_FILE)
    books.forward(MINUTE)
    talk = await books.conversation()
    await books.do(lambda ledger, now: ledger.messages.forget(talk.did, now, 10))

    assert await wish(books, upload.entry) is Unsaid.WITHDRAWN


# --- digests ----------------------------------------------------------------------------------------------------------


async def digest(books: Books) -> SendMail:
    books.forward(11 * MINUTE)
    await books.summarizes()
    (mail,) = [one for one in await books.goes_out() if isinstance(one, SendMail)]
    return mail


async def test_a_digest_groups_texts_by_conversation_the_new_first(books: Books) -> None:
    books.plan = plan(did(), did(number=OTHER_DID), contacts={ANN: "Ada"})
    await books.texts("One")
    await books.goes_out()
    await digest(books)
    await books.texts("Two", sender=BOB)
    await books.texts("Three", sender=ANN, did=OTHER_DID)
    await books.goes_out()

    mail = await digest(books)

    assert [[text.message.text for text in talk.texts] for talk in mail.conversations] == [["Two"], ["Three"], ["One"]]
    assert [talk.names for talk in mail.conversations] == [("",), ("Ada",), ("Ada",)]
    assert mail.conversations[-1].conversation.link == f"link {await books.root()}"
    assert mail.frozen_at == books.clock.now()


@pytest.mark.parametrize("trouble", ["listener/slack", "blocked/slack/C1", "waiting/slack/C1"])
async def test_a_digest_says_since_when_its_texts_cannot_be_shown(books: Books, trouble: str) -> None:
    await books.texts("One")
    await books.goes_out()
    since = books.clock.now()
    await books.do(lambda ledger, now: ledger.audit.note(trouble, "", now))
    await books.do(lambda ledger, now: ledger.audit.note("blocked/slack/C0ELSEWHERE", "", now))
    during = await digest(books)
    await books.do(lambda ledger, now: ledger.audit.clear(trouble))
    await books.texts("Two")

    afterwards = await digest(books)

    assert during.chat_silent_since == since
    assert afterwards.chat_silent_since is None


async def test_a_digest_shows_pictures_once_each_until_there_are_enough_for_a_mail(books: Books) -> None:
    def picture(name: str, size: int, type: str = "image/jpeg") -> Media:
        return Media(digest=name, type=type, content=b"x" * size)

    shelf = [
        picture("small", 1000),
        picture("large", 3_900_000),
        picture("too much", 200_000),
        picture("again small", 1000),
        picture("paper", 10, "application/pdf"),
    ]
    for media in [*shelf, shelf[0]]:
        books.media = media
        await books.texts("Look", files=(file(),))
        await books.goes_out()

    mail = await digest(books)

    assert [name for name, _ in mail.pictures] == ["small", "large", "again small"]
    assert all(text.attachments for talk in mail.conversations for text in talk.texts)


async def test_a_digest_names_a_number_that_left_the_configuration_as_none_of_ours(books: Books) -> None:
    await books.texts("One")
    books.forward(11 * MINUTE)
    await books.summarizes()
    books.plan = plan(did(number=OTHER_DID))

    (mail,) = [one for one in await books.goes_out() if isinstance(one, SendMail)]

    assert [talk.did for talk in mail.conversations] == [None]


# --- whom and how -----------------------------------------------------------------------------------------------------


async def test_of_a_group_in_which_nobody_wrote_the_first_is_answered(books: Books) -> None:
    talk = replace(await _group(books), id=ConversationId("none wrote here"))
    ours = books.plan.dids[0]

    to = await books.look(lambda ledger: compose.recipients(ledger, books.plan, ours, talk))

    assert to == (ANN,)


async def _group(books: Books) -> Conversation:
    await books.texts(others=(BOB,))
    return await books.conversation(ANN, BOB)


@pytest.mark.parametrize(
    ("long_text", "files", "characters", "count"),
    [
        (LongText.SEGMENTS, 0, 1600, 1),
        (LongText.SEGMENTS, 0, 1601, 2),
        (LongText.SPLIT, 0, 161, 2),
        (LongText.SPLIT, 1, 161, 1),
        (LongText.MMS, 0, 1600, 1),
    ],
)
async def test_a_text_is_cut_where_the_number_or_the_carrier_asks_for_it(
    books: Books, long_text: LongText, files: int, characters: int, count: int
) -> None:
    message = replace(await books.texts("a" * characters), media=files)

    texts = compose.texts_of(message, did(long_text=long_text), books.plan)

    assert len(texts) == count

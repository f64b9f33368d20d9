"""Which lane each wish stands in, and the name that makes a second request harmless."""

from bridge.domain.ids import EntryId
from bridge.domain.outbox import WishKind
from bridge.flows import request
from tests.unit.flows.books import ANN, BOB, MINUTE, Books, did, file, kinds


def test_a_number_speaks_in_its_channel_and_on_its_carriers_line() -> None:
    assert request.channel(did()) == "slack/C1"
    assert request.line(did()) == "main/+14155550100"


async def test_posts_of_one_conversation_stand_in_one_lane_and_others_beside_it(books: Books) -> None:
    await books.texts(sender=ANN)
    await books.texts(sender=BOB)

    first, second = await books.takes()

    assert first.entry.destination == second.entry.destination == "slack/C1"
    assert first.entry.lane != second.entry.lane
    assert first.entry.lane == f"slack/C1:{(await books.conversation(ANN)).id}"


async def test_no_number_can_be_read_from_the_name_that_leaves_the_house(books: Books) -> None:
    token = await books.look(lambda ledger: request.token(ledger, EntryId("main:SM1/send/0")))

    assert len(token) == 32
    assert "SM1" not in token
    assert token == await books.look(lambda ledger: request.token(ledger, EntryId("main:SM1/send/0")))


async def test_amendments_and_marks_that_wait_together_are_one(books: Books) -> None:
    await books.texts()
    await books.goes_out()
    talk = await books.conversation()
    reply = await books.replies()
    for cause in ("one", "two"):
        await books.look(lambda ledger, cause=cause: request.amended(ledger, talk, cause, books.clock.now()))  # type: ignore[misc] # bound early
        await books.look(lambda ledger, cause=cause: request.marked(ledger, reply, cause, books.clock.now()))  # type: ignore[misc] # bound early

    taken = await books.takes()

    assert sorted(kinds(taken)) == [WishKind.AMEND_CARD, WishKind.MARK_REPLY, WishKind.SEND_SMS]


async def test_what_changes_while_an_amendment_is_under_way_is_amended_after_it(books: Books) -> None:
    await books.texts()
    await books.goes_out()
    await books.reacts(await books.root())
    (amendment,) = await books.takes()

    await books.reacts(await books.root(), is_set=False)

    assert await books.takes() == []
    await books.settles(amendment, books.well(amendment))
    assert kinds(await books.takes()) == [WishKind.AMEND_CARD]


async def test_a_conversation_without_a_thread_has_no_card_to_amend(books: Books) -> None:
    await books.texts()
    talk = await books.conversation()

    await books.do(lambda ledger, now: request.amended(ledger, talk, "test", now))

    assert kinds(await books.takes()) == [WishKind.SHOW_MESSAGE]


async def test_files_of_a_text_stand_beside_everything_and_files_of_a_reply_before_it(books: Books) -> None:
    await books.texts(files=(file(1), file(2)))
    await books.goes_out()
    books.forward(MINUTE)
    await books.replies(files=(file(3, name="cat.jpg"),))

    fetches = books.of_kind(WishKind.FETCH_MEDIA)
    taken = await books.takes()

    assert {one.entry.destination for one in fetches} == {"main.media"}
    assert len({one.entry.lane for one in fetches}) == 2
    lanes = {one.entry.kind: one.entry.lane for one in taken}
    assert lanes[WishKind.FETCH_FILE].startswith("main/+14155550100:")
    assert WishKind.SEND_SMS not in lanes

"""Asking the carrier: sending once, looking it up, reading back, fetching; against the simulated carrier."""

from datetime import timedelta

import pytest

from adapters.sandbox.faults import Fault
from bridge.domain.command import SendSms
from bridge.domain.delivery import DeliveryReceipt, DeliveryStatus
from bridge.domain.ids import CarrierRef
from bridge.domain.phone import PhoneNumber, SenderName
from bridge.errors import Blocked, Permanent, PortError, Reason, Transient, Uncertain
from tests.unit.adapters.twilio.account import GIF, KEY, NOBODY, OURS, THEIRS, WISH, Rig, due, rigged

# --- send ---


async def test_a_text_arrives_and_its_receipts_carry_our_token(rig: Rig) -> None:
    ref = await rig.send()
    await rig.world.settled()

    assert rig.world.phone(THEIRS.value).texts() == ["On our way"]
    receipts = [event for event in rig.intake.events if isinstance(event, DeliveryReceipt)]
    assert [(each.token, each.ref, each.status) for each in receipts] == [
        (KEY, ref, DeliveryStatus.SENT),
        (KEY, ref, DeliveryStatus.DELIVERED),
    ]


async def test_what_is_sent_is_the_wish_as_it_is_at_the_last_moment(rig: Rig) -> None:
    late = SendSms(did=OURS, to=(THEIRS,), text="Already there")

    await rig.carrier.send(WISH, KEY, due(late))
    await rig.world.settled()

    assert rig.world.phone(THEIRS.value).texts() == ["Already there"]


async def test_what_is_no_longer_due_is_not_sent(rig: Rig) -> None:
    assert await rig.carrier.send(WISH, KEY, due(None)) is None
    assert rig.world.messages == []


async def test_pictures_go_out_by_our_own_media_address(rig: Rig) -> None:
    await rig.send(SendSms(did=OURS, to=(THEIRS,), text="", media_tokens=("tok_1", "tok-2")))
    await rig.world.settled()

    [message] = rig.world.phone(THEIRS.value).received()
    assert [(each.content_type, each.content) for each in message.media] == [("image/gif", GIF)] * 2


@pytest.mark.parametrize("text", ["é😀\n&=+%", "half \ud83d", "\x00", "x" * 1600])
async def test_any_text_goes_out(rig: Rig, text: str) -> None:
    await rig.send(SendSms(did=OURS, to=(THEIRS,), text=text))
    await rig.world.settled()

    assert rig.world.phone(THEIRS.value).texts() == [text.encode("utf-8", "replace").decode()]


@pytest.mark.parametrize("to", [(), (THEIRS, PhoneNumber("+12125550102")), (SenderName("ACMEBANK"),)])
async def test_what_cannot_be_addressed_is_not_sent(rig: Rig, to: tuple[PhoneNumber, ...]) -> None:
    told = await rig.failure(SendSms(did=OURS, to=to, text="x"))

    assert isinstance(told, Permanent)
    assert told.reason is Reason.NOT_REPLIABLE
    assert rig.world.messages == []


@pytest.mark.parametrize(
    ("code", "kind"), [(21610, Permanent), (21612, Permanent), (21614, Permanent), (21606, Blocked), (21611, Transient)]
)
async def test_a_refusal_is_told_in_our_kinds(rig: Rig, code: int, kind: type[PortError]) -> None:
    rig.world.refuse(THEIRS.value, code)

    told = await rig.failure()

    assert type(told) is kind
    assert rig.world.messages == []


async def test_a_wrong_login_holds_the_account() -> None:
    async with rigged(api_key_sid="SK" + "0" * 32, api_key_secret="wrong") as rig:
        told = await rig.failure()

    assert isinstance(told, Blocked)
    assert told.remedy


async def test_an_api_key_logs_in_under_the_accounts_own_path() -> None:
    async with rigged(api_key_sid="SK" + "0" * 32, api_key_secret="right") as rig:
        rig.world.api.api_keys["SK" + "0" * 32] = "right"

        assert await rig.send()


@pytest.mark.parametrize(
    ("fault", "kind", "is_processed"),
    [
        (Fault.REFUSE, Uncertain, False),
        (Fault.ERROR, Uncertain, False),
        (Fault.LIMIT, Transient, False),
        (Fault.CUT, Uncertain, True),
        (Fault.LATE_ERROR, Uncertain, True),
        (Fault.GARBAGE, Uncertain, True),
        (Fault.SILENT, Uncertain, True),
    ],
)
async def test_whatever_may_have_been_sent_is_uncertain_and_sent_once(
    fault: Fault, kind: type[PortError], is_processed: bool
) -> None:
    async with rigged(timeout="1s" if fault is Fault.SILENT else "20s") as rig:
        rig.world.faults.next("messages.create", fault)

        told = await rig.failure()

        assert type(told) is kind
        assert len(rig.world.messages) == is_processed


async def test_a_carrier_that_cannot_be_reached_has_not_sent_it(rig: Rig) -> None:
    await rig.world.down()

    assert isinstance(await rig.failure(), Transient)


# --- find ---


async def test_a_text_whose_answer_was_lost_is_found(rig: Rig) -> None:
    started_at = rig.clock.now()
    rig.world.faults.next("messages.create", Fault.CUT)
    await rig.failure()

    assert await rig.found(started_at) == rig.world.messages[0].sid


async def test_a_text_that_never_left_is_absent_once_the_list_can_be_believed(rig: Rig) -> None:
    started_at = rig.clock.now()
    rig.world.faults.next("messages.create", Fault.REFUSE)
    await rig.failure()

    with pytest.raises(Transient):
        await rig.found(started_at)
    rig.clock.forward(timedelta(seconds=60))

    assert await rig.found(started_at) is None


async def test_a_list_that_lags_is_not_taken_for_a_no(rig: Rig) -> None:
    started_at = rig.clock.now()
    rig.world.api.listing_lag = timedelta(seconds=30)
    rig.world.faults.next("messages.create", Fault.CUT)
    await rig.failure()

    with pytest.raises(Transient):
        await rig.found(started_at)
    rig.clock.forward(timedelta(seconds=60))

    assert await rig.found(started_at) == rig.world.messages[0].sid


async def test_an_equal_text_that_belongs_to_another_entry_is_not_taken_for_this_one(rig: Rig) -> None:
    earlier = await rig.send()
    rig.clock.forward(timedelta(seconds=60))

    assert await rig.found(rig.clock.now() - timedelta(seconds=60), frozenset({earlier})) is None


async def test_two_that_may_be_it_leave_it_uncertain(rig: Rig) -> None:
    started_at = rig.clock.now()
    await rig.send()
    await rig.send()

    with pytest.raises(Uncertain):
        await rig.found(started_at)


async def test_an_old_equal_text_that_is_none_of_ours_leaves_it_uncertain(rig: Rig) -> None:
    theirs = await rig.send()
    assert theirs
    rig.clock.forward(timedelta(hours=1))
    started_at = rig.clock.now()
    rig.clock.forward(timedelta(minutes=5))

    with pytest.raises(Uncertain):
        await rig.found(started_at)
    assert await rig.found(started_at, frozenset({theirs})) is None


async def test_a_list_without_the_texts_that_it_confirmed_is_not_believed(rig: Rig) -> None:
    started_at = rig.clock.now()
    rig.clock.forward(timedelta(minutes=5))

    with pytest.raises(Uncertain):
        await rig.found(started_at, frozenset({CarrierRef("SM" + "7" * 32)}))


@pytest.mark.parametrize("fault", [Fault.REFUSE, Fault.ERROR, Fault.LIMIT, Fault.CUT, Fault.LATE_ERROR, Fault.GARBAGE])
async def test_a_list_that_does_not_answer_now_is_to_be_asked_again(rig: Rig, fault: Fault) -> None:
    rig.world.faults.next("messages.list", fault)

    with pytest.raises(Transient):
        await rig.found(rig.clock.now() - timedelta(hours=1))


async def test_what_cannot_be_sent_was_not(rig: Rig) -> None:
    group = SendSms(did=OURS, to=(THEIRS, PhoneNumber("+12125550102")), text="On our way")

    assert await rig.carrier.find(group, KEY, rig.clock.now(), NOBODY) is None

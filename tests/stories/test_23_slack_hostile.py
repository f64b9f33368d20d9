"""What Slack may say that nobody hopes for, row by row: each row says what comes, and shows what follows from it."""

import copy
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from adapters.sandbox.mailbox.dialogue import Answers
from adapters.sandbox.workspace.nouns import Json
from tests.stories.language import ADA, BOB, CHANNEL, House, Thread, opened_house, shown

Row = Callable[[House], Awaitable[None]]
ROWS: dict[str, tuple[str, Row]] = {}
NUMBERS = (2, 3, 4, 6, 7, 8, 10, 11, 12, 14, 15, 16, 18, 19, 20, 22, 23, 24, 26)
DELIVERED, LOCK, FAILED = "white_check_mark", "lock", "x"


def row(name: str, what: str) -> Callable[[Row], Row]:
    """Put a row into the table."""

    def put(shows: Row) -> Row:
        assert name not in ROWS
        ROWS[name] = (what, shows)
        return shows

    return put


async def opened(house: House, text: str = "Are you open?") -> Thread:
    await house.phone(ADA).texts(text)
    return await house.thread(ADA)


def events_of(house: House, ts: str) -> list[Json]:
    """The payloads in which Slack has told of this message."""
    return [one.payload for one in house.slack.deliveries if one.event.get("ts") == ts]


async def only(house: House, *texts: str) -> None:
    """Wait until the phone has these texts, and nothing is under way that might bring another."""
    await house.phone(ADA).gets(*texts)
    await house.slack.settled()
    await house.forward(minutes=2)
    assert house.phone(ADA).got == list(texts)


@row("S2", "one event four times, at once, after a minute and after five")
async def s2(house: House) -> None:
    thread = await opened(house)
    reply = await house.agent().replies(thread, "Yes")
    (told,) = events_of(house, reply)
    for wait in (0, 60, 240):
        await house.forward(seconds=wait)
        house.slack.courier.send_event(copy.deepcopy(told))
    await only(house, "Yes")


@row("S3", "one gesture that Slack has stored twice: two moments, one id of the client")
async def s3(house: House) -> None:
    thread = await opened(house)
    reply = await house.agent().replies(thread, "Yes")
    again = copy.deepcopy(events_of(house, reply)[0])
    again["event_id"] = "EvTWICE"
    again["event"]["ts"] = again["event"]["event_ts"] = f"{float(reply) + 1:.6f}"
    house.slack.courier.send_event(again)
    await only(house, "Yes")


@row("S4", "our own posts, another app's, and one of an app in a person's name")
async def s4(house: House) -> None:
    thread = await opened(house)
    for name in (None, "U0BEN"):
        await house.slack.people.say_as_app("Workflow", CHANNEL, "Beep", thread.root, in_name_of=name)
    await house.slack.settled()
    await house.forward(minutes=1)
    assert house.phone(ADA).got == []
    assert thread.is_green


@row("S6", "a reply in a thread that is not ours")
async def s6(house: House) -> None:
    thread = await opened(house)
    theirs = await house.slack.people.say("U0BEN", CHANNEL, "Lunch?")
    await house.slack.people.say("U0DESK", CHANNEL, "At noon", thread_ts=theirs)
    await house.slack.settled()
    await house.forward(minutes=1)
    assert house.phone(ADA).got == []
    kept = await house.read(lambda ledger: ledger.audit.status(house.clock.now()).counts)
    assert kept["messages"] == 1
    assert thread.is_green


@row("S7", "replies of a guest, of another company's people, of a deactivated account")
async def s7(house: House) -> None:
    thread = await opened(house)
    outsiders: dict[str, Json] = {
        "U0GUEST": {"is_restricted": True},
        "U0OTHER": {"team_id": "T0ELSEWHERE"},
        "U0GONE": {"deleted": True},
    }
    for user, what in outsiders.items():
        house.slack.add_user(user.lower(), id=user, **what)
        reply = await house.agent(user).replies(thread, "Come at six")
        await house.agent(user).sees_mark(thread, reply, LOCK)
        await house.agent(user).hears("Nothing was sent")
    assert house.phone(ADA).got == []
    assert thread.is_green


@row("S8", "signs that Slack escapes, typed as they are")
async def s8(house: House) -> None:
    thread = await opened(house)
    await house.agent().replies(thread, "<b> & &amp; &lt;")
    await only(house, "<b> & &amp; &lt;")


@row("S10", "ten thousand characters")
async def s10(house: House) -> None:
    thread = await opened(house)
    await house.agent().replies(thread, "word " * 2_000)
    asked = await thread.shows("segments, each billed as a text. Send it?")
    await house.forward(minutes=2)
    assert house.phone(ADA).got == []
    await house.agent().presses(thread, asked.ts, "Cancel")
    await house.agent().sees_mark(thread, thread.messages[1].ts, "no_entry_sign")


@row("S11", "replies in which nobody sees anything")
async def s11(house: House) -> None:
    thread = await opened(house)
    for text in ("   ", "\u200b\u2060"):
        reply = await house.agent().replies(thread, text)
        await house.agent().sees_mark(thread, reply, FAILED)
    await thread.shows("nothing in it that can be texted")
    assert house.phone(ADA).got == []


@row("S12", "the same word twice, on purpose")
async def s12(house: House) -> None:
    thread = await opened(house)
    for _ in range(2):
        await house.agent().replies(thread, "ok")
    await only(house, "ok", "ok")


@row("S14", "new texts to numbers that bill, that rescue, that are no phones")
async def s14(house: House) -> None:
    await house.agent().uses("sms:new")
    form = await house.agent().form()
    for number in ("+19005550142", "+18765550142", "+8815550100", "911", "72345"):
        assert (await form.sends(number, text="Hello"))["to"]
    kept = await house.read(lambda ledger: ledger.audit.status(house.clock.now()).counts)
    assert kept["messages"] == 0


@row("S15", "a reaction that is set, taken away and set again, told in the opposite order")
async def s15(house: House) -> None:
    thread = await opened(house)
    house.slack.event_faults.hold = 3
    for acts in (house.agent().reacts, house.agent().unreacts, house.agent().reacts):
        await acts(thread)
    await thread.says("Acknowledged by", "U0BEN")
    house.slack.event_faults.hold = 2
    await house.agent().unreacts(thread)
    await house.agent("U0DESK").reacts(thread)
    await thread.says("Acknowledged by", "U0DESK")


@row("S16", "a reaction while the digest is being handed over: before DATA it is out, afterwards it is out of the next")
async def s16(house: House) -> None:
    thread = await opened(house)
    mail, rcpt = Answers.handle_MAIL, Answers.handle_RCPT

    async def taken_on() -> None:
        await house.agent().reacts(thread)
        await thread.says("Acknowledged by")

    async def at_rcpt(answers: Answers, *said: object) -> str:
        await taken_on()
        return await rcpt(answers, *said)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Answers, "handle_RCPT", at_rcpt)
        await house.forward(minutes=13)
    assert mail is Answers.handle_MAIL
    assert house.mail.inbox("desk@example.com") == []

    await house.phone(ADA).texts("And tomorrow?")
    await house.phone(BOB).texts("Hello")
    await house.forward(minutes=13)
    (sent,) = await house.mails(1)
    assert "And tomorrow?" in str(sent.text)
    await house.agent().reacts(thread, emoji="heart")
    await house.forward(minutes=30)
    assert len(house.mail.inbox("desk@example.com")) == 1


@row("S18", "a button with another value, a button of a foreign app, a press that is told again")
async def s18(house: House) -> None:
    thread = await opened(house)
    press = house.slack.interactions.press
    changed: tuple[Json, ...] = (
        {"value": "c0ffee"},
        {"action_id": "their:button"},
        {"action_id": "sms:no-such-button"},
    )
    for chosen in changed:
        await press("U0BEN", CHANNEL, thread.root, "sms:acknowledge", chosen=chosen)
    await house.slack.settled()
    await house.forward(minutes=1)
    assert thread.is_green
    delivery = await press("U0BEN", CHANNEL, thread.root, "sms:acknowledge")
    await thread.says("Acknowledged by", "U0BEN")
    house.slack.courier.send_once(delivery.kind, "again", copy.deepcopy(delivery.payload))
    await house.phone(ADA).texts("And tomorrow?")
    await thread.shows("And tomorrow?")
    await house.slack.settled()
    assert thread.is_green


@row("S19", "a program, and a file that is not Slack's own")
async def s19(house: House) -> None:
    thread = await opened(house)
    await house.agent().replies(
        thread, "See this", files=[("setup.exe", "application/x-msdownload", b"MZ" + bytes(99))]
    )
    await thread.shows("file type is not supported by carrier", "setup.exe")
    reply = await house.agent().replies(thread, "And this", files=[("plan.png", "image/png", b"\x89PNG\r\n\x1a\n")])
    told = copy.deepcopy(events_of(house, reply)[0])
    told |= {"event_id": "EvDRIVE"}
    moment = f"{float(reply) + 1:.6f}"
    told["event"] |= {"ts": moment, "event_ts": moment, "client_msg_id": "drive"}
    told["event"]["files"][0] |= {"id": "F0DRIVE", "is_external": True, "mode": "external", "name": "drive.doc"}
    house.slack.courier.send_event(told)
    await thread.shows("drive.doc")
    assert house.phone(ADA).got == []


@row("S22", "no right to post, no channel, an archived one: all is held, the admin told, and it drains by itself")
async def s22(house: House) -> None:
    thread = await opened(house)
    errors = ("token_revoked", "channel_not_found", "is_archived", "not_in_channel", "account_inactive")
    for number, error in enumerate(errors):
        house.slack.switches.refusals["chat.postMessage"] = error
        await house.phone(ADA).texts(f"Text {number}")
        await house.forward(minutes=3)
        troubles = await house.read(lambda ledger: [one.key for one in ledger.audit.troubles()])
        assert any(key.startswith("blocked/slack") for key in troubles), (error, troubles)
        assert not any(f"Text {number}" in shown(one) for one in thread.messages)
    del house.slack.switches.refusals["chat.postMessage"]
    await house.forward(minutes=12)
    for number in range(len(errors)):
        await thread.shows(f"Text {number}")


@row("S23", "the first post of a thread is deleted by a person")
async def s23(house: House) -> None:
    thread = await opened(house)
    house.slack.people.user("U0BEN").is_admin = True
    await house.slack.people.delete("U0BEN", CHANNEL, thread.root)
    await house.phone(ADA).texts("Hello?")
    await house.phone(ADA).texts("Anybody?")
    await house.slack.wait_for(lambda: any("Hello?" in shown(root) for root in house.roots()))
    (root,) = [root for root in house.roots() if "Hello?" in shown(root)]
    await house.thread_at(root).says("continued")
    await house.thread_at(root).shows("Anybody?")


@row("S24", "a channel that another company can read all of a sudden")
async def s24(house: House) -> None:
    thread = await opened(house)
    await house.slack.people.share_channel(CHANNEL)
    await house.slack.settled()
    await house.slack.wait_for(lambda: sum(call.method == "conversations.info" for call in house.slack.heard) >= 4)
    await house.phone(ADA).texts("My card number is secret")
    await house.forward(minutes=3)
    assert "secret" not in str(thread.messages)
    assert "shared with another company" in str(await house.read(lambda ledger: ledger.audit.troubles()))
    await house.slack.people.unshare_channel(CHANNEL)
    await house.forward(minutes=2)
    await thread.shows("My card number is secret")


@row("S26", "every event twice, and the socket cut between receipt and acknowledgement")
async def s26(house: House) -> None:
    thread = await opened(house)
    house.slack.event_faults.duplicate = True
    await house.agent().replies(thread, "Yes")
    await house.slack.down()
    await house.slack.up()
    house.slack.event_faults.clear()
    await house.forward_until(lambda: house.phone(ADA).got)
    await house.forward(minutes=12)
    assert house.phone(ADA).got == ["Yes"]


HTTP_ROWS = ("S20",)


@pytest.mark.parametrize("name", ROWS)
async def test_row(house: House, name: str) -> None:
    _, shows = ROWS[name]

    await shows(house)


async def test_row_s20_a_challenge_beyond_all_measure_is_not_echoed(tmp_path: Path) -> None:
    async with opened_house(tmp_path, slack={"mode": "http"}) as house, httpx.AsyncClient(trust_env=False) as client:
        for size, status in ((200, 200), (201, 400), (1_000_000, 400)):
            body = json.dumps({"type": "url_verification", "challenge": "x" * size}).encode()
            headers = house.slack.push._headers(body, "application/json")
            answer = await client.post(f"{house.base_url}/slack/events", content=body, headers=headers)
            assert (answer.status_code, len(answer.text) <= 200) == (status, True)


def test_the_table_is_whole() -> None:
    assert sorted((*ROWS, *HTTP_ROWS), key=lambda name: int(name[1:])) == [f"S{number}" for number in NUMBERS]
    assert all(what for what, _ in ROWS.values())

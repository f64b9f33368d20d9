"""Thousands of real texts, with the odd characters that real phones send: each in its thread once, shown as it may be.

The texts are part of the SMS Spam Collection (T. A. Almeida, J. M. Gómez Hidalgo; UCI Machine Learning Repository,
CC BY 4.0), without labels. What may be shown is told by a table of its own here, not by the code under test.
"""

import asyncio
import json
from pathlib import Path

import pytest

from adapters.sandbox.carrier import segments
from bridge.domain.ids import MessageId
from bridge.domain.segment import Segments
from tests.stories.language import ADA, DID, House

CORPUS = Path(__file__).parent.parent / "payloads" / "sms-corpus.jsonl"
PHONES = [f"+1212555{n:04d}" for n in range(100, 190)]
WINDOWS_1252 = {
    "\x80": "€", "\x82": "‚", "\x83": "ƒ", "\x84": "„", "\x85": "…", "\x86": "†", "\x87": "‡", "\x88": "ˆ",
    "\x89": "‰", "\x8a": "Š", "\x8b": "‹", "\x8c": "Œ", "\x8e": "Ž", "\x91": "‘", "\x92": "’", "\x93": "“",
    "\x94": "”", "\x95": "•", "\x96": "–", "\x97": "—", "\x98": "˜", "\x99": "™", "\x9a": "š", "\x9b": "›",
    "\x9c": "œ", "\x9e": "ž", "\x9f": "Ÿ",
}  # fmt: skip


def texts() -> list[str]:
    with CORPUS.open(encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]


def as_shown(text: str) -> str:
    """Say independently what may be shown of a text in this corpus."""
    shown = [WINDOWS_1252.get(character, character) for character in text]
    dropped = {chr(code) for code in (*range(32), *range(127, 160))} - {"\n", "\t"}
    return "".join(one for one in shown if one not in dropped)


@pytest.mark.timeout(300)
async def test_every_real_text_is_kept_verbatim_and_shown_once_in_the_right_thread(house: House) -> None:
    corpus = texts()
    sent: dict[str, list[str]] = {phone: [] for phone in PHONES}
    for start in range(0, len(corpus), len(PHONES)):
        batch = list(zip(PHONES, corpus[start : start + len(PHONES)], strict=False))
        await asyncio.gather(*(house.carrier.text(phone, DID, text) for phone, text in batch))
        for phone, text in batch:
            sent[phone].append(text)
    await house.slack.wait_for(lambda: _posts(house) >= len(corpus), timeout=200)

    assert len(house.roots()) == len(PHONES)
    assert _posts(house) == len(corpus)
    for root in house.roots():
        phone = next(phone for phone in PHONES if f"(212) 555-{phone[-4:]}" in root.text)
        shown = [_body(message.blocks) for message in house.slack.thread(root.channel, root.ts)[1:]]
        assert shown == [as_shown(text) for text in sent[phone][1:]]
        assert as_shown(sent[phone][0]) in _all_text(root.attachments)
        assert not any(message.mentions or message.links for message in house.slack.thread(root.channel, root.ts))
    kept = await house.read(lambda ledger: [ledger.messages.get(id) for id in _ids(house)])
    assert sorted(message.text for message in kept) == sorted(corpus)


def test_every_real_text_costs_what_an_independent_count_says() -> None:
    for text in texts():
        assert Segments.of(text).count == segments.count(text)


@pytest.mark.timeout(300)
async def test_real_texts_as_replies_reach_the_phone_in_order_and_as_they_were_typed(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Tell me")
    thread = await house.thread(ADA)
    replies = [text for text in texts()[::20] if as_shown(text) == text and Segments.of(text).count <= 3]

    for text in replies:
        await ben.replies(thread, text)
        await house.slack.settled()  # a person takes longer to write the next than an event takes to come

    await house.carrier.wait_for(lambda: len(ada.got) >= len(replies), timeout=120)
    assert [text.strip() for text in ada.got] == [text.strip() for text in replies]
    sent = [message for message in house.carrier.messages if message.direction == "outbound-api"]
    assert [message.segments for message in sent] == [Segments.of(message.body).count for message in sent]


def _posts(house: House) -> int:
    return sum(len(house.slack.thread(root.channel, root.ts)) for root in house.roots())


def _ids(house: House) -> list[MessageId]:
    return [MessageId(f"twilio:main:{message.sid}") for message in house.carrier.messages]


def _body(blocks: list[dict[str, object]]) -> str:
    return "".join(_texts(blocks))


def _all_text(part: object) -> str:
    return "\n".join(_texts(part))


def _texts(part: object) -> list[str]:
    if isinstance(part, dict):
        own = [part["text"]] if part.get("type") == "text" else []
        return own + [text for value in part.values() for text in _texts(value)]
    if isinstance(part, list):
        return [text for value in part for text in _texts(value)]
    return []

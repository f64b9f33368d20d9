"""The real doors, with a point before each call and after it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Never

from bridge.domain.command import (
    AmendPost,
    DeletePost,
    FetchMedia,
    MarkPost,
    PostToThread,
    SendMail,
    SendSms,
    UploadFile,
)
from bridge.domain.delivery import DeliveryReceipt
from bridge.domain.dialplan import Abilities
from bridge.domain.event import ChatEvent, InboundSms, RawEvent
from bridge.domain.ids import CarrierRef, EntryToken, MailRef, ThreadRef
from bridge.domain.message import Media, Posted
from bridge.domain.phone import PhoneNumber
from bridge.errors import WireError
from bridge.ports import Carrier, Chat, Darkroom, Desk, Intake, Mail, StillDue, Worlds
from tests.faults.doom import Life


def mortal(worlds: Worlds, life: Life) -> Worlds:
    """Let this life hold every door."""
    carriers: dict[str, Carrier] = {name: MortalCarrier(carrier, life) for name, carrier in worlds.carriers.items()}
    return Worlds(
        chat=MortalChat(worlds.chat, life),
        mail=MortalMail(worlds.mail, life),
        carriers=carriers,
        darkroom=MortalDarkroom(worlds.darkroom, life),
    )


class MortalDarkroom:
    def __init__(self, darkroom: Darkroom, life: Life) -> None:
        self._darkroom = darkroom
        self._life = life

    async def fit(self, media: Media, most: int) -> Media:
        with self._life.call("darkroom.fit"):
            return await self._darkroom.fit(media, most)


class MortalCarrier:
    def __init__(self, carrier: Carrier, life: Life) -> None:
        self._carrier = carrier
        self._life = life

    @property
    def abilities(self) -> Abilities:
        return self._carrier.abilities

    async def send(self, sms: SendSms, key: EntryToken, still_due: StillDue[SendSms]) -> CarrierRef | None:
        with self._life.call("carrier.send"):
            return await self._carrier.send(sms, key, still_due)

    async def find(
        self, sms: SendSms, key: EntryToken, since: datetime, taken: frozenset[CarrierRef]
    ) -> CarrierRef | None:
        with self._life.call("carrier.find"):
            return await self._carrier.find(sms, key, since, taken)

    async def history(
        self, did: PhoneNumber, since: datetime
    ) -> AsyncIterator[tuple[RawEvent, InboundSms | DeliveryReceipt | WireError]]:
        with self._life.call("carrier.history"):
            async for found in self._carrier.history(did, since):
                yield found

    async def fetch(self, media: FetchMedia) -> Media:
        with self._life.call("carrier.fetch"):
            return await self._carrier.fetch(media)

    async def listen(self, intake: Intake) -> Never:
        await self._carrier.listen(intake)


class MortalChat:
    def __init__(self, chat: Chat, life: Life) -> None:
        self._chat = chat
        self._life = life

    @property
    def state(self) -> str:
        return self._chat.state

    @property
    def gaps(self) -> asyncio.Event:
        return self._chat.gaps

    async def post(self, post: PostToThread, key: EntryToken, still_due: StillDue[PostToThread]) -> Posted | None:
        with self._life.call("chat.post"):
            return await self._chat.post(post, key, still_due)

    async def upload(self, file: UploadFile, key: EntryToken, still_due: StillDue[UploadFile]) -> Posted | None:
        with self._life.call("chat.upload"):
            return await self._chat.upload(file, key, still_due)

    async def amend(self, amendment: AmendPost) -> None:
        with self._life.call("chat.amend"):
            await self._chat.amend(amendment)

    async def delete(self, deletion: DeletePost) -> None:
        with self._life.call("chat.delete"):
            await self._chat.delete(deletion)

    async def mark(self, mark: MarkPost) -> None:
        with self._life.call("chat.mark"):
            await self._chat.mark(mark)

    async def find(self, wish: PostToThread | UploadFile, key: EntryToken, since: datetime) -> Posted | None:
        with self._life.call("chat.find"):
            return await self._chat.find(wish, key, since)

    async def fetch(self, media: FetchMedia) -> Media:
        with self._life.call("chat.fetch"):
            return await self._chat.fetch(media)

    async def history(
        self, threads: Sequence[ThreadRef], since: datetime
    ) -> AsyncIterator[tuple[RawEvent, ChatEvent | WireError]]:
        with self._life.call("chat.history"):
            async for found in self._chat.history(threads, since):
                yield found

    async def listen(self, intake: Intake, desk: Desk) -> Never:
        await self._chat.listen(intake, desk)


class MortalMail:
    def __init__(self, mail: Mail, life: Life) -> None:
        self._mail = mail
        self._life = life

    async def send(self, mail: SendMail, key: EntryToken, still_due: StillDue[SendMail]) -> MailRef | None:
        with self._life.call("mail.send"):
            return await self._mail.send(mail, key, still_due)

    async def find(self, mail: SendMail, key: EntryToken, since: datetime) -> MailRef | None:
        with self._life.call("mail.find"):
            return await self._mail.find(mail, key, since)

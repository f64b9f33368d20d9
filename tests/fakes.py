"""Doors that only write down what is asked of them, and answer as they are told; for tests of the engine.

They refuse nothing by themselves: the small worlds of the sandbox do that.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Never

from adapters.sandbox.clock import START
from bridge.domain.command import (
    AmendPost,
    Command,
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
from bridge.domain.ids import CarrierRef, EntryToken, MailRef, PostRef, ThreadRef
from bridge.domain.message import Media, Posted
from bridge.domain.phone import PhoneNumber
from bridge.errors import WireError
from bridge.ports import Desk, Intake, StillDue

ABILITIES = Abilities(groups=False, media=True, receipts=True, lists=True, max_characters=1600, max_files=10)
Read = tuple[RawEvent, Any]


async def _nothing(wish: Command) -> None:
    """Be asked, and do nothing in particular."""


@dataclass
class _Recording:
    """What every door has in common: `heard` are the wishes as they were sent, `before` runs ahead of each of them."""

    heard: list[Any] = field(default_factory=list)
    looked: list[Any] = field(default_factory=list)
    before: Callable[[Any], Any] = _nothing
    finds: Callable[[Any], Any] = lambda wish: None
    past: list[Read] = field(default_factory=list)
    trouble: BaseException | None = None  # raised at the end of reading back
    intake: Intake | None = None
    gaps: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def _ask(self, wish: Any, still_due: StillDue[Any]) -> Any:
        await self.before(wish)
        present = await still_due()
        if present is not None:
            await self._hear(present)
        return present

    async def _hear(self, wish: Any) -> None:
        self.heard.append(wish)
        async with self.changed:
            self.changed.notify_all()

    async def has_heard(self, count: int) -> list[Any]:
        """Wait until this many wishes have been heard."""
        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(lambda: len(self.heard) >= count)
        return self.heard

    def _look(self, wish: Any) -> Any:
        self.looked.append(wish)
        found = self.finds(wish)
        if isinstance(found, BaseException):
            raise found
        return found

    async def _read(self) -> AsyncIterator[Any]:
        for one in self.past:
            yield one
        if self.trouble:
            raise self.trouble

    async def fetch(self, media: FetchMedia) -> Media:
        await self.before(media)
        await self._hear(media)
        return Media(digest=f"digest of {media.ref}", type="image/jpeg", content=b"\xff\xd8\xff")


class RecordingCarrier(_Recording):
    abilities = ABILITIES

    async def send(self, sms: SendSms, key: EntryToken, still_due: StillDue[SendSms]) -> CarrierRef | None:
        return CarrierRef(f"SM{len(self.heard)}") if await self._ask(sms, still_due) else None

    async def find(self, sms: SendSms, key: EntryToken, since: datetime, taken: frozenset[CarrierRef]) -> Any:
        return self._look(sms)

    def history(
        self, did: PhoneNumber, since: datetime
    ) -> AsyncIterator[tuple[RawEvent, InboundSms | DeliveryReceipt | WireError]]:
        self.looked.append((did, since))
        return self._read()

    async def listen(self, intake: Intake) -> Never:
        self.intake = intake
        while True:
            await asyncio.Event().wait()


class RecordingChat(_Recording):
    state = "up"

    async def post(self, post: PostToThread, key: EntryToken, still_due: StillDue[PostToThread]) -> Posted | None:
        return self._posted() if await self._ask(post, still_due) else None

    async def upload(self, file: UploadFile, key: EntryToken, still_due: StillDue[UploadFile]) -> Posted | None:
        return self._posted() if await self._ask(file, still_due) else None

    def _posted(self) -> Posted:
        name = f"C1/{len(self.heard)}"
        return Posted(ref=PostRef(name), posted_at=START, link=f"https://chat.example.com/{name}")

    async def amend(self, amendment: AmendPost) -> None:
        await self.before(amendment)
        await self._hear(amendment)

    async def delete(self, deletion: DeletePost) -> None:
        await self.before(deletion)
        await self._hear(deletion)

    async def mark(self, mark: MarkPost) -> None:
        await self.before(mark)
        await self._hear(mark)

    async def find(self, wish: PostToThread | UploadFile, key: EntryToken, since: datetime) -> Any:
        return self._look(wish)

    def history(
        self, threads: Sequence[ThreadRef], since: datetime
    ) -> AsyncIterator[tuple[RawEvent, ChatEvent | WireError]]:
        self.looked.append((tuple(threads), since))
        return self._read()

    async def listen(self, intake: Intake, desk: Desk) -> Never:
        self.intake = intake
        while True:
            await asyncio.Event().wait()


class RecordingDarkroom(_Recording):
    """Everything fits as it is."""

    async def fit(self, media: Media, most: int) -> Media:
        await self.before(media)
        await self._hear((media, most))
        return media


class RecordingMail(_Recording):
    async def send(self, mail: SendMail, key: EntryToken, still_due: StillDue[SendMail]) -> MailRef | None:
        return MailRef(f"<{key}>") if await self._ask(mail, still_due) else None

    async def find(self, mail: SendMail, key: EntryToken, since: datetime) -> Any:
        return self._look(mail)

"""A real ledger with a plan and a clock, and the few moves that tests of decisions are told in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from adapters.sandbox.clock import MovableClock
from bridge.domain.aside import Aside
from bridge.domain.command import Command, FetchMedia, FitPictures, PostToThread, SendMail, SendSms, UploadFile
from bridge.domain.conversation import Consent, ConsentState, Conversation, conversation_cause
from bridge.domain.delivery import DeliveryReceipt, DeliveryStatus
from bridge.domain.dialplan import Abilities, DialPlan, Did, Person
from bridge.domain.event import (
    ButtonPressed,
    File,
    InboundSms,
    Reaction,
    ReactionSet,
    ReplyDeleted,
    ReplyEdited,
    ReplyTurned,
    ThreadReply,
)
from bridge.domain.ids import (
    CarrierRef,
    ChannelRef,
    ConversationId,
    EntryId,
    EntryToken,
    EventKey,
    MediaRef,
    MessageId,
    PersonRef,
    PostRef,
    ThreadRef,
)
from bridge.domain.message import Media, Message
from bridge.domain.notice import Case
from bridge.domain.outbox import OutboxEntry, Outcome, Settlement, WishKind
from bridge.domain.phone import Address, PhoneNumber
from bridge.domain.phrase import Action
from bridge.flows import acknowledge, decide, deliver, receive, reply, revise, summarize, track
from bridge.flows.deliver import Taken
from bridge.ports import Ledger, Store

T = TypeVar("T")
DID, OTHER_DID, STRANGE_DID = map(PhoneNumber, ("+14155550100", "+14155550101", "+14155550199"))
ANN, BOB = map(PhoneNumber, ("+12125550142", "+12125550143"))
BEN, EVE = PersonRef("U0BEN"), PersonRef("U0EVE")
DESK = Person(name="Front desk", email="desk@example.com", slack=PersonRef("U0DESK"))
OWNER = Person(name="Owner", email="owner@example.com")
ABILITIES = Abilities(groups=False, media=True, receipts=True, lists=True, max_characters=1600, max_files=10)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
JPEG = Media(digest="jpeg", type="image/jpeg", content=b"\xff\xd8\xff and so on")


def did(**changes: Any) -> Did:
    usual = Did(
        number=DID,
        label="Main line",
        carrier="main",
        channel=ChannelRef("C1"),
        assigned=(DESK,),
        acknowledge_within=10 * MINUTE,
        retention=timedelta(days=30),
    )
    return replace(usual, **changes)


def plan(*dids: Did, **changes: Any) -> DialPlan:
    return replace(DialPlan(dids=dids or (did(),), people=(DESK,), abilities={"main": ABILITIES}), **changes)


def file(number: int = 1, *, type: str = "image/jpeg", name: str = "") -> File:
    return File(ref=MediaRef(f"media/{number}"), name=name, type=type)


Answer = Callable[[Taken], Settlement | None]


@dataclass
class Books:
    """Everything a decision needs, and what the worlds would answer if all went well."""

    store: Store
    clock: MovableClock
    plan: DialPlan = field(default_factory=plan)
    media: Media = JPEG
    count: int = 0
    posts: list[str] = field(default_factory=list)  # what our posts are called, in order
    said: dict[str, ThreadReply] = field(default_factory=dict)  # by colleagues, as they first said it
    asides: list[Aside] = field(default_factory=list)  # what people were told alone
    outgoing: list[Taken] = field(default_factory=list, repr=False)  # all that was taken, in order

    async def do(self, work: Callable[[Ledger, datetime], T]) -> T:
        return await self.store.transact(work)

    async def acts(self, work: Callable[[Ledger, datetime], Aside | None]) -> None:
        """Let somebody do something, and remember what he is told."""
        if aside := await self.do(work):
            self.asides.append(aside)

    async def look(self, question: Callable[[Ledger], T]) -> T:
        return await self.store.transact(lambda ledger, now: question(ledger))

    def forward(self, duration: timedelta) -> None:
        self.clock.forward(duration)

    def _next(self) -> int:
        self.count += 1
        return self.count

    # --- what happens outside -----------------------------------------------------------------------------------------

    async def texts(self, text: str = "Hello", sender: Address = ANN, **more: Any) -> Message:
        """Let a text come in, and return what was kept of it."""
        event = InboundSms(key=EventKey(f"main:{self._next()}"), did=DID, sender=sender, text=text)
        event = replace(event, **more)
        await self.do(lambda ledger, now: receive.sms(ledger, self.plan, event, now))
        return await self.message(event.key)

    async def replies(self, text: str = "Yes", *, to: tuple[Address, ...] = (ANN,), **more: Any) -> MessageId:
        """Let a colleague answer in the thread of these people, now by Slack's clock."""
        talk = await self.conversation(*to)
        event = ThreadReply(
            key=EventKey(f"slack:{self._next()}"),
            thread=talk.thread or ThreadRef("no thread yet"),
            post=PostRef(f"C1/reply {self.count}"),
            author=BEN,
            text=text,
            said_at=self.clock.now(),
        )
        event = self.said[event.key] = replace(event, **more)
        await self.acts(lambda ledger, now: reply.by_sms(ledger, self.plan, event, now))
        return MessageId(event.key)

    async def edits(self, written: MessageId, text: str) -> None:
        """Let the author of a reply change its words."""
        changed = replace(self.said[written], text=text)
        event = ReplyEdited(key=EventKey(f"edit:{self._next()}"), reply=changed)
        await self.acts(lambda ledger, now: revise.by_author(ledger, self.plan, event, now))

    async def deletes(self, written: MessageId) -> None:
        """Let the author of a reply delete it."""
        gone = self.said[written]
        event = ReplyDeleted(key=EventKey(f"delete:{self._next()}"), reply=gone.key, thread=gone.thread)
        await self.do(lambda ledger, now: revise.by_author(ledger, self.plan, event, now))

    async def turns(self, written: MessageId, *, is_note: bool, **more: Any) -> None:
        """Let the author of a reply say that it is a note, or none."""
        turned = self.said[written]
        key, now = EventKey(f"turn:{self._next()}"), self.clock.now()
        event = ReplyTurned(key=key, reply=turned, person=turned.author, is_note=is_note, at=now)
        event = replace(event, **more)
        await self.acts(lambda ledger, now: revise.by_shortcut(ledger, self.plan, event, now))

    async def reacts(
        self, post: str, person: PersonRef = BEN, *, is_set: bool = True, emoji: str = "eyes", **more: Any
    ) -> None:
        self.forward(SECOND)  # of two reactions at the same moment nobody could say which came last
        event = Reaction(post=PostRef(post), person=person, emoji=emoji, is_set=is_set, at=self.clock.now(), **more)
        await self.acts(lambda ledger, now: acknowledge.by_reaction(ledger, self.plan, event, now))

    async def reads_reactions(self, post: str, *present: PersonRef, at: datetime | None = None, **more: Any) -> None:
        found = frozenset((person, "eyes") for person in present)
        event = ReactionSet(post=PostRef(post), present=found, at=at or self.clock.now(), **more)
        await self.do(lambda ledger, now: acknowledge.by_reactions(ledger, self.plan, event, now))

    async def presses(
        self, action: Action, value: str, person: PersonRef = BEN, post: str | None = "C1/note", **more: Any
    ) -> None:
        event = ButtonPressed(
            key=EventKey(f"press:{self._next()}"),
            action=action,
            value=value,
            person=person,
            post=PostRef(post) if post else None,
            at=self.clock.now(),
            **more,
        )
        await self.acts(lambda ledger, now: decide.by_button(ledger, self.plan, event, now))

    async def receipt(self, status: DeliveryStatus, *, token: str | None = None, ref: str = "SM1") -> None:
        event = DeliveryReceipt(
            key=EventKey(f"receipt:{self._next()}"),
            token=EntryToken(token) if token else None,
            ref=CarrierRef(ref),
            status=status,
            detail="30003" if status is DeliveryStatus.FAILED else "",
            at=None,
        )
        await self.do(lambda ledger, now: track.receipt(ledger, self.plan, event, now))

    async def withdraws(self, address: Address = ANN) -> None:
        state = ConsentState.WITHDRAWN
        await self.do(
            lambda ledger, now: ledger.consents.put(Consent(did=DID, address=address, state=state, since=now))
        )

    # --- what goes out ------------------------------------------------------------------------------------------------

    async def takes(self) -> list[Taken]:
        """Claim all that may be said now."""
        takings = await self.do(
            lambda ledger, now: deliver.take(ledger, self.plan, "me", lambda to, now: 50, lambda to: MINUTE, now)
        )
        self.outgoing += takings.taken
        return list(takings.taken)

    async def settles(self, taken: Taken, settlement: Settlement) -> bool:
        return await self.do(lambda ledger, now: deliver.settle(ledger, self.plan, taken.entry, settlement, now))

    def well(self, taken: Taken) -> Settlement:
        """What the world answers when all goes well."""
        command, number = taken.command, self._next()
        match command:
            case PostToThread() | UploadFile():
                ref = f"C1/{number}"
                self.posts.append(ref)
                return Settlement(outcome=Outcome.SENT, ref=ref, link=f"link {ref}", posted_at=self.clock.now())
            case SendMail():
                texts = (text.message.id for talk in command.conversations for text in talk.texts)
                return Settlement(outcome=Outcome.SENT, ref=f"<{number}>", shown=frozenset(texts))
            case FetchMedia():
                return Settlement(outcome=Outcome.SENT, media=self.media)
            case FitPictures():
                return Settlement(outcome=Outcome.SENT, fitted=command.pictures)
        return Settlement(outcome=Outcome.SENT, ref=f"SM{number}")

    async def goes_out(self, answer: Answer | None = None) -> list[Command]:
        """Say all that can be said, until nothing is left; return it in order. None as an answer leaves it open."""
        said: list[Command] = []
        while taken := await self.takes():
            for one in taken:
                said.append(one.command)
                settlement = answer(one) if answer else self.well(one)
                if settlement:
                    await self.settles(one, settlement)
        return said

    def except_for(self, kind: WishKind, settlement: Settlement | None) -> Answer:
        """Let all go well but wishes of this kind."""
        return lambda taken: settlement if taken.entry.kind is kind else self.well(taken)

    def at_first(self, kind: WishKind, settlement: Settlement) -> Answer:
        """Answer the first wish of this kind so, and let all else go well."""
        answers = iter((settlement,))
        return lambda taken: (next(answers, None) if taken.entry.kind is kind else None) or self.well(taken)

    async def summarizes(self) -> None:
        await self.do(lambda ledger, now: summarize.unacknowledged(ledger, self.plan, now))

    # --- what is written down -----------------------------------------------------------------------------------------

    async def message(self, id: str) -> Message:
        found = await self.look(lambda ledger: ledger.messages.get(MessageId(id)))
        assert found
        return found

    async def conversation(self, *participants: Address) -> Conversation:
        cause = conversation_cause(DID, participants or (ANN,))
        found = await self.look(lambda ledger: ledger.conversations.get(ConversationId(ledger.seal(cause))))
        assert found
        return found

    async def root(self, *participants: Address) -> str:
        """Return the post that opened the thread."""
        thread = (await self.conversation(*participants)).thread
        assert thread
        return thread

    async def entry(self, id: str) -> OutboxEntry:
        found = await self.look(lambda ledger: ledger.outbox.get(EntryId(id)))
        assert found
        return found

    async def sendings(self, message: str) -> list[OutboxEntry]:
        return await self.look(lambda ledger: ledger.outbox.of_message(MessageId(message)))

    async def unacknowledged(self) -> list[MessageId]:
        lines = await self.do(lambda ledger, now: ledger.messages.open_before(now))
        return [line.message for line in lines]

    def of_kind(self, kind: WishKind) -> list[Taken]:
        """Return what was taken so far of one kind."""
        return [one for one in self.outgoing if one.entry.kind is kind]

    def notices(self) -> list[Case]:
        """Return the cases that were said in threads so far."""
        return [Case(said.partition('"case": "')[2].partition('"')[0]) for said in self.notes()]

    def notes(self) -> list[str]:
        return [one.entry.detail for one in self.of_kind(WishKind.SAY_NOTE)]

    def sms(self) -> list[str]:
        """Return the texts that were handed to the carrier so far."""
        return [one.command.text for one in self.outgoing if isinstance(one.command, SendSms)]


def kinds(taken: Sequence[Taken]) -> list[WishKind]:
    return [one.entry.kind for one in taken]

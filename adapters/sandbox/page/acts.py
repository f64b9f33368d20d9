"""What the page's visitor can do: text as a caller, act as a colleague, answer a mail, move the clock, turn a switch.

Each deed is read from the JSON of one request; what cannot be done raises ValueError with a sentence for the visitor.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from adapters.sandbox.page import slack_acts
from adapters.sandbox.page.switches import Switches
from adapters.sandbox.page.wish import Done, Wish
from adapters.sandbox.page.worlds import Worlds

_SENDABLE = ("image/jpeg", "image/gif", "image/png", "text/vcard", "text/x-vcard")
_LONGEST_JUMP = 24 * 60  # minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts:
    """The visitor's hands; `told` is rung where no world rings by itself."""

    worlds: Worlds
    switches: Switches
    told: Callable[[], None]

    async def do(self, name: str, asked: object) -> Done:
        """Do what is asked; KeyError for a deed that does not exist."""
        wish = Wish(asked)
        if name in slack_acts.DEEDS:
            self._check_place(wish)
            return await slack_acts.DEEDS[name](self.worlds, wish) or {}
        return await _DEEDS[name](self, wish) or {}

    async def text(self, wish: Wish) -> Done:
        caller, line = wish.text("from"), wish.text("to")
        if caller not in {each.number for each in self.worlds.cast.callers}:
            raise ValueError("This phone does not live here.")
        pictures = wish.files()
        if any(kind not in _SENDABLE for _, kind, _ in pictures):
            raise ValueError("This phone sends pictures and contact cards only: jpg, gif, png or vcf.")
        body = wish.text("body", "")
        if not body.strip() and not pictures:
            raise ValueError("There is nothing to send.")
        media = [(kind, content) for _, kind, content in pictures]
        return {"sid": await self.worlds.carrier.text(caller, line, body, media=media, wait=False)}

    async def say(self, wish: Wish) -> Done:
        text, files = wish.text("text", ""), wish.files()
        if not text.strip() and not files:
            raise ValueError("There is nothing to send.")
        self._check_place(wish)
        person, channel, thread = wish.text("person"), wish.text("channel"), wish.optional("thread")
        people = self.worlds.workspace.people
        return {"ts": await people.say(person, channel, text, thread, files, broadcast=wish.flag("broadcast"))}

    async def edit(self, wish: Wish) -> None:
        text = wish.text("text")
        if not text.strip():
            raise ValueError("Nothing would be left; delete it instead.")
        await self.worlds.workspace.people.edit(wish.text("person"), wish.text("channel"), wish.text("ts"), text)

    async def delete(self, wish: Wish) -> None:
        await self.worlds.workspace.people.delete(wish.text("person"), wish.text("channel"), wish.text("ts"))

    async def react(self, wish: Wish) -> None:
        """Add a reaction, or take it away where this person's is there already."""
        self._check_place(wish)
        people = self.worlds.workspace.people
        person, channel, ts, name = (wish.text(key) for key in ("person", "channel", "ts", "name"))
        mine = people.message(channel, ts).reactions.get(name, [])
        await (people.unreact if person in mine else people.react)(person, channel, ts, name)

    async def answer_mail(self, wish: Wish) -> Done:
        mail = self.worlds.mailbox.mail(wish.number("number"))
        if mail is None:
            raise ValueError("This mail is not here any more.")
        reply = self.worlds.mailbox.reply(mail.envelope_to, mail, wish.text("text"))
        return {"number": reply.bounce.number}

    async def forward(self, wish: Wish) -> None:
        minutes = wish.number("minutes")
        if not 0 < minutes <= _LONGEST_JUMP:
            raise ValueError("Only forward, and a day at most.")
        self.worlds.clock.forward(timedelta(minutes=minutes))
        self.told()

    async def switch(self, wish: Wish) -> None:
        try:
            await self.switches.turn(wish.text("name"), wish.flag("on"))
        except KeyError:
            raise ValueError("There is no such switch.") from None
        self.told()

    def _check_place(self, wish: Wish) -> None:
        """Let people act only in channels that they are in; a guest or another company is not in all of them."""
        people, channel = self.worlds.workspace.people, wish.optional("channel")
        if channel and (who := people.user(wish.text("person"))).id not in people.channel(channel).members:
            raise ValueError(f"{who.real_name} is not in this channel.")

    async def calm(self, _wish: Wish) -> None:
        await self.switches.calm()
        self.told()


_DEEDS: dict[str, Callable[[Acts, Wish], Awaitable[Done | None]]] = {
    "text": Acts.text,
    "say": Acts.say,
    "edit": Acts.edit,
    "delete": Acts.delete,
    "react": Acts.react,
    "answer-mail": Acts.answer_mail,
    "forward": Acts.forward,
    "switch": Acts.switch,
    "calm": Acts.calm,
}
DEEDS = frozenset(_DEEDS) | frozenset(slack_acts.DEEDS)

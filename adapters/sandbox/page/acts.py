"""What the page's visitor can do: text as a caller, act as a colleague, answer a mail, move the clock, turn a switch.

Each deed is read from the JSON of one request; what cannot be done raises ValueError with a sentence for the visitor.
"""

import base64
import binascii
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from adapters.sandbox.page.switches import Switches
from adapters.sandbox.page.worlds import Worlds

_PICTURES = ("image/jpeg", "image/gif", "image/png")
_LONGEST_JUMP = 24 * 60  # minutes
_MOST_FILES = 5

Done = dict[str, Any]


class Wish:
    """The JSON of one request, read strictly."""

    def __init__(self, asked: object) -> None:
        if not isinstance(asked, dict):
            raise ValueError("An object was expected.")
        self._asked = asked

    def text(self, name: str, default: str | None = None) -> str:
        given = self._asked.get(name, default)
        if not isinstance(given, str):
            raise ValueError(f"“{name}” is missing.")
        return given.encode(errors="replace").decode()  # half a surrogate pair can be typed, but goes on no wire

    def optional(self, name: str) -> str | None:
        return self.text(name) if self._asked.get(name) else None

    def number(self, name: str) -> int:
        given = self._asked.get(name)
        if not isinstance(given, int) or isinstance(given, bool):
            raise ValueError(f"“{name}” is no number.")
        return given

    def flag(self, name: str) -> bool:
        return self._asked.get(name) is True

    def files(self) -> list[tuple[str, str, bytes]]:
        """Read the files: name, type and content of each."""
        given = self._asked.get("files") or []
        if not isinstance(given, list) or len(given) > _MOST_FILES:
            raise ValueError(f"At most {_MOST_FILES} files at once.")
        wishes = [Wish(one) for one in given]
        return [(one.text("name"), one.text("type"), _content(one.text("content"))) for one in wishes]


def _content(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise ValueError("This file did not arrive whole.") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts:
    """The visitor's hands; `told` is rung where no world rings by itself."""

    worlds: Worlds
    switches: Switches
    told: Callable[[], None]

    async def do(self, name: str, asked: object) -> Done:
        """Do what is asked; KeyError for a deed that does not exist."""
        return await _DEEDS[name](self, Wish(asked)) or {}

    async def text(self, wish: Wish) -> Done:
        caller, line = wish.text("from"), wish.text("to")
        if caller not in {each.number for each in self.worlds.cast.callers}:
            raise ValueError("This phone does not live here.")
        pictures = wish.files()
        if any(kind not in _PICTURES for _, kind, _ in pictures):
            raise ValueError("This phone sends pictures only: jpg, gif or png.")
        body = wish.text("body", "")
        if not body.strip() and not pictures:
            raise ValueError("There is nothing to send.")
        media = [(kind, content) for _, kind, content in pictures]
        return {"sid": await self.worlds.carrier.text(caller, line, body, media=media, wait=False)}

    async def say(self, wish: Wish) -> Done:
        text, files = wish.text("text", ""), wish.files()
        if not text.strip() and not files:
            raise ValueError("There is nothing to send.")
        person, channel = wish.text("person"), wish.text("channel")
        return {"ts": await self.worlds.workspace.people.say(person, channel, text, wish.optional("thread"), files)}

    async def edit(self, wish: Wish) -> None:
        text = wish.text("text")
        if not text.strip():
            raise ValueError("Nothing would be left; delete it instead.")
        await self.worlds.workspace.people.edit(wish.text("person"), wish.text("channel"), wish.text("ts"), text)

    async def delete(self, wish: Wish) -> None:
        await self.worlds.workspace.people.delete(wish.text("person"), wish.text("channel"), wish.text("ts"))

    async def react(self, wish: Wish) -> None:
        """Add a reaction, or take it away where this person's is there already."""
        people = self.worlds.workspace.people
        person, channel, ts, name = (wish.text(key) for key in ("person", "channel", "ts", "name"))
        mine = people.message(channel, ts).reactions.get(name, [])
        await (people.unreact if person in mine else people.react)(person, channel, ts, name)

    async def press(self, wish: Wish) -> None:
        person, channel, ts, button = (wish.text(key) for key in ("person", "channel", "ts", "button"))
        await self.worlds.workspace.interactions.press(person, channel, ts, button)

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

    async def calm(self, _wish: Wish) -> None:
        await self.switches.calm()
        self.told()


_DEEDS: dict[str, Callable[[Acts, Wish], Awaitable[Done | None]]] = {
    "text": Acts.text,
    "say": Acts.say,
    "edit": Acts.edit,
    "delete": Acts.delete,
    "react": Acts.react,
    "press": Acts.press,
    "answer-mail": Acts.answer_mail,
    "forward": Acts.forward,
    "switch": Acts.switch,
    "calm": Acts.calm,
}
DEEDS = frozenset(_DEEDS)

"""What people of the workspace are called, and who of them is a bot; remembered for an hour."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from adapters.slack.api import SlackApi
from adapters.slack.names import Json
from bridge.errors import Permanent, PortError, Transient
from bridge.ports import Clock

_KEPT_FOR = timedelta(hours=1)
_MOST = 10_000
_AT_MOST_SECONDS = 1.0  # of the three that Slack waits for an acknowledgement


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    name: str
    is_bot: bool
    until: datetime


class People:
    """Look people up, and remember them."""

    def __init__(self, api: SlackApi, clock: Clock) -> None:
        self._api = api
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._asking: dict[str, asyncio.Task[_Known]] = {}

    async def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Give the names that can be had within a second; who is missing stays an id. Never raises."""
        found = await asyncio.gather(*(self._name(id_) for id_ in sorted(ids)))
        return {id_: name for id_, name in found if name}

    async def is_bot(self, id_: str) -> bool:
        """Tell a bot from a person; `Transient` where nobody answers in time.

        Whoever Slack does not show us counts as a bot: nothing may be taken over by somebody we cannot name. But
        without the scope to look anybody up, people must still be able to do so.
        """
        try:
            return (await self._person(id_)).is_bot
        except Permanent:
            return True
        except Transient:
            raise
        except PortError:
            return False

    async def _name(self, id_: str) -> tuple[str, str]:
        try:
            return id_, (await self._person(id_)).name
        except PortError:
            return id_, ""

    async def _person(self, id_: str) -> _Known:
        known = self._known.get(id_)
        if known and self._clock.now() < known.until:
            return known
        asking = self._asking.get(id_)
        if asking is None:
            asking = self._asking[id_] = asyncio.create_task(self._ask(id_))
            asking.add_done_callback(partial(self._answered, id_))
        try:
            async with asyncio.timeout(_AT_MOST_SECONDS):
                return await asyncio.shield(asking)  # Who comes too late leaves the answer for the next.
        except TimeoutError:
            raise Transient("users.info: no answer in time") from None

    async def aclose(self) -> None:
        """Give up the look-ups that nobody waits for any more."""
        asking = list(self._asking.values())
        for one in asking:
            one.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    async def _ask(self, id_: str) -> _Known:
        answer = await self._api.read("users.info", {"user": id_})
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[id_] = self._read(answer.get("user"))
        return self._known[id_]

    def _answered(self, id_: str, asking: asyncio.Task[_Known]) -> None:
        self._asking.pop(id_, None)
        if not asking.cancelled():
            asking.exception()  # Whoever waits has it; nobody need wait.

    def _read(self, user: Json | None) -> _Known:
        user = user if isinstance(user, dict) else {}
        profile = user.get("profile") if isinstance(user.get("profile"), dict) else {}
        assert profile is not None
        name = profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name")
        return _Known(name=str(name or ""), is_bot=user.get("is_bot") is True, until=self._clock.now() + _KEPT_FOR)

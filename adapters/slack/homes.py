"""The Home tabs of those who have looked at theirs lately: what they show is true within seconds."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Never

from adapters.slack import views
from adapters.slack.api import SlackApi
from adapters.slack.channels import Channels
from adapters.slack.people import People
from adapters.slack.render import Block
from bridge.domain.ids import PersonRef
from bridge.domain.query import AskHome, HomeView
from bridge.errors import PortError, StoreBusy
from bridge.ports import Clock, Desk

_LOG = logging.getLogger(__name__)
_LOOK = timedelta(seconds=3)
_FOLLOWED_FOR = timedelta(minutes=30)  # since the tab was opened; Slack does not tell when it is left


@dataclass(slots=True)
class _Visitor:
    until: datetime
    page: int = 0
    shown: Block | None = None


class Homes:
    """Publish a tab when it is opened, and again whenever something in it has changed."""

    def __init__(self, api: SlackApi, desk: Desk, people: People, channels: Channels, clock: Clock) -> None:
        self._api = api
        self._desk = desk
        self._people = people
        self._channels = channels
        self._clock = clock
        self._visitors: dict[str, _Visitor] = {}
        self._is_visited = asyncio.Event()

    async def open(self, person: str, page: int = 0) -> None:
        """Show somebody his tab, and keep it true for a while."""
        self._visitors[person] = _Visitor(until=self._clock.now() + _FOLLOWED_FOR, page=max(page, 0))
        self._is_visited.set()
        await self._refresh(person)

    async def run(self) -> Never:
        while True:
            await self._is_visited.wait()
            await self._clock.sleep(_LOOK)
            for person in list(self._visitors):
                await self._refresh(person)
            if not self._visitors:
                self._is_visited.clear()

    async def _refresh(self, person: str) -> None:
        visitor = self._visitors.get(person)
        if visitor is None:
            return
        if visitor.until < self._clock.now():
            del self._visitors[person]
            return
        try:
            seen = await self._channels.seen_by(person, await self._people.standing(person))
            view = await self._desk.ask(AskHome(person=PersonRef(person), channels=seen))
            assert isinstance(view, HomeView)
            shown = views.home_view(view, visitor.page, await self._people.zone(person))
            if shown != visitor.shown:
                await self._api.post("views.publish", {"user_id": person, "view": shown}, harmless=True)
                visitor.shown = shown
        except (PortError, StoreBusy) as error:  # it is tried again at the next look
            _LOG.warning("a Home tab was not shown: %s", error)

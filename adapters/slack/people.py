"""What people of the workspace are called, and what they are in it; remembered for a few minutes."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from adapters.slack.api import SlackApi
from adapters.slack.names import Identity, Json
from bridge.domain.standing import MEMBER, Place, Standing
from bridge.errors import Blocked, Permanent, PortError, Transient
from bridge.ports import Clock
from bridge.wording import chat

_FRESH_FOR = timedelta(minutes=5)
_KEPT_FOR = timedelta(hours=1)  # and used where Slack does not answer
_MOST = 10_000
_NOWHERE = "UTC"
_AT_MOST_SECONDS = 1.0  # of the three that Slack waits for an acknowledgement


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    name: str
    is_bot: bool
    place: Place
    zone: str
    since: datetime


class People:
    """Look people up, and remember them; `groups` are the user groups whose members are to be known."""

    def __init__(self, api: SlackApi, clock: Clock, groups: frozenset[str] = frozenset()) -> None:
        self._api = api
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._asking: dict[str, asyncio.Task[_Known]] = {}
        self._groups = _Groups(api, clock, groups)

    @property
    def trouble(self) -> str:
        """What keeps us from knowing who may answer, in words; nothing when all is well."""
        return self._groups.trouble

    async def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Give the names that can be had within a second; who is missing stays an id. Never raises."""
        found = await asyncio.gather(*(self._name(id_) for id_ in sorted(ids)))
        return {id_: name for id_, name in found if name}

    async def zone(self, id_: str) -> str:
        """Give the time zone a person lives in, as far as Slack tells one that there is. Never raises."""
        try:
            return (await self._person(id_)).zone
        except PortError:
            return _NOWHERE

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

    async def standing(self, id_: str) -> Standing:
        """Tell what a person is here; `Transient` where nobody answers in time and nothing is known of him.

        Whoever Slack does not show us has no place here; without the scope to look anybody up, everybody is a member.
        """
        try:
            place = (await self._person(id_)).place
        except Permanent:
            place = Place.GONE
        except Transient:
            raise
        except PortError:
            place = Place.MEMBER
        groups = await self._groups.of(id_)
        return Standing(place=place, groups=groups) if groups or place is not Place.MEMBER else MEMBER

    async def _name(self, id_: str) -> tuple[str, str]:
        try:
            return id_, (await self._person(id_)).name
        except PortError:
            return id_, ""

    async def _person(self, id_: str) -> _Known:
        known, now = self._known.get(id_), self._clock.now()
        if known and now - known.since < _FRESH_FOR:
            return known
        asking = self._asking.get(id_)
        if asking is None:
            asking = self._asking[id_] = asyncio.create_task(self._ask(id_))
            asking.add_done_callback(partial(self._answered, id_))
        try:
            async with asyncio.timeout(_AT_MOST_SECONDS):
                return await asyncio.shield(asking)  # Who comes too late leaves the answer for the next.
        except (TimeoutError, Transient) as error:
            if known and now - known.since < _KEPT_FOR:
                return known
            raise Transient("users.info: no answer in time") from error

    async def aclose(self) -> None:
        """Give up the look-ups that nobody waits for any more."""
        asking = list(self._asking.values())
        for one in asking:
            one.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    async def _ask(self, id_: str) -> _Known:
        me = await self._api.me()
        answer = await self._api.read("users.info", {"user": id_})
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[id_] = self._read(answer.get("user"), me)
        return self._known[id_]

    def _answered(self, id_: str, asking: asyncio.Task[_Known]) -> None:
        self._asking.pop(id_, None)
        if not asking.cancelled():
            asking.exception()  # Whoever waits has it; nobody need wait.

    def _read(self, told: Json | None, me: Identity) -> _Known:
        user: Json = told if isinstance(told, dict) else {}
        told_profile = user.get("profile")
        profile: Json = told_profile if isinstance(told_profile, dict) else {}
        name = profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name")
        is_bot = user.get("is_bot") is True
        place, zone = _place(user, me), _zone(user.get("tz"))
        return _Known(name=str(name or ""), is_bot=is_bot, place=place, zone=zone, since=self._clock.now())


def _zone(told: object) -> str:
    try:
        return ZoneInfo(str(told)).key
    except (OSError, ValueError, KeyError):  # KeyError is what ZoneInfo raises for a name that it does not know
        return _NOWHERE


def _place(user: Json, me: Identity) -> Place:
    """Read what Slack says of a person; there is no single sign of somebody from another company."""
    if user.get("deleted") is True:
        return Place.GONE
    if user.get("is_stranger") is True or not _is_of_our_company(user, me):
        return Place.STRANGER
    if user.get("is_restricted") is True or user.get("is_ultra_restricted") is True:
        return Place.GUEST
    return Place.MEMBER


def _is_of_our_company(user: Json, me: Identity) -> bool:
    team, enterprise = user.get("team_id"), user.get("enterprise_user")
    teams = enterprise.get("teams") if isinstance(enterprise, dict) else None
    return not team or not me.team_id or team == me.team_id or (isinstance(teams, list) and me.team_id in teams)


class _Groups:
    """The members of the user groups that somebody has named, asked for every few minutes."""

    def __init__(self, api: SlackApi, clock: Clock, groups: frozenset[str]) -> None:
        self._api = api
        self._clock = clock
        self._members: dict[str, frozenset[str]] = dict.fromkeys(groups, frozenset())
        self._since: datetime | None = None
        self._asking = asyncio.Lock()
        self.trouble = ""

    async def of(self, id_: str) -> frozenset[str]:
        """Tell which of the groups a person is in; `Transient` where that cannot be had for now."""
        if self._members:
            async with self._asking:
                if self._since is None or self._clock.now() - self._since >= _FRESH_FOR:
                    await self._learn()
        return frozenset(group for group, members in self._members.items() if id_ in members)

    async def _learn(self) -> None:
        """Ask for all of them; what was known is used for as long as Slack does not answer."""
        try:
            async with asyncio.timeout(_AT_MOST_SECONDS):
                for group in self._members:
                    answer = await self._api.read("usergroups.users.list", {"usergroup": group})
                    users = answer.get("users")
                    self._members[group] = frozenset(map(str, users if isinstance(users, list) else ()))
            self._since, self.trouble = self._clock.now(), ""
        except (Blocked, Permanent) as error:  # whoever is not known to be in a group is not in it
            remedy = error.remedy if isinstance(error, Blocked) else chat.check_groups()
            self._since, self.trouble = self._clock.now(), chat.down(str(error), remedy)
        except (TimeoutError, PortError) as error:
            if self._since is None:
                raise Transient("usergroups.users.list: no answer in time") from error

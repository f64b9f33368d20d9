"""What is said to one person alone, at once: an ephemeral post, or in the place of one whose button he pressed."""

import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from adapters.slack import concerns, names, render, wire
from adapters.slack.api import SlackApi
from adapters.slack.errands import Errands
from adapters.slack.names import Json
from bridge.domain.aside import Aside
from bridge.errors import PortError

_LOG = logging.getLogger(__name__)
_HOST = "hooks.slack.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ear:
    """Where a person is spoken to: in a channel or a thread, or instead of what he sees already."""

    person: str
    channel: str
    thread_ts: str | None = None
    instead: str = ""  # the address that replaces it


class Asides:
    """Whisper, without anybody waiting for it; what cannot be said is left unsaid."""

    def __init__(self, api: SlackApi, errands: Errands) -> None:
        self._api = api
        self._errands = errands

    def say(self, payload: Json, aside: Aside) -> None:
        """Say it to whoever brought this payload about."""
        ear = _ear(payload, aside)
        if ear and aside.phrase:
            self._errands.run(self._say(ear, aside))

    async def _say(self, ear: _Ear, aside: Aside) -> None:
        body = render.aside_body(aside)
        try:
            if ear.instead and self._is_slacks(ear.instead):
                await self._replace(ear.instead, body)
                return
            place = {"channel": ear.channel, "user": ear.person}
            place |= {"thread_ts": ear.thread_ts} if ear.thread_ts else {}
            await self._api.post("chat.postEphemeral", place | body)
        except PortError as error:
            _LOG.warning("an aside was not said: %s", error)

    def _is_slacks(self, address: str) -> bool:
        """Tell an address of Slack's, or of whoever stands in for it on this machine, from all others."""
        parts, ours = urlsplit(address), urlsplit(self._api.settings.api_url)
        if parts.scheme == "https" and parts.hostname == _HOST:
            return True
        return (parts.scheme, parts.netloc) == (ours.scheme, ours.netloc)

    async def _replace(self, address: str, body: dict[str, Any]) -> None:
        try:
            async with self._api.session.post(address, json=body | {"replace_original": True}) as answer:
                await answer.read()
        except wire.FAILURES as error:
            raise wire.fault(error, "response_url", harmless=True) from error


def _ear(payload: Json, aside: Aside) -> _Ear | None:
    """Find out where a person did something, and so where he hears of it."""
    person = concerns.actor(payload)
    channel, thread_ts = _place(payload)
    if aside.thread:
        channel, thread_ts = names.parts(aside.thread)
    if not person or not channel:
        return None
    container = payload.get("container")
    is_private = isinstance(container, dict) and container.get("is_ephemeral") is True
    instead = payload.get("response_url") if is_private else None
    return _Ear(
        person=person, channel=channel, thread_ts=thread_ts, instead=instead if isinstance(instead, str) else ""
    )


def _place(payload: Json) -> tuple[str, str | None]:
    told, container, channel = concerns.told_of(payload), payload.get("container"), payload.get("channel")
    event, item = payload.get("event"), told.get("item")
    places = [place if isinstance(place, dict) else {} for place in (container, event, told, item)]
    named = [channel.get("id") if isinstance(channel, dict) else None]
    named += [place.get(key) for place in places for key in ("channel_id", "channel")]
    threads = [place.get("thread_ts") for place in places]
    return _first(named) or "", _first(threads)


def _first(values: list[Any]) -> str | None:
    return next((value for value in values if isinstance(value, str) and value), None)

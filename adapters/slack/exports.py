"""Exports: somebody gets a conversation as a file, alone; read from the desk part by part, and nothing is kept."""

import logging

from adapters.slack.api import SlackApi
from adapters.slack.channels import Channels
from adapters.slack.files import Files
from adapters.slack.people import People
from bridge.domain.aside import Aside
from bridge.domain.ids import ConversationId, PersonRef
from bridge.domain.phrase import Phrase
from bridge.domain.query import AskTranscript, TranscriptView
from bridge.errors import Blocked, PortError, StoreBusy
from bridge.ports import Clock, Desk
from bridge.wording import export as words

_LOG = logging.getLogger(__name__)


class Exports:
    """Write a conversation out, and hand it to whoever has asked, if he may read it."""

    def __init__(self, api: SlackApi, people: People, channels: Channels, files: Files, clock: Clock) -> None:
        self._api = api
        self._people = people
        self._channels = channels
        self._files = files
        self._clock = clock

    async def hand(self, desk: Desk, person: PersonRef, conversation: ConversationId) -> Aside:
        """Do it, and return what he is told; whatever fails, he is told that."""
        try:
            return Aside(phrase=await self._handed(desk, person, conversation))
        except (PortError, StoreBusy) as error:
            _LOG.warning("a conversation was not exported: %s", error)
            return Aside(phrase=words.not_sent(error.remedy if isinstance(error, Blocked) else ""))

    async def _handed(self, desk: Desk, person: PersonRef, conversation: ConversationId) -> Phrase:
        parts = await self._parts(desk, person, conversation)
        if parts[0].refusal:
            return parts[0].refusal
        written = await self._written(parts)
        await self._files.hand(person, words.file_name(parts[0], self._clock.now()), written.encode(), words.comment())
        return words.sent()

    async def _parts(self, desk: Desk, person: PersonRef, conversation: ConversationId) -> list[TranscriptView]:
        standing = await self._people.standing(person)
        seen = await self._channels.seen_by(person, standing)
        parts = list[TranscriptView]()
        after: int | None = 0
        while after is not None:
            asked = AskTranscript(
                conversation=conversation, person=person, standing=standing, channels=seen, after=after
            )
            view = await desk.ask(asked)
            assert isinstance(view, TranscriptView)
            parts.append(view)
            after = view.after
        return parts

    async def _written(self, parts: list[TranscriptView]) -> str:
        utterances = [one for part in parts for one in part.utterances]
        called = await self._people.names({one.by for one in utterances if isinstance(one.by, str)})
        lines = [words.utterance(one, parts[0], called) for one in utterances]
        return words.heading(parts[0], self._clock.now()) + ("".join(lines) or words.nobody_wrote())

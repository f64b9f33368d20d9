"""What stands in one mail, in reading order, before it takes the form of HTML or of plain text.

Both forms are laid out from the same letter, so that they cannot say different things. Every word that came from
outside has gone through `visible` here; no sentence is written here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from bridge.domain.command import SendMail
from bridge.domain.digest import OpenConversation, OpenText
from bridge.domain.ids import MessageId
from bridge.domain.message import Attachment
from bridge.domain.phone import Address, spoken
from bridge.domain.visible import visible
from bridge.wording import digest as say

MAX_TEXTS = 100
_MAX_CHARACTERS = 4_000  # of one text
_MAX_OCTETS = 200_000  # of all texts; twice in a mail, encoded and laid out, this stays below a megabyte
_MAX_NOTICES = 20
_MAX_NAME = 60
_LATE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file of a text: described, and shown where `picture` names one that travels with the mail."""

    label: str
    picture: str = ""  # its Content-ID, without brackets


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One text."""

    state: str
    is_new: bool
    author: str  # in a group only
    lines: tuple[str, ...]
    remark: str
    enclosures: tuple[Enclosure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One conversation."""

    who: tuple[str, ...]
    ours: str
    entries: tuple[Entry, ...]
    more: str
    link: str
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The whole mail."""

    subject: str
    opening: tuple[str, ...]
    notices: tuple[str, ...]
    sections: tuple[Section, ...]
    more: str
    closing: str


def letter(mail: SendMail, zone: ZoneInfo, pictures: Mapping[str, str]) -> Letter:
    """Write the letter; `pictures` gives the Content-ID of every picture that travels, by the digest of its bytes."""
    notices = _notices(mail)
    if not mail.conversations:
        return Letter(
            subject=say.warning_subject(_one_line(notices[0], 120)),
            opening=(say.why_warned(), say.warned_one_way()),
            notices=notices,
            sections=(),
            more="",
            closing=say.as_of(mail.frozen_at, zone),
        )
    conversations = sorted(mail.conversations, key=lambda each: not _has_new(each))
    chosen = _chosen(conversations)
    scribe = _Scribe(mail=mail, zone=zone, pictures=pictures, chosen=chosen)
    total = sum(len(each.texts) for each in conversations)
    return Letter(
        subject=_subject(mail, conversations),
        opening=(*_silence(mail, zone), say.why(), say.one_way()),
        notices=notices,
        sections=tuple(
            scribe.section(each) for each in conversations if any(_id(text) in chosen for text in each.texts)
        ),
        more=say.more(len(chosen), total) if total > len(chosen) else "",
        closing=say.as_of(mail.frozen_at, zone),
    )


def _silence(mail: SendMail, zone: ZoneInfo) -> tuple[str, ...]:
    since = mail.chat_silent_since
    silent = (say.chat_silent(say.moment(since, zone, mail.frozen_at)),) if since else ()
    return (*silent, say.everybody_off()) if mail.is_everybody_off else silent


def _notices(mail: SendMail) -> tuple[str, ...]:
    notices = [_one_line(notice, 1000) for notice in mail.notices[:_MAX_NOTICES]]
    hidden = len(mail.notices) - len(notices)
    return (*notices, say.more_notices(hidden)) if hidden else tuple(notices)


def _subject(mail: SendMail, conversations: list[OpenConversation]) -> str:
    texts = [text.message for each in conversations for text in each.texts]
    oldest = min((text.received_at for text in texts), default=mail.frozen_at)
    who = [_briefly(each) for each in conversations]
    return say.subject(len(texts), mail.frozen_at - oldest, who)


def _has_new(conversation: OpenConversation) -> bool:
    return any(text.is_new for text in conversation.texts)


def _id(text: OpenText) -> MessageId:
    return text.message.id


def _chosen(conversations: list[OpenConversation]) -> frozenset[MessageId]:
    """Choose what fits: the new before the still open, each oldest first, until the mail is full."""
    texts = [text for each in conversations for text in each.texts]
    texts.sort(key=lambda text: (not text.is_new, text.message.received_at))
    chosen: set[MessageId] = set()
    octets = 0
    for text in texts[:MAX_TEXTS]:
        octets += _weight(_shown(text.message.text)[0])
        if octets > _MAX_OCTETS:
            break
        chosen.add(_id(text))
    return frozenset(chosen)


def _weight(words: str) -> int:
    """Measure words in the longer of their two forms: signs become names in HTML, each line is marked in plain text."""
    return len(escape(words).encode()) + 6 * words.count("\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scribe:
    mail: SendMail
    zone: ZoneInfo
    pictures: Mapping[str, str]
    chosen: frozenset[MessageId]

    def section(self, conversation: OpenConversation) -> Section:
        shown = [text for text in conversation.texts if _id(text) in self.chosen]
        label = _one_line(conversation.did.label, _MAX_NAME) if conversation.did else ""
        hidden = len(conversation.texts) - len(shown)
        return Section(
            who=tuple(say.person(name, number) for name, number in _named(conversation)),
            ours=say.to_our_number(label, spoken(conversation.conversation.did.value)),
            entries=tuple(self.entry(text, conversation) for text in shown),
            more=say.more_here(hidden) if hidden else "",
            link=_link(conversation.conversation.link),
            is_new=_has_new(conversation),
        )

    def entry(self, text: OpenText, conversation: OpenConversation) -> Entry:
        message = text.message
        words, is_cut = _shown(message.text)
        is_late = message.received_at - message.said_at > _LATE
        remarks = [
            say.came_late(self._moment(message.said_at)) if is_late else "",
            say.cut(len(message.text)) if is_cut else "",
        ]
        return Entry(
            state=say.state(
                is_new=text.is_new,
                when=self._moment(message.received_at),
                waiting=self.mail.frozen_at - message.received_at,
            ),
            is_new=text.is_new,
            author=_author(text, conversation),
            lines=tuple(words.split("\n")) if words.strip() else (() if text.attachments else (say.NO_WORDS,)),
            remark=" ".join(filter(None, remarks)),
            enclosures=tuple(self._enclosure(file) for file in text.attachments),
        )

    def _moment(self, at: datetime) -> str:
        return say.moment(at, self.zone, self.mail.frozen_at)

    def _enclosure(self, file: Attachment) -> Enclosure:
        return Enclosure(label=say.attached(file), picture=self.pictures.get(file.digest, "") if file.digest else "")


def _shown(text: str) -> tuple[str, bool]:
    """Return the text as it may be shown, and whether it had to be cut."""
    words = visible(text[:_MAX_CHARACTERS])
    return words[:_MAX_CHARACTERS], max(len(text), len(words)) > _MAX_CHARACTERS


def _briefly(conversation: OpenConversation) -> str:
    """Name a conversation's people in little room: the first of them, by name if there is one."""
    people = _named(conversation)
    first = people[0][0] or people[0][1]
    return say.group(first, len(people) - 1) if len(people) > 1 else first


def _named(conversation: OpenConversation) -> list[tuple[str, str]]:
    """Pair each participant's name, empty where there is none or it is merely the number again, with the number."""
    participants = conversation.conversation.participants
    names = (*conversation.names, *("" for _ in participants))
    pairs = []
    for name, each in zip(names, participants, strict=False):
        shown, number = _one_line(name, _MAX_NAME), _number(each)
        pairs.append(("" if shown in (number, each.value) else shown, number))
    return pairs


def _number(address: Address) -> str:
    return _one_line(spoken(address.value), _MAX_NAME)


def _author(text: OpenText, conversation: OpenConversation) -> str:
    if not conversation.conversation.is_group:
        return ""
    people = zip(conversation.conversation.participants, _named(conversation), strict=True)
    return next((name or number for each, (name, number) in people if each == text.message.author), "")


def _one_line(words: str, limit: int) -> str:
    """Make words fit for a heading: safe to show, on one line, not longer than they deserve."""
    line = " ".join(visible(words).split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def _link(link: str) -> str:
    return link if link.startswith(("https://", "http://")) else ""

"""What Slack tells us, as our nouns; and what it refuses, as our errors. Pure: people's names come in from outside.

Anything may stand in a payload. What concerns us (`concerns`), and yet cannot be read, is a `WireError`. Of failures,
certainly not done are only: never connected, too many requests, a definite error word.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from aiohttp import ClientConnectorError, ClientError, ConnectionTimeoutError, InvalidURL, NonHttpUrlClientError
from slack_sdk.errors import SlackApiError, SlackClientError

from adapters.slack import names, refusals
from adapters.slack.concerns import ERASING, REACTIONS, REVISIONS, TURNS, chosen_in, message_in, pressed
from adapters.slack.lines import NoConnection
from adapters.slack.names import Identity, Json
from adapters.slack.plain import Names, people_in, plain
from bridge.domain.event import (
    ButtonPressed,
    ChatEvent,
    File,
    RawEvent,
    Reaction,
    ReactionSet,
    ReplyDeleted,
    ReplyEdited,
    ReplyTurned,
    ThreadReply,
)
from bridge.domain.ids import EventKey, MediaRef, PersonRef
from bridge.domain.phrase import Mark
from bridge.domain.standing import Standing
from bridge.domain.visible import visible
from bridge.errors import Blocked, Permanent, PortError, Reason, Transient, Uncertain, WireError
from bridge.wording import chat

SOURCE = "slack"
_SECRETS = ("token", "response_url", "response_urls", "trigger_id")
MARKS = {
    Mark.HELD: "double_vertical_bar",
    Mark.QUEUED: "hourglass_flowing_sand",
    Mark.UNCLEAR: "question",
    Mark.SENT: "arrow_right",
    Mark.DELIVERED: "white_check_mark",
    Mark.FAILED: "x",
    Mark.CANCELLED: "no_entry_sign",
    Mark.NOTE: "lock",
}  # the further a reply has come, the later
_ADDRESSED = re.compile(r"\A[:,]\s+")  # what is left of "@app, ..."
_UNHEARD_OF = 2**40  # octets, which no file has
_FETCHABLE = ("hosted", "snippet", "file_access")


# Events


def raw(payload: Json) -> RawEvent:
    """Keep a payload as it came, without what could be used to speak in our name."""
    body = json.dumps({key: value for key, value in payload.items() if key not in _SECRETS}).encode()
    try:
        keys = _keys(payload)
    except (KeyError, TypeError, AttributeError):
        keys = (EventKey(f"slack:unread/{hashlib.sha256(body).hexdigest()}"),)
    return RawEvent(source=SOURCE, keys=keys, body=body)


def _keys(payload: Json) -> tuple[EventKey, ...]:
    """Name the fact. A reaction has no name of its own, only its telling has; it is state, so that is enough."""
    if message := message_in(payload):
        if message.get("subtype") in REVISIONS:
            return (_revision_key(message),)
        return names.message_keys(str(message["channel"]), message)
    if "event_id" in payload:
        return (EventKey(names.whole(f"slack:event/{payload['event_id']}")),)
    if payload.get("type") == "view_submission":
        return (form_key(payload),)
    if payload.get("type") == "message_action":
        return (_turn_key(payload),)
    return (_press_key(payload),)


def _revision_key(event: Json) -> EventKey:
    """Name a change by its moment, so that the same one told twice is one; a reply is deleted only once."""
    if event["subtype"] == "message_deleted":
        return EventKey(names.whole(f"slack:deleted/{event['channel']}/{event['deleted_ts']}"))
    message = event["message"]
    return EventKey(names.whole(f"slack:edited/{event['channel']}/{message['ts']}/{message['edited']['ts']}"))


def _press_key(payload: Json) -> EventKey:
    place, action = payload["container"], payload["actions"][0]
    where = f"{place['channel_id']}/{place['message_ts']}"
    pressed = f"slack:press/{where}/{action['action_id']}/{payload['user']['id']}/{action['action_ts']}"
    return EventKey(names.whole(pressed))


def form_key(payload: Json) -> EventKey:
    """Name one sending off of a form: with these words in it. Sent off twice alike, it is the same.

    That form apart which confirms: wrong twice alike, it is wrong twice.
    """
    values = json.dumps(payload["view"]["state"], sort_keys=True).encode()
    if payload["view"].get("callback_id") == ERASING:
        values += str(payload.get("trigger_id")).encode()
    return EventKey(names.whole(f"slack:form/{payload['view']['id']}/{hashlib.sha256(values).hexdigest()[:16]}"))


def _turn_key(payload: Json) -> EventKey:
    where, when = f"{payload['channel']['id']}/{payload['message']['ts']}", payload["action_ts"]
    return EventKey(names.whole(f"slack:turn/{where}/{payload['user']['id']}/{when}"))


def event(payload: Json, called: Names, me: Identity) -> ChatEvent:
    """Read a payload that concerns us."""
    try:
        if message := message_in(payload):
            return _said(message, called, me)
        if payload.get("type") == "message_action":
            return _turned(payload, called, me)
        return _reaction(payload["event"]) if "event" in payload else _press(payload)
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
        raise WireError(f"a payload of Slack's that cannot be read ({type(error).__name__})") from error


def _said(event: Json, called: Names, me: Identity) -> ThreadReply | ReplyEdited | ReplyDeleted:
    channel = _word(event["channel"])
    match event.get("subtype"):
        case "message_changed":
            return ReplyEdited(key=_revision_key(event), reply=reply(event["message"], channel, called, me))
        case "message_deleted":
            gone = event["previous_message"]
            thread = names.thread_ref(channel, _word(gone["thread_ts"]))
            return ReplyDeleted(key=_revision_key(event), reply=names.message_keys(channel, gone)[0], thread=thread)
    return reply(event, channel, called, me)


def by(told: ChatEvent, standing: Standing) -> ChatEvent:
    """Add what whoever did this is in the workspace."""
    if isinstance(told, ReplyTurned | ThreadReply | Reaction | ButtonPressed):
        return replace(told, standing=standing)
    return told


def reply(
    message: Json, channel: str, called: Names, me: Identity, *, read_back: bool = False, mark: Mark | None = None
) -> ThreadReply:
    fit, unfit = files(message)
    return ThreadReply(
        key=names.message_keys(channel, message)[0],
        thread=names.thread_ref(channel, _word(message["thread_ts"])),
        post=names.post_ref(channel, _word(message["ts"])),
        author=PersonRef(_word(message["user"])),
        text=names.whole(_without_our_name(message, called, me)),
        files=fit,
        unfit_files=unfit,
        said_at=names.moment(message["ts"]),
        read_back=read_back,
        mark=mark,
        mentions_us=me.user_id in people_in(message),
    )


def _without_our_name(message: Json, called: Names, me: Identity) -> str:
    """Give the words; nobody at the other end is to read how our app is called."""
    if me.user_id not in people_in(message):
        return plain(message, called)
    return _ADDRESSED.sub("", plain(message, {**called, me.user_id: ""}).strip())


def _reaction(told: Json) -> Reaction:
    return Reaction(
        post=names.post_ref(_word(told["item"]["channel"]), _word(told["item"]["ts"])),
        person=PersonRef(_word(told["user"])),
        emoji=_word(told["reaction"]),
        is_set=REACTIONS[told["type"]],
        at=names.moment(told["event_ts"]),
    )


def _press(payload: Json) -> ButtonPressed:
    action = payload["actions"][0]
    action_pressed = pressed(payload)
    if action_pressed is None:
        raise WireError("a button that is none of ours")
    return ButtonPressed(
        key=_press_key(payload),
        action=action_pressed,
        value=names.whole(action.get("value") or chosen_in(action)[1]),
        person=PersonRef(_word(payload["user"]["id"])),
        post=names.post_ref(_word(payload["container"]["channel_id"]), _word(payload["container"]["message_ts"])),
        at=names.moment(action["action_ts"]),
    )


def _turned(payload: Json, called: Names, me: Identity) -> ReplyTurned:
    return ReplyTurned(
        key=_turn_key(payload),
        reply=reply(payload["message"], _word(payload["channel"]["id"]), called, me),
        person=PersonRef(_word(payload["user"]["id"])),
        is_note=TURNS[payload["callback_id"]],
        at=names.moment(payload["action_ts"]),
    )


def files(message: Json) -> tuple[tuple[File, ...], tuple[str, ...]]:
    """Sort a message's files into those that we may fetch and the names of those that we may not."""
    fit, unfit = [], []
    for file in message.get("files") or ():
        name = file.get("name") or file.get("title")
        if (
            file.get("mode", "hosted") not in _FETCHABLE
            or file.get("is_external")
            or not isinstance(file.get("id"), str)
        ):
            unfit.append(names.whole(name or chat.deleted_file()))
            continue
        size = file.get("size")
        found = File(
            ref=MediaRef(_word(file["id"])),
            name=names.whole(name or chat.unnamed_file()),
            type=names.whole(file.get("mimetype") or ""),
            size=size if isinstance(size, int) and 0 <= size < _UNHEARD_OF else 0,
        )
        fit.append(found)
    return tuple(fit), tuple(unfit)


def _word(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise WireError("a word is missing in a payload of Slack's")
    return names.whole(value)


# What is read back


def reply_read_back(
    message: Json, channel: str, called: Names, me: Identity, standing: Standing
) -> tuple[RawEvent, ThreadReply | WireError]:
    raw_event = RawEvent(
        source=SOURCE,
        keys=names.message_keys(channel, message),
        body=json.dumps({"channel": channel, "message": message}).encode(),
    )
    try:
        said = reply(message, channel, called, me, read_back=True, mark=_mark_on(message, me))
        return raw_event, replace(said, standing=standing)
    except WireError as error:
        return raw_event, error
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
        return raw_event, WireError(f"a message of Slack's that cannot be read ({type(error).__name__})")


def edit_read_back(
    message: Json, channel: str, called: Names, me: Identity
) -> list[tuple[RawEvent, ReplyEdited | WireError]]:
    """Tell that a reply was changed, if it was; its deletion leaves nothing that could be read."""
    if not isinstance(message.get("edited"), dict):
        return []
    told = {"subtype": "message_changed", "channel": channel, "message": message}
    try:
        edited = ReplyEdited(key=_revision_key(told), reply=reply(message, channel, called, me, read_back=True))
    except (WireError, KeyError, TypeError, AttributeError, ValueError, OverflowError):
        return []  # the reply itself, read in the same breath, is told as what cannot be read
    return [(RawEvent(source=SOURCE, keys=(edited.key,), body=json.dumps(told).encode()), edited)]


def _mark_on(message: Json, me: Identity) -> Mark | None:
    """Read the mark that we left on a reply; while one replaced another there were two, and the further one counts."""
    ours = {emoji for person, emoji in reactors(message) if person == me.user_id}
    return next((mark for mark in reversed(MARKS) if MARKS[mark] in ours), None)


def reactors(message: Json) -> Iterator[tuple[str, str]]:
    """Give (person, emoji) for every reaction on a message."""
    reactions = message.get("reactions")
    for reaction in reactions if isinstance(reactions, list) else ():
        name, people = (reaction.get("name"), reaction.get("users")) if isinstance(reaction, dict) else (None, None)
        for person in people if isinstance(people, list) else ():
            if isinstance(name, str) and isinstance(person, str):
                yield names.whole(person), names.whole(name)


def reaction_set(
    message: Json, channel: str, at: datetime, standings: Mapping[PersonRef, Standing], *, ignored: frozenset[str]
) -> tuple[RawEvent, ReactionSet]:
    """Tell all reactions of people on a post of ours, as they were at this moment.

    The key holds the moment as well as the content: a set that was there, went, and is there again is news, though it
    was read before. Hearing the same set twice changes nothing.
    """
    post = names.post_ref(channel, names.whole(message["ts"]))
    present = sorted((person, emoji) for person, emoji in reactors(message) if person not in ignored)
    body = json.dumps({"post": post, "reactions": present}).encode()
    key = f"slack:reactions/{post}/{hashlib.sha256(body).hexdigest()[:16]}/{names.stamp(at)}"
    found = frozenset((PersonRef(person), emoji) for person, emoji in present)
    return RawEvent(source=SOURCE, keys=(EventKey(key),), body=body), ReactionSet(
        post=post, present=found, at=at, standings=standings
    )


# Failures

FAILURES = (SlackClientError, ClientError, OSError, ValueError, TypeError, AttributeError, LookupError)
"""All that a call can end in: the SDK stumbles over odd answers with bare Python errors. TimeoutError is an OSError."""

_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=1)
_LONGEST_WORD = 200  # characters of an error, and of the scopes that are missing


def fault(error: Exception, call: str, *, harmless: bool = False) -> PortError:
    """Judge one failed call of Slack's Web API; `harmless` says that doing it twice would change nothing.

    What may have been done and is harmless to repeat is `Transient`: there is nothing to ask about before repeating.
    """
    judged = _judge(error, call)
    return Transient(str(judged)) if harmless and isinstance(judged, Uncertain) else judged


def _judge(error: Exception, call: str) -> PortError:
    if isinstance(error, SlackApiError):
        return _of_answer(error, call)
    if isinstance(error, ClientConnectorError | ConnectionTimeoutError | NoConnection):
        return Transient(f"{call}: no connection ({type(error).__name__})")
    if isinstance(error, InvalidURL | NonHttpUrlClientError):
        return Blocked(f"{call}: not an address", chat.check_address())
    if isinstance(error, SlackClientError):  # The SDK's own objections come before anything is sent.
        return Permanent(f"{call}: {type(error).__name__}", Reason.REJECTED)
    return Uncertain(f"{call}: {type(error).__name__}")


def refusal(error: BaseException | None) -> str | None:
    """Give the error word of a definite no of Slack's; None for every other failure."""
    response: Any = error.response if isinstance(error, SlackApiError) else None
    status, body = _status(response), getattr(response, "data", None)
    if not isinstance(body, dict) or body.get("ok") is not False or not 200 <= status < 500:
        return None
    word = body.get("error")
    return visible(word)[:_LONGEST_WORD] if isinstance(word, str) else None


def _status(response: Any) -> int:
    """Read the status of the SDK's answer, or of aiohttp's, which the SDK hands on where the body was no JSON."""
    status = getattr(response, "status_code", None) or getattr(response, "status", None)
    return status if isinstance(status, int) else 0


def _of_answer(error: SlackApiError, call: str) -> PortError:
    response: Any = error.response
    if _status(response) == 429:
        return Transient(f"{call}: too many requests", _pause(getattr(response, "headers", None)))
    word = refusal(error)
    if word is None:
        return Uncertain(f"{call}: status {_status(response)}, and no answer that can be read")
    return refused(word, call, needed=visible(str(response.data.get("needed") or ""))[:_LONGEST_WORD])


def refused(word: str, call: str, *, needed: str = "") -> PortError:
    """Judge a definite error word of Slack's; one that we do not know is tried again: a lost text costs more."""
    detail = f"{call}: {word}"
    if word in refusals.UNCERTAIN:
        return Uncertain(detail)
    if word in refusals.LATER:
        return Transient(detail, _PAUSE)
    if word in refusals.SCOPE:
        return Blocked(f"{detail} {needed}".rstrip(), chat.add_scope(needed))
    if remedy := refusals.REMEDIES.get(word):
        return Blocked(detail, remedy())
    reason = refusals.NEVER.get(word)
    return Permanent(detail, reason) if reason else Transient(detail)


def _pause(headers: object) -> timedelta:
    """Read Retry-After; Slack writes seconds, a proxy might write anything."""
    said = headers.get("Retry-After") if isinstance(headers, Mapping) else None
    if isinstance(said, list):
        said = said[0] if said else None
    if not isinstance(said, str) or not said.isascii() or not said.isdigit() or len(said) > 6:
        return _PAUSE
    return min(timedelta(seconds=max(1, int(said))), _LONGEST_PAUSE)

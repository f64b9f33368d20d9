"""What the menu of a first post opens: forms about its conversation, as views of Slack. Pure."""

from datetime import datetime, timedelta
from typing import Any

from adapters.slack.concerns import ERASING
from adapters.slack.render import Block
from adapters.slack.views import MOST_OPTIONS, OPTION, TITLE, entry, of, plain, words_and_files
from bridge.domain.contact import LONGEST_NAME
from bridge.domain.conversation import Course
from bridge.domain.ids import ConversationId
from bridge.domain.phrase import Action
from bridge.domain.query import ErasureView, LengthView, TalkView
from bridge.wording import erase, form, menu
from bridge.wording import naming as naming_words

NEVER = "never"
NAMING, ASSIGNING, STEERING, REPLYING, REMINDING = "sms:name", "sms:assign", "sms:steer", "sms:answer", "sms:remind"
MUTING = "sms:muting"
SNIPPET = "sms:snippet"


def naming(view: TalkView, about: str) -> Block:
    """The form in which somebody outside gets a name; in a group it says who."""
    first, *others = view.people
    element: Block = {"type": "plain_text_input", "action_id": "name", "max_length": LONGEST_NAME}
    element |= {"initial_value": first.name} if first.name and not others else {}
    people = [{"text": plain(of(one), OPTION), "value": one.number} for one in view.people[:MOST_OPTIONS]]
    who: Block = {"type": "static_select", "action_id": "who", "options": people, "initial_option": people[0]}
    blocks = [
        entry(naming_words.WHO, naming_words.WHO_LABEL, who),
        entry(naming_words.NAME, naming_words.NAME_LABEL, element, hint=naming_words.NAME_HINT, optional=True),
    ]
    return _modal(NAMING, naming_words.TITLE, naming_words.SAVE, blocks, about)


def assigning(view: TalkView, about: str) -> Block:
    """The form in which a conversation is given to somebody, or to nobody."""
    people: Block = {"type": "users_select", "action_id": "owner"}
    people |= {"initial_user": view.owner} if view.owner else {}
    blocks = [entry(menu.OWNER, menu.OWNER_LABEL, people, hint=menu.OWNER_HINT, optional=True)]
    return _modal(ASSIGNING, menu.ASSIGN_TITLE, menu.ASSIGN, blocks, about)


def steering(view: TalkView, about: str) -> Block:
    """The form for what is done to a conversation more rarely."""
    options = []
    for action in _steps(view):
        label, what = menu.CHOICES[action]
        options.append({"text": plain(label, OPTION), "value": action.value, "description": plain(what, OPTION)})
    choice: Block = {"type": "radio_buttons", "action_id": "choice", "options": options}
    return _modal(STEERING, menu.MORE_TITLE, menu.GO_ON, [entry(menu.CHOICE, menu.CHOICE_LABEL, choice)], about)


def _steps(view: TalkView) -> list[Action]:
    """Say what can be done to a conversation as it is."""
    can_wait = view.course is Course.OPEN and not view.is_waiting
    steps = [Action.REOPEN] if can_wait else []
    steps.append(Action.UNMUTE if view.course is Course.MUTED else Action.MUTE)
    steps.append(Action.UNBLOCK if view.course is Course.BLOCKED else Action.BLOCK)
    steps.append(Action.EXPORT)
    return [*steps, Action.DELETE] if view.is_erasable else steps


def erasing(view: ErasureView, about: str) -> Block:
    """The form in which an admin confirms that the data of somebody is to be deleted."""
    blocks: list[Block] = [_section(erase.what_goes(one)) for one in view.holdings[:MOST_OPTIONS]]
    blocks.append(_section(erase.what_stays(view.holdings)))
    people = [{"text": plain(of(one.peer), OPTION), "value": one.peer.number} for one in view.holdings[:MOST_OPTIONS]]
    who: Block = {"type": "static_select", "action_id": "who", "options": people}
    who |= {"initial_option": people[0]} if len(people) == 1 else {}
    typed: Block = {"type": "plain_text_input", "action_id": "typed"}
    blocks.append(entry(erase.WHO, erase.WHO_LABEL, who))
    blocks.append(entry(erase.TYPED, erase.TYPED_LABEL, typed, hint=erase.TYPED_HINT))
    return _modal(ERASING, erase.TITLE, erase.DELETE, blocks, about)


def _section(words: str) -> Block:
    return {"type": "section", "text": plain(words)}


def replying(view: TalkView, about: str, found: LengthView, text: str = "", turn: int = 0) -> Block:
    """The form for an answer; in another turn, with a snippet in it."""
    label = view.line.label if view.line else ""
    whom = form.to_whom([of(one) for one in view.people], label)
    snippets = [{"text": plain(one.name, OPTION), "value": str(n)} for n, one in enumerate(view.snippets)]
    offer: Block = {"type": "static_select", "action_id": SNIPPET, "options": snippets[:MOST_OPTIONS]}
    at: Block = {"type": "datetimepicker", "action_id": "at"}
    blocks: list[Block] = [{"type": "context", "elements": [plain(whom)]}]
    if snippets:
        asked = entry(form.SNIPPET, form.SNIPPET_LABEL, offer, hint=form.SNIPPET_HINT, optional=True)
        blocks.append(asked | {"dispatch_action": True})
    blocks += words_and_files(text, found, turn)
    blocks.append(entry(form.AT, form.AT_LABEL, at, hint=form.AT_HINT, optional=True))
    return _modal(REPLYING, form.REPLY_TITLE, form.SEND, blocks, about)


def reminding(now: datetime, about: str) -> Block:
    """The form in which a person says when he wants to be called back; `now` is in his own zone."""
    morning = now.replace(hour=9, minute=0, second=0, microsecond=0)
    moments = [
        (menu.IN_AN_HOUR, now + timedelta(hours=1)),
        (menu.IN_THREE_HOURS, now + timedelta(hours=3)),
        (menu.TOMORROW, morning + timedelta(days=1)),
        (menu.MONDAY, morning + timedelta(days=7 - now.weekday())),
    ]
    note: Block = {"type": "plain_text_input", "action_id": "note", "max_length": 300}
    blocks = [
        *_moments(moments, menu.NEVER),
        entry(menu.NOTE, menu.NOTE_LABEL, note, hint=menu.NOTE_HINT, optional=True),
    ]
    return _modal(REMINDING, menu.REMIND_TITLE, menu.REMIND, blocks, about)


def muting(now: datetime) -> Block:
    """The form in which a person says until when he is off; `now` is in his own zone."""
    morning = now.replace(hour=8, minute=0, second=0, microsecond=0)
    moments = [
        (menu.FOR_AN_HOUR, now + timedelta(hours=1)),
        (menu.UNTIL_TOMORROW, morning + timedelta(days=1)),
        (menu.UNTIL_MONDAY, morning + timedelta(days=7 - now.weekday())),
    ]
    return _modal(MUTING, menu.MUTE_TITLE, menu.MUTE, _moments(moments, menu.BACK, hint=menu.MUTE_HINT), "")


def _moments(moments: list[tuple[str, datetime]], never: str, *, hint: str = "") -> list[Block]:
    """Offer some moments, and one that takes it back; or any other moment."""
    options = [
        {"text": plain(name, OPTION), "value": str(int(moment.timestamp()))}
        for name, (_, moment) in zip(menu.whens(moments), moments, strict=True)
    ]
    options.append({"text": plain(never, OPTION), "value": NEVER})
    when: Block = {"type": "static_select", "action_id": "when", "options": options, "initial_option": options[0]}
    at: Block = {"type": "datetimepicker", "action_id": "at"}
    return [
        entry(menu.WHEN, menu.WHEN_LABEL, when, hint=hint),
        entry(menu.AT, menu.AT_LABEL, at, optional=True),
    ]


OPENED = {Action.NAME: naming, Action.ASSIGN: assigning, Action.MORE: steering}
"""Which choice of the menu opens which form about a conversation as it is."""


def about(conversation: ConversationId, ts: str, channel: str) -> str:
    """Write what a form is about, when it was opened and in which channel, where the form keeps it unseen."""
    return f"{conversation} {ts} {channel}"


def _modal(callback_id: str, title: str, submit: str, blocks: list[Block], about: str) -> dict[str, Any]:
    made: Block = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, TITLE),
        "submit": plain(submit, TITLE),
        "close": plain(form.CANCEL, TITLE),
        "blocks": blocks,
    }
    return made | {"private_metadata": about} if about else made

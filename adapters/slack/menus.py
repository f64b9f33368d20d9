"""What the menu of a first post opens: forms about its conversation, as views of Slack. Pure."""

from typing import Any

from adapters.slack.render import Block
from adapters.slack.views import MOST_OPTIONS, OPTION, TITLE, entry, of, plain
from bridge.domain.contact import LONGEST_NAME
from bridge.domain.conversation import Course
from bridge.domain.ids import ConversationId
from bridge.domain.phrase import Action
from bridge.domain.query import TalkView
from bridge.wording import form, menu
from bridge.wording import naming as naming_words

NAMING, ASSIGNING, STEERING = "sms:name", "sms:assign", "sms:steer"


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
    return steps


OPENED = {Action.NAME: naming, Action.ASSIGN: assigning, Action.MORE: steering}
"""Which choice of the menu opens which form."""


def about(conversation: ConversationId, ts: str) -> str:
    """Write what a form is about, and when it was opened, where the form keeps it unseen."""
    return f"{conversation} {ts}"


def _modal(callback_id: str, title: str, submit: str, blocks: list[Block], about: str) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": about,
        "title": plain(title, TITLE),
        "submit": plain(submit, TITLE),
        "close": plain(form.CANCEL, TITLE),
        "blocks": blocks,
    }

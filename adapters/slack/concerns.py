"""Which of all that Slack tells concerns us: people's replies in threads, what becomes of them, reactions, our buttons.

Pure, and patient with whatever may stand in a payload.
"""

from adapters.slack.names import SLACKBOT, Identity, Json
from adapters.slack.render import ACTION, MENU
from bridge.domain.phrase import Action

REACTIONS = {"reaction_added": True, "reaction_removed": False}
REVISIONS = ("message_changed", "message_deleted")
TURNS = {"sms:note": True, "sms:send": False}  # shortcuts of a message: whether it is to be a note
OPENING = (Action.NAME, Action.ASSIGN, Action.REPLY, Action.REMIND, Action.MORE)  # they open forms
ERASING = "sms:erase"  # the form in which an admin has data deleted
_AT_ONCE = (Action.CLOSE, Action.REOPEN)  # the choices of a menu that open no form
_SPOKEN = (None, "file_share", "thread_broadcast")  # subtypes that people's words come in; all others do not count


def message_in(payload: Json) -> Json | None:
    """Give the event that tells of a message, new or not."""
    event = payload.get("event")
    return event if isinstance(event, dict) and event.get("type") == "message" else None


def told_of(payload: Json) -> Json:
    """Give the message that an event tells of, as it stands or stood; what tells of none is its own."""
    event = payload.get("message") if is_turn(payload) else payload.get("event")
    told = event if isinstance(event, dict) else {}
    inner = told.get("message") or told.get("previous_message")
    return inner if told.get("subtype") in REVISIONS and isinstance(inner, dict) else told


def concerns_us(payload: Json, me: Identity) -> bool:
    """Tell a human's reply, reaction or press of one of our buttons from everything else that Slack sends."""
    event = payload.get("event")
    if isinstance(event, dict):
        if event.get("type") == "message":
            return is_reply(event, me) or _revised(event, me) is not None
        item = event.get("item")
        on_message = isinstance(item, dict) and item.get("type") == "message"
        return _is_reaction(event) and on_message and event.get("user") not in (me.user_id, SLACKBOT)
    if is_turn(payload):
        return is_reply(told_of(payload), me)
    return payload.get("type") == "block_actions" and pressed(payload) is not None


def is_turn(payload: Json) -> bool:
    """Tell a message's shortcut that decides whether it is to stay inside."""
    return payload.get("type") == "message_action" and payload.get("callback_id") in tuple(TURNS)


def actor(payload: Json) -> str | None:
    """Give who did it: said, reacted, pressed."""
    user = payload.get("user")
    who = user.get("id") if isinstance(user, dict) else told_of(payload).get("user")
    return who if isinstance(who, str) else None


def is_reply(message: Json, me: Identity) -> bool:
    """Tell a human's message in a thread. An app's has a bot_id, even where it borrows a person's token."""
    if message.get("subtype") not in _SPOKEN or message.get("bot_id") or not message.get("thread_ts"):
        return False
    by_person = message.get("user") and message.get("user") not in (me.user_id, SLACKBOT)
    return bool(by_person) and message["thread_ts"] != message.get("ts")


def _revised(event: Json, me: Identity) -> Json | None:
    """Give the reply that a person has changed or that is gone; unfurled links and our own updates look alike."""
    match event.get("subtype"):
        case "message_changed":
            found = event.get("message")
            is_edit = isinstance(found, dict) and isinstance(found.get("edited"), dict)
        case "message_deleted":
            found, is_edit = event.get("previous_message"), True
        case _:
            return None
    return found if is_edit and isinstance(found, dict) and is_reply(found, me) else None


def reactor(payload: Json) -> str | None:
    """Give who reacted: it may be a bot, which only a look-up can tell."""
    event = payload.get("event")
    person = event.get("user") if isinstance(event, dict) and _is_reaction(event) else None
    return person if isinstance(person, str) else None


def _is_reaction(event: Json) -> bool:
    return event.get("type") in tuple(REACTIONS)


def pressed(payload: Json) -> Action | None:
    """Read which of our buttons it was, or what was chosen from our menu that is done at once.

    A foreign one, or one of an older release, is nobody's.
    """
    try:
        action = payload["actions"][0]
        if action["action_id"] == MENU:
            chosen = Action(chosen_in(action)[0])
            return chosen if chosen in _AT_ONCE else None
        action_id = action["action_id"]
        found = Action(action_id.removeprefix(ACTION).partition("#")[0]) if action_id.startswith(ACTION) else None
        return None if found in OPENING else found
    except (KeyError, TypeError, AttributeError, IndexError, ValueError):
        return None


def chosen_in(action: Json) -> tuple[str, str]:
    """Give what was chosen from our menu or pressed, and about which conversation; empty where nothing was."""
    if action.get("action_id") == f"{ACTION}{Action.REPLY}":
        return Action.REPLY, str(action.get("value") or "")
    option = action.get("selected_option") if action.get("action_id") == MENU else None
    chosen, _, about = str(option.get("value") if isinstance(option, dict) else "").partition(" ")
    return chosen, about

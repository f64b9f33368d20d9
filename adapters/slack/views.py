"""What our forms and our Home tab look like, as views of Slack. Pure; words from outside are plain text in them."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from adapters.slack.names import Json
from adapters.slack.render import Block, escaped, rich
from bridge.domain.phone import PhoneNumber, spoken
from bridge.domain.query import FindView, HomeView, LengthView, Line, LinesView, Peer, Waiting
from bridge.wording import find, form, home

NEW_SMS = "sms:new"  # the form, and the buttons and shortcuts that open it
TO, TURN_PAGE, MUTE = "sms:to", "sms:page", "sms:mute-me"
_COUNT = "count"  # the line that says how many texts a new one comes to
_OF_MODAL = ("type", "callback_id", "private_metadata", "title", "submit", "close")
PAGE = 25  # conversations of one list; both lists stay far below the 100 blocks of a view
TITLE, OPTION, _BUTTON, _VALUE, _SECTION, _HEADER = 24, 75, 75, 2_000, 3_000, 150
_SMALL, _MOST_ECHO, MOST_OPTIONS = 600, 100, 100
MOST_TEXT, _MOST_FILES, _MOST_PEOPLE = 3_000, 10, 10


def new_sms(view: LinesView, chosen: PhoneNumber, found: LengthView) -> Block:
    """The form for a new text, from this number of ours; it may hold already to whom, and what."""
    lines = {line.number: _line(line) for line in view.lines}
    people: Block = {
        "type": "multi_external_select",
        "action_id": TO,
        "placeholder": plain(form.TO_PLACEHOLDER),
        "min_query_length": 1,
        "max_selected_items": _MOST_PEOPLE if view.groups else 1,
    }
    people |= {"initial_options": [peer_option(view.to)]} if view.to else {}
    numbers = {
        "type": "static_select",
        "action_id": "did",
        "options": list(lines.values()),
        "initial_option": lines[chosen],
    }
    return {
        "type": "modal",
        "callback_id": NEW_SMS,
        "title": plain(form.NEW_SMS, TITLE),
        "submit": plain(form.SEND, TITLE),
        "close": plain(form.CANCEL, TITLE),
        "blocks": [
            entry(form.DID, form.FROM_LABEL, numbers) | {"dispatch_action": True},
            entry(form.TO, form.TO_LABEL, people, hint=form.TO_HINT),
            *words_and_files(view.text, found),
        ],
    }


def words_and_files(text: str, found: LengthView, turn: int = 0) -> list[Block]:
    """Ask for the words, say what they come to, and ask for pictures; in another turn, other words are put in."""
    words: Block = {"type": "plain_text_input", "action_id": "text", "multiline": True, "max_length": MOST_TEXT}
    words |= {"initial_value": text[:MOST_TEXT]} if text else {}
    words |= {"dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}
    files: Block = {"type": "file_input", "action_id": "files", "max_files": _MOST_FILES}
    name = f"{form.TEXT}#{turn}" if turn else form.TEXT  # Slack heeds new words only in a new field
    return [
        entry(name, form.TEXT_LABEL, words, optional=True) | {"dispatch_action": True},
        count(found),
        entry(form.FILES, form.FILES_LABEL, files, optional=True),
    ]


def is_counted(action: Json) -> bool:
    """Tell a change on which it depends how many texts a new one comes to."""
    return str(action.get("block_id")).partition("#")[0] in (form.TEXT, form.DID)


def recounted(view: Json, found: LengthView) -> Block:
    """Write a form anew as Slack shows it, but for what its words come to.

    Slack keeps what stands in the fields of a form, files among it, as long as these bear the same names
    (docs.slack.dev, "views.update", January 2026).
    """
    shown = [count(found) if _is_count(block) else block for block in _listed(view.get("blocks"))]
    return {key: view[key] for key in _OF_MODAL if view.get(key)} | {"blocks": shown}


def says(view: Json, found: LengthView) -> bool:
    """Tell whether a form says already what its words come to, or has no place for it."""
    shown = [block for block in _listed(view.get("blocks")) if _is_count(block)]
    pieces = [piece for block in shown for piece in _listed(block.get("elements"))]
    said = [piece.get("text") for piece in pieces if isinstance(piece, dict)]
    return not shown or said == [piece["text"] for piece in count(found)["elements"]]


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_count(block: object) -> bool:
    return isinstance(block, dict) and block.get("block_id") == _COUNT


def count(found: LengthView) -> Block:
    """Say what the words of a form come to."""
    words = form.length(found.length) if found.length else form.NOTHING_YET
    return {"type": "context", "block_id": _COUNT, "elements": [plain(words)]}


def of(peer: Peer) -> str:
    """Name somebody by name and number, as far as we know both."""
    return f"{peer.name} · {spoken(peer.number)}" if peer.name else spoken(peer.number)


def no_lines() -> Block:
    """What opens for somebody who may not text from any number."""
    blocks = [{"type": "section", "text": plain(form.NO_LINES)}]
    return {
        "type": "modal",
        "title": plain(form.NEW_SMS, TITLE),
        "close": plain(form.CLOSE, TITLE),
        "blocks": blocks,
    }


def peer_option(peer: Peer) -> Block:
    """Somebody who can be chosen as the one to write to."""
    words = of(peer) if peer.name else form.dial(peer.number)
    return {"text": plain(words, OPTION), "value": peer.number}


def _line(line: Line) -> Block:
    return {"text": plain(f"{line.label} · {spoken(line.number.value)}", OPTION), "value": line.number.value}


def entry(block: str, label: str, element: Block, *, hint: str = "", optional: bool = False) -> Block:
    made: Block = {"type": "input", "block_id": block, "label": plain(label), "element": element, "optional": optional}
    return made | {"hint": plain(hint)} if hint else made


def home_view(view: HomeView, page: int, zone: str) -> Block:
    """The Home tab: what waits for this person, then what waits for others, a page of each; in his own time."""
    lines = [(line.label, line.number.value) for line in view.lines]
    new = _button(NEW_SMS, home.NEW_SMS, primary=True)
    mute = [_button(MUTE, home.MUTE)] if view.can_mute else []
    blocks: list[Block] = [{"type": "actions", "elements": [new, *mute]}]
    if view.muted_until:
        words = home.muted(view.muted_until.astimezone(ZoneInfo(zone)))
        blocks.append({"type": "section", "text": plain(words)})
    blocks += _list(home.mine(len(view.mine)), view.mine, view, page)
    if view.team:
        blocks += _list(home.team(len(view.team)), view.team, view, page)
    blocks += _pager(max(len(view.mine), len(view.team)), page)
    small = [home.my_numbers(lines), home.today(view.received_today, view.sent_today)]
    blocks += [{"type": "divider"}, {"type": "context", "elements": [plain(words, _VALUE) for words in small]}]
    return {"type": "home", "blocks": blocks}


def found(words: str, view: FindView) -> Block:
    """What somebody has found, as the private answer to his command."""
    heading = find.heading(words[:_MOST_ECHO], len(view.found), is_all=view.is_all)
    blocks: list[Block] = [{"type": "section", "text": plain(heading)}]
    for number, one in enumerate(view.found):
        blocks.append(rich(find.hit(one.who, one.label, one.excerpt, one.by, one.at), most=_SMALL))
        if one.link:
            button = _button(f"sms:open#{number}", find.OPEN) | {"url": one.link}
            blocks.append({"type": "actions", "elements": [button]})
    if not view.is_complete:
        blocks.append({"type": "context", "elements": [plain(find.incomplete())]})
    return {"response_type": "ephemeral", "text": escaped(heading), "blocks": blocks}


def _list(title: str, waiting: tuple[Waiting, ...], view: HomeView, page: int) -> list[Block]:
    blocks: list[Block] = [{"type": "header", "text": plain(title, _HEADER)}]
    shown = waiting[page * PAGE : (page + 1) * PAGE]
    if not waiting:
        blocks.append({"type": "section", "text": plain(home.NOTHING_WAITS)})
    return [*blocks, *(_waiting(one, view) for one in shown)]


def _waiting(one: Waiting, view: HomeView) -> Block:
    words = home.waiting(one.who, one.excerpt, one.label, one.since, view.now)
    section: Block = {"type": "section", "text": plain(words, _SECTION)}
    if not one.link:
        return section
    label = home.OPEN_OF.format(one.who)[:_BUTTON]
    return section | {"accessory": _button("sms:open", home.OPEN) | {"url": one.link, "accessibility_label": label}}


def _pager(count: int, page: int) -> Iterable[Block]:
    if count <= PAGE:
        return
    first, last = page * PAGE + 1, min((page + 1) * PAGE, count)
    turns = [_button(f"{TURN_PAGE}-earlier", home.EARLIER, value=str(page - 1))] if page else []
    turns += [_button(f"{TURN_PAGE}-later", home.LATER, value=str(page + 1))] if last < count else []
    yield {"type": "context", "elements": [plain(home.of_pages(first, last, count))]}
    yield {"type": "actions", "elements": turns}


def _button(action: str, label: str, *, value: str = "", primary: bool = False) -> Block:
    button: Block = {"type": "button", "action_id": action, "text": plain(label, _BUTTON)}
    button |= {"value": value} if value else {}
    return button | {"style": "primary"} if primary else button


def plain(words: str, most: int = _SECTION) -> dict[str, Any]:
    return {"type": "plain_text", "text": words if len(words) <= most else f"{words[: most - 1]}…", "emoji": False}

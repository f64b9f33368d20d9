"""What we want to say, as the body of a Slack post. Pure.

Words from outside are only ever `text` elements of rich text, which Slack shows as they are: no mention, no link, no
format, no emoji comes out of them. Nothing exceeds what Slack takes; a long text has been cut into parts before.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from bridge.domain.aside import Aside
from bridge.domain.command import AmendPost, Card, Content, Note, PostToThread, Said
from bridge.domain.ids import EntryToken
from bridge.domain.phrase import Button, Link, Mention, Moment, Part, Phrase, Quote
from bridge.wording import chat

Block = dict[str, Any]

EVENT_TYPE = "sms_bridge_message"
WAITING, TAKEN = "#2eb67d", "#8d8d8d"
ACTION = "sms:"
MENU = "sms:menu"
_SHOWN = 3_000  # characters of one text: Slack splits a post near 4,050 and refuses blocks near 13,200 (2026-01).
_FALLBACK = 3_900  # chat.update refuses a text beyond 4,000.
_SMALL = 600  # characters of what stands around a text, so that all of a post stays far below that
_CONTEXT, _LABEL, _VALUE, _CHOICE, _BUTTONS = 2_000, 75, 2_000, 150, 25
_SAFE = {"parse": "none", "link_names": False, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False}
_PERSON = re.compile(r"[UW][A-Z0-9]+", re.ASCII)
_CUT_THROUGH = re.compile(r"(?:&[a-z]*|<[^>]*)\Z")  # the start of an entity, or of a mention, without its end
_SURROGATE = re.compile("[\ud800-\udfff]")


def post_body(post: PostToThread, key: EntryToken, channel: str, thread_ts: str | None) -> Block:
    """Write a new post; the key goes along as metadata, which everybody in the workspace may read."""
    body = {"channel": channel} | _content(post.content, may_repeat=post.may_repeat) | _SAFE
    body["metadata"] = {"event_type": EVENT_TYPE, "event_payload": {"id": key}}
    if not thread_ts:
        return body
    return body | {"thread_ts": thread_ts} | ({"reply_broadcast": True} if post.in_channel else {})


def amend_body(amendment: AmendPost, channel: str, ts: str) -> Block:
    """Write a changed post. The flags are said again, because an update forgets them; the metadata stays by itself."""
    return {"channel": channel, "ts": ts} | _content(amendment.content, may_repeat=False) | _SAFE


def aside_body(aside: Aside) -> Block:
    """Write words for one person; who reads them has just done something, so they are short."""
    blocks = [rich(aside.phrase), *_actions(aside.buttons)]
    return {"text": _fallback([aside.phrase]), "blocks": blocks, "parse": "none", "link_names": False}


def escaped(text: str) -> str:
    """Make words inert where Slack reads markup: these three signs, the ampersand first, and no others."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _content(content: Content, *, may_repeat: bool) -> Block:
    match content:
        case Card():
            blocks, attachments = _card(content)
            words: list[Phrase] = [(content.title,), content.subtitle, (content.text,), content.state]
        case Said():
            blocks, attachments = _said(content), []
            words = [
                phrase for one in (content, *content.more) for phrase in ((one.heading,), (one.text,), one.footing)
            ]
        case Note():
            blocks, attachments = [rich(content.phrase), *_actions(content.buttons)], []
            words = [content.phrase]
    if may_repeat:
        blocks = [*blocks, _context(chat.may_repeat())]
        words.append((chat.may_repeat(),))
    return {"text": _fallback(words), "blocks": blocks, "attachments": attachments}


def _card(card: Card) -> tuple[list[Block], list[Block]]:
    """Put the coloured bar beside everything but the title.

    The title stands alone on top, because a post without any block of its own shows its fallback text as well.
    """
    waits = card.is_waiting
    subtitle, state = ([rich(words, most=_SMALL)] if words else [] for words in (card.subtitle, card.state))
    inside = [*subtitle, rich((card.text,)), *_footing(card.footing), *state, *_actions(card.buttons, card.menu)]
    fallback = _fallback([card.state])
    attachment = {"color": WAITING if waits else TAKEN, "fallback": fallback, "blocks": inside}
    return [rich((card.title,), most=_SMALL, bold=True)], [attachment]


def _said(said: Said) -> list[Block]:
    heading = [rich((said.heading,), most=_SMALL, bold=True)] if said.heading else []
    more = [block for one in said.more for block in _said(one)]
    return [*heading, rich((said.text,)), *_footing(said.footing), *more]


def _footing(footing: Phrase) -> list[Block]:
    """Show small grey words; a person or a moment in them needs rich text, which cannot be small."""
    if not footing:
        return []
    words = [_words(part) for part in footing if isinstance(part, str | Quote)]
    return [_context("".join(words))] if len(words) == len(footing) else [rich(footing, most=_SMALL)]


def _context(words: str) -> Block:
    text = _cut(words, _CONTEXT) or chat.nothing_said()
    return {"type": "context", "elements": [{"type": "plain_text", "text": text, "emoji": False}]}


def rich(phrase: Phrase, *, most: int = _SHOWN, bold: bool = False) -> Block:
    elements = list(_elements(phrase, most)) or [{"type": "text", "text": chat.nothing_said()}]
    if bold:
        elements = [element | {"style": {"bold": True}} for element in elements]
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}


def _elements(phrase: Phrase, most: int) -> Iterator[Block]:
    room = most
    for part in phrase:
        match part:
            case Mention() if _PERSON.fullmatch(part.person):
                yield {"type": "user", "user_id": part.person}
            case Moment():
                yield _date(part)
            case Link():
                yield {"type": "link", "url": part.url, "text": part.words}
            case _:
                words = _cut(_words(part), room)
                room -= len(words)
                if words:
                    yield {"type": "text", "text": words}


def _date(moment: Moment) -> Block:
    seconds, words = int(moment.at.timestamp()), chat.plain_moment(moment.at)
    return {"type": "date", "timestamp": seconds, "format": "{date_short_pretty} {time}", "fallback": words}


def _words(part: Part) -> str:
    match part:
        case str():
            words = part
        case Quote():
            words = part.text
        case Mention():
            words = f"@{part.person}"
        case Moment():
            words = chat.plain_moment(part.at)
        case Link():
            words = part.words
    return _SURROGATE.sub("\ufffd", words)


def _actions(buttons: Iterable[Button], menu: tuple[Button, ...] = ()) -> list[Block]:
    elements: list[Block] = []
    for button in tuple(buttons)[:_BUTTONS]:
        words = _cut(_words(button.label), _LABEL) or button.action
        label = {"type": "plain_text", "text": words, "emoji": False}
        action_id = f"{ACTION}{button.action}"
        if any(element["action_id"] == action_id for element in elements):
            action_id += f"#{len(elements)}"  # Slack takes each id only once in a block.
        element: Block = {"type": "button", "action_id": action_id, "text": label}
        element |= {"value": button.value[:_VALUE]} if button.value else {}
        elements.append(element | {"style": "primary"} if button.is_primary else element)
    if menu:
        elements.append(_menu(menu))
    return [{"type": "actions", "elements": elements}] if elements else []


def _menu(buttons: tuple[Button, ...]) -> Block:
    """Offer what is done more rarely behind one small button."""
    options = [
        {
            "text": {"type": "plain_text", "text": _cut(_words(button.label), _LABEL), "emoji": False},
            "value": f"{button.action} {button.value}"[:_CHOICE],
        }
        for button in buttons
    ]
    return {"type": "overflow", "action_id": MENU, "options": options}


def _fallback(phrases: Iterable[Phrase]) -> str:
    """Write all of it as one text, for notifications and screen readers, escaped, within Slack's limit."""
    lines = ["".join(_active(part) for part in phrase) for phrase in phrases]
    text = "\n".join(line for line in lines if line) or chat.nothing_said()
    if len(text) <= _FALLBACK:
        return text
    return f"{_CUT_THROUGH.sub('', text[: _FALLBACK - 1])}…"


def _active(part: Part) -> str:
    match part:
        case Mention() if _PERSON.fullmatch(part.person):
            return f"<@{part.person}>"
        case Moment():
            seconds, words = int(part.at.timestamp()), chat.plain_moment(part.at)
            return f"<!date^{seconds}^{{date_short_pretty}} {{time}}|{words}>"
        case Link():
            return f"<{part.url}|{escaped(part.words)}>"
    return escaped(_words(part))


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: max(most - 1, 0)]}…"[:most]

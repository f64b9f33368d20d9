"""What a whole message sets off for its readers: every mention, link and format in its text, blocks and attachments.

Stricter than Slack where Slack is not documented: what might ping counts as pinging.
"""

from collections.abc import Callable, Iterable

from adapters.sandbox.workspace import mrkdwn
from adapters.sandbox.workspace.blocks import walk
from adapters.sandbox.workspace.nouns import Activation, Json
from adapters.sandbox.workspace.rich_text import element_activation

Names = Callable[[str], str | None]
_INLINE = {"user", "usergroup", "broadcast", "channel", "link", "emoji", "text"}
_ATTACHED = ("text", "pretext", "fallback", "title", "footer", "author_name")


def of_message(
    text: str,
    blocks: list[Json],
    attachments: list[Json],
    *,
    names: Names,
    autolink: bool,
    linked: bool,
    formatted: bool,
) -> Activation:
    """Gather what is active; the three flags are what `parse`, `link_names` and `mrkdwn` said about the text."""
    found = mrkdwn.activated(
        text, autolink=autolink, formatted=formatted and not blocks, names=names if linked else None
    )
    found.add(_of_blocks(blocks, names))
    for attachment in attachments:
        found.add(_of_blocks(attachment.get("blocks") or [], names))
        for said in _said_in(attachment):
            found.add(mrkdwn.activated(said, autolink=autolink, formatted=formatted, names=None))
        if attachment.get("title_link"):
            found.links.append((str(attachment["title_link"]), str(attachment.get("title", ""))))
    return found


def _said_in(attachment: Json) -> Iterable[str]:
    yield from (said for key in _ATTACHED if isinstance(said := attachment.get(key), str))
    for field in attachment.get("fields") or ():
        yield from (said for key in ("title", "value") if isinstance(said := field.get(key), str))


def _of_blocks(blocks: list[Json], names: Names) -> Activation:
    found = Activation()
    for piece in walk(blocks):
        kind = piece.get("type")
        text = piece.get("text")
        if kind == "mrkdwn" and isinstance(text, str):
            loose = not piece.get("verbatim", False)
            found.add(mrkdwn.activated(text, autolink=loose, formatted=True, names=names if loose else None))
        elif kind == "plain_text" and isinstance(text, str) and piece.get("emoji", True):
            noticed = mrkdwn.activated(mrkdwn.escape(text), autolink=False, formatted=True).formats
            found.formats += [name for name in noticed if name == "emoji"]
        elif kind in _INLINE:
            found.add(element_activation(piece))
    return found

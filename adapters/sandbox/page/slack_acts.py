"""What the visitor does in Slack beyond words: buttons, menus, forms, commands, shortcuts, the Home tab."""

from collections.abc import Awaitable, Callable
from typing import Any

from adapters.sandbox.page.wish import Done, Wish
from adapters.sandbox.page.worlds import Worlds
from adapters.sandbox.workspace.courier import Delivery, Fate

_PATIENCE = 30  # seconds of real time that a deed waits for the app's answer; Slack itself gives three


async def press(worlds: Worlds, wish: Wish) -> None:
    person, channel, ts, button = (wish.text(key) for key in ("person", "channel", "ts", "button"))
    more: dict[str, Any] = {"picked": wish.picked("picked"), "block": wish.text("block", "")}
    await worlds.workspace.interactions.press(person, channel, ts, button, **more)


async def press_in_view(worlds: Worlds, wish: Wish) -> None:
    person, view, button = (wish.text(key) for key in ("person", "view", "button"))
    more: dict[str, Any] = {"picked": wish.picked("picked"), "block": wish.text("block", "")}
    await worlds.workspace.interactions.press_in_view(person, view, button, **more, filled=wish.filled())


async def suggest(worlds: Worlds, wish: Wish) -> Done:
    place = {key: wish.text(key, "") for key in ("channel", "ts", "block")} | {"view_id": wish.text("view", "")}
    person, menu, typed = (wish.text(key) for key in ("person", "menu", "typed"))
    return {"groups": await worlds.workspace.interactions.suggest(person, menu, typed, **place)}


async def submit(worlds: Worlds, wish: Wish) -> None:
    """Submit and wait: the form stays as it is until the app has answered, or has not."""
    person, view = wish.text("person"), wish.text("view")
    await _settled(worlds, await worlds.workspace.interactions.submit_form(person, view, wish.filled()))


async def close(worlds: Worlds, wish: Wish) -> None:
    person, view = wish.text("person"), wish.text("view")
    await worlds.workspace.interactions.close_view(person, view, all_of_stack=wish.flag("all"))


async def upload(worlds: Worlds, wish: Wish) -> Done:
    """Bring files into Slack without sharing them anywhere, as a form's file field does."""
    files = await worlds.workspace.people.bring(wish.text("person"), wish.files(most=10))
    return {"files": files}


async def home(worlds: Worlds, wish: Wish) -> None:
    await worlds.workspace.interactions.open_home(wish.text("person"))


async def shortcut(worlds: Worlds, wish: Wish) -> None:
    """Use a global shortcut; Slack says it in passing when the app does not answer."""
    delivery = await worlds.workspace.interactions.shortcut(wish.text("person"), wish.text("callback"))
    await _settled(worlds, delivery)
    if delivery.fate is Fate.FAILED:
        raise ValueError("The app did not answer. Try again.")


async def message_shortcut(worlds: Worlds, wish: Wish) -> None:
    person, channel, ts, callback = (wish.text(key) for key in ("person", "channel", "ts", "callback"))
    await worlds.workspace.interactions.message_shortcut(person, channel, ts, callback)


async def command(worlds: Worlds, wish: Wish) -> None:
    name, _, text = wish.text("text").strip().partition(" ")
    person, channel, thread = wish.text("person"), wish.text("channel"), wish.optional("thread")
    await worlds.workspace.interactions.slash(person, name, text, channel, thread)


async def _settled(worlds: Worlds, delivery: Delivery | None) -> None:
    if delivery:
        await worlds.workspace.wait_for(lambda: delivery.is_settled, _PATIENCE)


DEEDS: dict[str, Callable[[Worlds, Wish], Awaitable[Done | None]]] = {
    "press": press,
    "press-in-view": press_in_view,
    "suggest": suggest,
    "submit": submit,
    "close-view": close,
    "upload": upload,
    "home": home,
    "shortcut": shortcut,
    "message-shortcut": message_shortcut,
    "command": command,
}

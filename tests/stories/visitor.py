"""What a person does in Slack beyond talking: commands, shortcuts, forms, the Home tab; and what he is told alone."""

from typing import TYPE_CHECKING

from adapters.sandbox.workspace import Workspace
from adapters.sandbox.workspace.nouns import Json
from tests.stories.forms import Form
from tests.stories.looks import buttons, choices, shown, words_in

if TYPE_CHECKING:
    from tests.stories.language import House


class Visitor:
    """Whoever uses the app."""

    __slots__ = ()

    house: "House"
    user: str

    @property
    def slack(self) -> Workspace:
        return self.house.slack

    async def hears(self, *words: str) -> str:
        """Wait until this person is told all of these alone, and return what is said."""

        def told() -> str:
            found = (one for one in self.slack.state.ephemerals if one.user == self.user)
            return next((said for one in found if all(word in (said := shown(one)) for word in words)), "")

        return await self.slack.wait_for(told)

    async def presses_aside(self, button: str) -> None:
        """Press a button that only this person sees."""
        for one in self.slack.state.ephemerals:
            for found in buttons(one, button) if one.user == self.user else ():
                await self.slack.interactions.press(self.user, one.channel, one.ts, found["action_id"])
                return
        raise AssertionError(f"nobody offers {button}")

    async def uses_on(self, channel: str, ts: str, shortcut: str) -> None:
        """Use a shortcut out of a message's menu."""
        await self.slack.interactions.message_shortcut(self.user, channel, ts, shortcut)

    async def picks(self, channel: str, ts: str, choice: str) -> None:
        """Choose something from the menu of a message."""
        value = choices(self.slack.message(channel, ts))[choice]
        await self.slack.interactions.press(self.user, channel, ts, "sms:menu", picked=value)

    async def types(self, command: str, channel: str = "C0TEXTS") -> None:
        """Type a slash command in a channel."""
        word, _, rest = command.partition(" ")
        await self.slack.interactions.slash(self.user, word, rest, channel)

    async def uses(self, shortcut: str) -> None:
        await self.slack.interactions.shortcut(self.user, shortcut)

    async def opens_home(self) -> None:
        await self.slack.interactions.open_home(self.user)

    async def sees_home(self, *words: str) -> Json:
        """Wait until this person's Home tab shows all of these, and return it."""

        def found() -> Json | None:
            view = self.slack.state.homes.get(self.user)
            said = "\n".join(words_in(view.body)) if view else ""
            return view.body if view and all(word in said for word in words) else None

        home = await self.slack.wait_for(found)
        assert home
        return home

    async def presses_at_home(self, action: str) -> None:
        view = self.slack.state.homes[self.user]
        await self.slack.interactions.press_in_view(self.user, view.id, action)

    async def form(self) -> Form:
        """Wait until a form is open before this person."""
        views = self.slack.state.views
        await self.slack.wait_for(lambda: any(view.user == self.user for view in views.values()))
        return Form(self.slack, self.user, next(id for id, view in views.items() if view.user == self.user))


def install(slack: Workspace, manifest: Json) -> None:
    """Make the app from its manifest, with the rights that stand there and no others."""
    slack.install(manifest)
    slack.switches.granted.clear()
    slack.switches.granted.update(manifest["oauth_config"]["scopes"]["bot"])

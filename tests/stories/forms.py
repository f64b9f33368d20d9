"""A form of ours that is open before a person."""

from dataclasses import dataclass

from adapters.sandbox.workspace import Workspace
from adapters.sandbox.workspace.elements import Filled, Picked
from adapters.sandbox.workspace.nouns import Json
from tests.canaries import CAGE


@dataclass(frozen=True, slots=True)
class Form:
    """A form that is open before a person, as he sends it off."""

    slack: Workspace
    user: str
    view: str

    @property
    def blocks(self) -> dict[str, Json]:
        blocks = self.slack.state.views[self.view].body["blocks"]
        return {block["block_id"]: block["element"] for block in blocks if block["type"] == "input"}

    @property
    def count(self) -> str:
        """Return what stands below the words: how many texts they come to."""
        (line,) = [one for one in self.slack.state.views[self.view].body["blocks"] if one["type"] == "context"]
        return str(line["elements"][0]["text"])

    async def types(self, text: str, **others: dict[str, Picked]) -> None:
        """Type the words of a new text while this stands in the other fields."""
        CAGE.keep_text(text)
        filled: Filled = {"text": {"text": text}, **others}
        await self.slack.interactions.press_in_view(
            self.user, self.view, "text", picked=text, block="text", filled=filled
        )

    async def chooses_number(self, did: str, **filled: dict[str, Picked]) -> None:
        """Choose from which number to text while this stands in the other fields."""
        await self.slack.interactions.press_in_view(self.user, self.view, "did", picked=did, block="did", filled=filled)

    async def says(self, *words: str) -> None:
        """Wait until all of this stands below the words."""
        try:
            await self.slack.wait_for(lambda: all(word in self.count for word in words))
        except TimeoutError:
            raise AssertionError(f"it says {self.count}, not {words}") from None

    @property
    def is_open(self) -> bool:
        return self.view in self.slack.state.views

    async def sends_off(self, filled: Json) -> dict[str, str]:
        """Fill in what each field holds, and send it off; return what is wrong with it."""
        await self.slack.interactions.submit_form(self.user, self.view, filled)
        await self.slack.wait_for(lambda: not self.is_open or self.view in self.slack.interactions.errors)
        return dict(self.slack.interactions.errors.get(self.view, {}))

    async def sends(
        self, *to: str, text: str = "", did: str = "+14155550100", files: list[Json] | None = None
    ) -> dict[str, str]:
        """Fill it in and send it off; return what is wrong with it."""
        CAGE.keep_text(text)
        values = {
            "did": {"did": {"type": "static_select", "selected_option": {"value": did}}},
            "to": {"sms:to": {"type": "multi_external_select", "selected_options": [{"value": one} for one in to]}},
            "text": {"text": {"type": "plain_text_input", "value": text or None}},
            "files": {"files": {"type": "file_input", "files": files or []}},
        }
        await self.slack.interactions.submit(self.user, self.view, values)
        await self.slack.wait_for(lambda: not self.is_open or self.view in self.slack.interactions.errors)
        return dict(self.slack.interactions.errors.get(self.view, {}))

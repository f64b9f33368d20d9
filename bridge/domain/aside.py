"""An aside: what is said at once to the one person who did something. Nothing depends on its being heard."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bridge.domain.ids import ThreadRef
from bridge.domain.phrase import Button, Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """Private words; `wrong` says, of a form, what is wrong in which field: then nothing of it was done.

    `thread` is where they are said, where that is not plain from what he did.
    """

    phrase: Phrase = ()
    buttons: tuple[Button, ...] = ()
    thread: ThreadRef | None = None
    wrong: Mapping[str, str] = field(default_factory=dict)

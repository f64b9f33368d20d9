"""The line below a new text that says, while it is being typed, how many texts it comes to.

Every change that Slack tells of is answered with the form as it stands and another line in it: one change of a form at
a time, the newest wins, and one that fails leaves the line as it was.
"""

import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import timedelta

from adapters.slack import forms, menus, views
from adapters.slack.api import SlackApi
from adapters.slack.errands import Errands
from adapters.slack.names import Json
from adapters.slack.render import Block
from bridge.domain.query import LengthView
from bridge.errors import PortError, WireError
from bridge.ports import Clock, Desk

_LOG = logging.getLogger(__name__)
_PAUSE = timedelta(seconds=1)  # Slack takes some hundred changes a minute, of all forms together
_COUNTED = (views.NEW_SMS, menus.REPLYING)
_MOST_FORMS = 200  # that are remembered; of a form that is forgotten some changes may come too late


@dataclass(slots=True)
class _Form:
    """One form that is open before somebody."""

    waiting: Json | None = None
    heard_at: tuple[int, ...] = ()
    is_followed: bool = False
    hash: str = ""  # Slack's name for how we changed it last
    replaced: set[str] = field(default_factory=set)  # its names for how it was before, as late payloads have it


class Counts:
    """Keep the count true in the forms for new texts."""

    def __init__(self, api: SlackApi, desk: Desk, errands: Errands, clock: Clock) -> None:
        self._api = api
        self._desk = desk
        self._errands = errands
        self._clock = clock
        self._forms: OrderedDict[str, _Form] = OrderedDict()

    def heed(self, payload: Json) -> bool:
        """Take a change in a form for a new text; False for anything else."""
        view, action = payload.get("view"), forms.action(payload)
        if not isinstance(view, dict) or view.get("callback_id") not in _COUNTED or not views.is_counted(action):
            return False
        form, at = self._form(str(view.get("id"))), _moment(action)
        if at >= form.heard_at:  # they come over two lines, and may overtake each other
            form.waiting, form.heard_at = view, at
        if form.waiting and not form.is_followed:
            form.is_followed = True
            self._errands.run(self._follow(form))
        return True

    def _form(self, id_: str) -> _Form:
        form = self._forms.pop(id_, None) or _Form()
        self._forms[id_] = form
        if len(self._forms) > _MOST_FORMS:
            self._forms.popitem(last=False)
        return form

    async def _follow(self, form: _Form) -> None:
        try:
            while view := form.waiting:
                form.waiting = None
                await self._tell(form, view)
                await self._clock.sleep(_PAUSE)
        finally:
            form.is_followed = False

    async def _tell(self, form: _Form, view: Json) -> None:
        try:
            found = await self._desk.ask(forms.typed(view))
            assert isinstance(found, LengthView)
            known = str(view.get("hash"))
            is_late = known in form.replaced
            if views.says(view, found) and not is_late:
                return
            body: Block = {"view_id": str(view.get("id")), "hash": form.hash if is_late else known}
            body |= {"view": views.recounted(view, found)}
            answer = await self._api.post("views.update", body, harmless=True)
        except (PortError, WireError) as error:
            _LOG.info("a count was not shown: %s", error)
            return
        form.replaced.add(str(body["hash"]))
        form.hash = _hash(answer)


def _hash(answer: Json) -> str:
    view = answer.get("view")
    return str(view.get("hash")) if isinstance(view, dict) else ""


def _moment(action: Json) -> tuple[int, ...]:
    """Read when a change was made; two changes are compared by it, and by nothing else."""
    parts = str(action.get("action_ts")).split(".")
    return tuple(int(part) for part in parts) if all(part.isascii() and part.isdigit() for part in parts) else ()

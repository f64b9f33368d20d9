"""Short-lived rights an interaction hands out: a trigger opens one modal, a response_url speaks five times."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from adapters.sandbox.workspace.refusal import Refused
from adapters.sandbox.workspace.state import State

TRIGGER_LIFE = timedelta(seconds=3)
ANSWER_LIFE = timedelta(minutes=30)
ANSWER_USES = 5


@dataclass(slots=True, kw_only=True)
class Trigger:
    user: str
    born: float
    spent: bool = False


@dataclass(slots=True, kw_only=True)
class AnswerRight:
    """What a response_url may do, and where its words appear."""

    user: str
    channel: str
    born: float
    message_ts: str | None = None
    uses: int = field(default=0)


class Triggers:
    """Issue trigger ids and response urls and hold their users to the limits."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._triggers: dict[str, Trigger] = {}
        self._answers: dict[str, AnswerRight] = {}

    def issue(self, user: str) -> str:
        id_ = f"{self._state.seconds()}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._triggers[id_] = Trigger(user=user, born=self._state.clock.now().timestamp())
        return id_

    def spend(self, id_: str) -> str:
        """Use a trigger up and return whose it was."""
        trigger = self._triggers.get(id_)
        if trigger is None:
            raise Refused("invalid_trigger_id")
        if trigger.spent:
            raise Refused("exchanged_trigger_id")
        if self._state.has_passed(trigger.born, TRIGGER_LIFE):
            raise Refused("expired_trigger_id")
        trigger.spent = True
        return trigger.user

    def issue_answer(self, *, user: str, channel: str, message_ts: str | None = None) -> str:
        """Give the path of a new response_url."""
        id_ = f"{self._state.team_id}/{secrets.randbelow(10**12)}/{secrets.token_urlsafe(18)}"
        born = self._state.clock.now().timestamp()
        self._answers[id_] = AnswerRight(user=user, channel=channel, born=born, message_ts=message_ts)
        return id_

    def use_answer(self, id_: str) -> AnswerRight:
        right = self._answers.get(id_)
        if right is None or self._state.has_passed(right.born, ANSWER_LIFE):
            raise Refused("expired_url")
        if right.uses >= ANSWER_USES:
            raise Refused("used_url")
        right.uses += 1
        return right

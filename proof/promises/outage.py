"""P10, P11, P22: Slack away, Slack closed to us, and we ourselves away, each by a clock that is moved by hand."""

import asyncio
import logging
from collections.abc import Iterator

import pytest

from bridge.domain.outbox import Settlement
from bridge.engine import dispatcher
from bridge.errors import Blocked, Permanent, PortError, Reason
from proof import absence, downtime, lockout
from proof.finding import Finding
from proof.place import Place
from tests.faults import controls

_TEXTS, _TEXTS_OF_THE_CONTROL = 500, 100


def prove(place: Place) -> Iterator[Finding]:
    """Take Slack away for an hour, close it to us, and go away ourselves for two; all is there once, and in time."""
    logging.getLogger().addHandler(
        logging.NullHandler()
    )  # the daemons run in this process, and have much to complain of
    yield _slack_away(place)
    yield _slack_closed(place)
    yield _ourselves_away(place)


def _slack_away(place: Place) -> Finding:
    seen = asyncio.run(absence.absent(place.new_folder(), _TEXTS))
    control = asyncio.run(absence.absent(place.new_folder(), _TEXTS_OF_THE_CONTROL, posts_per_minute=0))
    return Finding(
        promise="P10 an hour without Slack",
        method=f"{_TEXTS} texts in a virtual hour in which nothing listens at Slack, then its return",
        figure=str(seen),
        control=f"without a pace of ours: {control}",
        is_kept=seen.is_heard_once and seen.is_told_of and seen.is_in_pace,
        is_control_caught=not control.is_in_pace,
    )


def _slack_closed(place: Place) -> Finding:
    seen = {name: _locked_out(place, name) for name in lockout.CASES}
    with pytest.MonkeyPatch.context() as patch:
        _without_holding(patch.setattr)
        control = _locked_out(place, "channel archived")
    return Finding(
        promise="P11 token revoked, channel archived, bot removed",
        method="20 texts meanwhile, then mended; how soon the admin has mail, and what is shown afterwards",
        figure="; ".join(f"{name}: {found}" for name, found in seen.items()),
        control=f"without holding what is refused: {control}",
        is_kept=all(found.is_held for found in seen.values()),
        is_control_caught=bool(control.verdict.lost),
    )


def _locked_out(place: Place, case: str) -> lockout.Lockout:
    return asyncio.run(lockout.locked_out(place.new_folder(), lockout.CASES[case]))


def _without_holding(patch: controls.Patch) -> None:
    """Give up for good what somebody would only have to mend."""
    sorted_out = dispatcher._refusal

    def given_up(error: PortError) -> Settlement:
        return sorted_out(Permanent(str(error), Reason.REJECTED) if isinstance(error, Blocked) else error)

    patch(dispatcher, "_refusal", given_up)


def _ourselves_away(place: Place) -> Finding:
    seen = asyncio.run(downtime.down(place.new_folder()))
    with pytest.MonkeyPatch.context() as patch:
        controls.without_reading_back(patch.setattr)
        control = asyncio.run(downtime.down(place.new_folder()))
    return Finding(
        promise="P22 two hours in which we are down",
        method="texts without webhooks, replies and a reaction without events; then back, and a restart",
        figure=str(seen),
        control=f"without reading back: {control}",
        is_kept=seen.is_recovered and seen.is_punctual,
        is_control_caught=bool(control.verdict.lost),
    )

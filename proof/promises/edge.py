"""P19, P20, P26, P27: strangers neither occupy the house nor fill it, and nobody passes for the carrier or Slack."""

import asyncio
from collections.abc import Iterator

from proof import assault, pytests, twice
from proof.finding import Finding
from proof.lives import without
from proof.place import Place

_SLOW = 200
_CLOSED_WITHIN = 15.0 + 1.0  # seconds by the daemon's clock, and what a busy machine adds before we see it
_LOOKED_AT = 20.0
_MOST_MEGABYTES = 32.0
_CROWD = "tests/unit/adapters/http/test_crowd.py"
_SIGNATURES = (
    "tests/unit/adapters/twilio/test_signature.py",
    "tests/unit/adapters/twilio/test_listener.py",
    "tests/unit/adapters/slack/test_signature.py",
    "tests/unit/adapters/slack/test_webhook.py",
)


def prove(place: Place) -> Iterator[Finding]:
    """Assault the HTTP port of the real daemon: slowly, with far too much, with forged and with repeated requests."""
    yield _slow(place)
    yield _excess(place)
    yield _signatures(place)
    yield _replays(place)


def _slow(place: Place) -> Finding:
    found = asyncio.run(assault.slow(place.new_folder(), _SLOW, _LOOKED_AT))
    places = pytests.run(place, _CROWD)
    control = asyncio.run(assault.slow(place.new_folder(), _SLOW, _LOOKED_AT, without("deadlines")))
    is_honest = not found.honest.errors and bool(found.honest.acked)
    return Finding(
        promise="P19 slow connections are closed, and hinder nobody",
        method=f"{_SLOW} connections that drip (silent, head, body, chunk) for {_LOOKED_AT:.0f} s; 20 webhooks/s",
        figure=f"{found}; 20 places for a public address: {places}",
        control=f"without deadlines: {control}",
        is_kept=not found.left and max(found.lasted) <= _CLOSED_WITHIN and is_honest and places.is_well,
        is_control_caught=control.left == _SLOW,
    )


def _excess(place: Place) -> Finding:
    found = asyncio.run(assault.fed(place.new_folder()))
    control = asyncio.run(assault.fed(place.new_folder(), without("limits")))
    return Finding(
        promise="P20 too much is refused, and takes little memory",
        method="50 MB, 1 GiB declared, endless chunks, 64 KB header, 2,000 headers; 400 bodies but for the last octet",
        figure=str(found),
        control=f"without limits: {control}",
        is_kept=found.is_refused and found.is_well and found.megabytes < _MOST_MEGABYTES,
        is_control_caught=control.megabytes > _MOST_MEGABYTES and not control.is_refused,
    )


def _signatures(place: Place) -> Finding:
    found = pytests.run(place, *_SIGNATURES)
    control = pytests.run(place, "-p", "proof.credulous", *_SIGNATURES)
    return Finding(
        promise="P26 who is not the carrier or Slack gets 403, never a 5xx",
        method="bad, missing, malformed, non-ASCII and doubled signatures, by table and by chance",
        figure=f"tests: {found}",
        control=f"with verification patched out: {control}",
        is_kept=found.is_well,
        is_control_caught=control.failed > 0,
    )


def _replays(place: Place) -> Finding:
    found = asyncio.run(twice.repeated(place.new_folder()))
    stale = pytests.run(place, "tests/unit/adapters/slack/test_signature.py")
    control = asyncio.run(twice.repeated(place.new_folder(), without("recognition")))
    return Finding(
        promise="P27 a request that is sent again has one effect",
        method="one signed webhook 100 times at once, and 100 times after a restart",
        figure=f"{found}; a timestamp out of Slack's window: {stale}",
        control=f"without recognising what is known: {control}",
        is_kept=found.is_once and stale.is_well,
        is_control_caught=control.texts > 1,
    )

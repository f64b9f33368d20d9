"""P1, P2, P21: what was thanked for is on disk, through kills, power cuts and ends in good order."""

import asyncio
from collections.abc import Iterator

from proof import blackout, kills, parting, syscalls
from proof.finding import Finding, not_proven
from proof.lives import without
from proof.place import Place

_CUT = "P2 …and survives a power cut"
_CUT_METHOD = "strace's record of two lives replayed: unsynced writes dropped, randomly kept, or torn at 512 bytes"
_MOST_SECONDS = 30.0  # from the signal to the end


def prove(place: Place) -> Iterator[Finding]:
    """Kill the daemon, cut its power, ask it to end, all under load: nothing that was thanked for may be missing."""
    yield _kills(place)
    is_possible = not place.lacks("strace") and syscalls.is_possible()
    yield _power_cuts(place) if is_possible else not_proven(_CUT, _CUT_METHOD, "strace, allowed to trace")
    yield _stops(place)


def _kills(place: Place) -> Finding:
    texts, seconds = (300_000, 400.0) if place.is_long else (30_000, 40.0)
    toll = asyncio.run(kills.killed(place.new_folder(), texts, seconds))
    control = asyncio.run(kills.killed(place.new_folder(), texts // 10, seconds / 4, without("commit-first")))
    return Finding(
        promise="P1 a 2xx to a webhook means that the raw request is on disk",
        method="50 clients with retry, SIGKILL 0.2 to 0.8 s after each start",
        figure=str(toll),
        control=f"answering before the commit: {control}",
        is_kept=toll.is_nothing_lost,
        is_control_caught=control.missing > 0,
    )


def _power_cuts(place: Place) -> Finding:
    texts, images = (1_200, 24_000) if place.is_long else (240, 2_400)
    ruin = blackout.cut(place.new_folder(), texts, images)
    controls = {
        level: blackout.cut(place.new_folder(), texts // 3, images // 6, without(f"sync-{level.lower()}"))
        for level in ("NORMAL", "OFF")
    }
    return Finding(
        promise=_CUT,
        method=_CUT_METHOD,
        figure=str(ruin),
        control="; ".join(f"synchronous={level}: {found}" for level, found in controls.items()),
        is_kept=ruin.is_sound and ruin.images >= images // 1.2,
        is_control_caught=all(found.short for found in controls.values()),
    )


def _stops(place: Place) -> Finding:
    parting_ = asyncio.run(parting.parted(place.new_folder()))
    polite, hasty = parting_.polite, parting_.hasty
    killed = asyncio.run(parting.killed(place.new_folder()))
    return Finding(
        promise="P21 a graceful stop leaves nothing behind",
        method="SIGTERM, then twice, under 50 clients and open sends of which some are never answered",
        figure=(
            f"ended in {polite.seconds:.1f} s with code {polite.code}; {polite.ambiguous} answered attempts ambiguous, "
            f"{polite.hanging} never answered; a second signal ended it in {hasty.seconds:.2f} s; "
            f"of {parting_.said:,} texts and replies {parting_.lost} lost, {parting_.doubled} doubled"
        ),
        control=f"SIGKILL in the same moment: {killed.ambiguous} attempts ambiguous",
        is_kept=parting_.is_clean and polite.seconds <= _MOST_SECONDS,
        is_control_caught=killed.ambiguous > 0,
    )

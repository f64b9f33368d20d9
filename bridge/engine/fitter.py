"""The fitter: make the pictures of one reply fit, one after the other, each into its share of the room that is left."""

from bridge.domain.command import FitPictures
from bridge.domain.message import Media
from bridge.domain.outbox import Outcome, Settlement
from bridge.domain.parcel import share, weight
from bridge.errors import Permanent
from bridge.ports import Darkroom


async def fitted(darkroom: Darkroom, wish: FitPictures) -> Settlement:
    """Return all of them as they fit; where one cannot be made fit, those before it and why."""
    done: list[Media] = []
    sizes, room = [len(one.content) for one in wish.pictures], wish.room
    for place, picture in enumerate(wish.pictures):
        try:
            made = await darkroom.fit(picture, share(sizes[place:], room))
        except Permanent as no:
            outcome = Outcome.PERMANENT
            return Settlement(outcome=outcome, detail=str(no), reason=no.reason, fitted=tuple(done))
        done.append(made)
        room -= weight(len(made.content))
    return Settlement(outcome=Outcome.SENT, fitted=tuple(done))

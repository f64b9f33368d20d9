"""The pictures of one reply are made fit in turn, each into its share of what is left."""

from dataclasses import dataclass, field

import pytest

from bridge.domain.command import FitPictures
from bridge.domain.message import Media, encoded_size
from bridge.domain.outbox import Outcome
from bridge.domain.parcel import room, share
from bridge.engine.fitter import fitted
from bridge.errors import Permanent, PortError, Reason, Transient
from tests.unit.engine.conftest import Works
from tests.unit.engine.test_dispatcher import running
from tests.unit.flows.books import file

ROOM = room("Look", 500_000)


@dataclass
class Enlarger:
    """Makes every picture exactly as large as it may be, or so small."""

    size: int = 10**9
    refuses: dict[str, PortError] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)

    async def fit(self, media: Media, most: int) -> Media:
        self.asked.append(most)
        if media.digest in self.refuses:
            raise self.refuses[media.digest]
        return picture(media.digest, min(most, self.size))


def picture(digest: str, size: int) -> Media:
    return Media(digest=digest, type="image/jpeg", content=bytes(size))


async def test_together_they_never_exceed_the_message() -> None:
    wish = FitPictures(pictures=tuple(picture(name, 3_000_000) for name in "abc"), room=ROOM)

    done = await fitted(Enlarger(), wish)

    assert [one.digest for one in done.fitted] == ["a", "b", "c"]
    sizes = [len(one.content) for one in done.fitted]
    assert 490_000 < encoded_size("Look", sizes) <= 500_000


async def test_what_one_leaves_goes_to_those_behind_it() -> None:
    darkroom = Enlarger(size=1_000)

    await fitted(darkroom, FitPictures(pictures=(picture("a", 900_000), picture("b", 900_000)), room=ROOM))

    assert darkroom.asked[0] == share([900_000, 900_000], ROOM)
    assert darkroom.asked[1] > 1.9 * darkroom.asked[0]


async def test_the_first_that_cannot_be_made_fit_ends_it() -> None:
    darkroom = Enlarger(refuses={"b": Permanent("no", Reason.TOO_LARGE)})
    wish = FitPictures(pictures=tuple(picture(name, 10_000) for name in "abc"), room=ROOM)

    done = await fitted(darkroom, wish)

    assert (done.outcome, done.reason) == (Outcome.PERMANENT, Reason.TOO_LARGE)
    assert [one.digest for one in done.fitted] == ["a"]
    assert len(darkroom.asked) == 2


async def test_what_may_go_later_is_left_to_whoever_tries_again() -> None:
    darkroom = Enlarger(refuses={"a": Transient("no worker")})

    with pytest.raises(Transient):
        await fitted(darkroom, FitPictures(pictures=(picture("a", 10_000),), room=ROOM))


async def test_the_dispatcher_brings_the_pictures_of_a_reply_to_the_darkroom(works: Works) -> None:
    await works.books.texts()
    await works.books.goes_out()
    await works.books.replies("Look", files=(file(name="cat.jpg"),))

    async with running(works):
        ((media, most),) = await works.darkroom.has_heard(1)
        await works.carrier.has_heard(1)

    assert media.digest == "digest of media/1"
    assert encoded_size("Look", [most]) <= 500_000

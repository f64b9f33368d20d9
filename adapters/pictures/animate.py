"""Makes a moving GIF smaller, frame by frame: it keeps moving, in less detail and fewer colours."""

import io
from typing import NamedTuple

from PIL import Image, ImageOps, ImageSequence

from adapters.pictures.unfit import Unfit
from adapters.pictures.wire import Trouble

MOST_FRAMES = 250
MOST_PIXELS = 250_000_000  # of all frames together
STEPS = ((480, 128), (480, 64), (360, 64), (240, 64), (240, 32), (160, 32))  # longest edge, colours
_FASTEST = 20  # milliseconds; less than this phones show as a tenth of a second


class _Frame(NamedTuple):
    picture: Image.Image
    duration: int


def shrunk(moving: Image.Image, most: int) -> bytes:
    """Return it so that it fits; raise `Unfit` where it does not, or where to try would take too long."""
    count = getattr(moving, "n_frames", 1)
    if count > MOST_FRAMES or count * moving.width * moving.height > MOST_PIXELS:
        raise Unfit(Trouble.TOO_LARGE)
    loop = moving.info.get("loop")
    frames = [_frame(one) for one in ImageSequence.Iterator(moving)]
    for edge, colours in STEPS:
        written = _written(frames, edge, colours, loop)
        if len(written) <= most:
            return written
    raise Unfit(Trouble.TOO_LARGE)


def _frame(shown: Image.Image) -> _Frame:
    """Take one frame as it is seen, on white, and no larger than the first step needs it."""
    clear = shown.convert("RGBA")
    paper = Image.new("RGB", clear.size, (255, 255, 255))
    paper.paste(clear, mask=clear.getchannel("A"))
    return _Frame(_within(paper, STEPS[0][0]), max(int(shown.info.get("duration", 100)), _FASTEST))


def _within(picture: Image.Image, edge: int) -> Image.Image:
    return ImageOps.contain(picture, (edge, edge)) if max(picture.size) > edge else picture


def _written(frames: list[_Frame], edge: int, colours: int, loop: int | None) -> bytes:
    pictures = [_within(frame.picture, edge).quantize(colours, Image.Quantize.FASTOCTREE) for frame in frames]
    repeated = {} if loop is None else {"loop": loop}
    written = io.BytesIO()
    pictures[0].save(
        written,
        "GIF",
        save_all=True,
        append_images=pictures[1:],
        duration=[frame.duration for frame in frames],
        **repeated,
    )
    return written.getvalue()

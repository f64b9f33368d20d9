"""Makes a picture fit: what phones take, upright, in sRGB, bare of all that it tells beside itself, and small enough.

The same picture and the same limit give the same result: the steps are fixed, and the first that fits is taken.
"""

import io
from collections.abc import Iterator

import pi_heif
from PIL import Image, ImageCms, ImageOps

from adapters.pictures import animate, strip
from adapters.pictures.unfit import Unfit
from adapters.pictures.wire import Trouble

QUALITIES = (85, 75, 65)
LARGEST = 4096  # edge: what is larger is never worth its octets on a phone
EDGES = (2048, 1600, 1280, 1024, 800, 640, 480, 320)
MOST_PIXELS = 50_000_000
WHITE = (255, 255, 255)
_UPRIGHT = 1
_ORIENTATION = 0x0112
_FORMATS = {
    "image/jpeg": ("JPEG", "MPO"),
    "image/gif": ("GIF",),
    "image/png": ("PNG",),
    "image/webp": ("WEBP",),
    "image/heic": ("HEIF",),
    "image/avif": ("AVIF",),
    "image/bmp": ("BMP",),
    "image/tiff": ("TIFF",),
}

pi_heif.register_heif_opener(thumbnails=False)
Image.MAX_IMAGE_PIXELS = None  # counted here, before anything is decoded


def fitted(kind: str, content: bytes, most: int) -> bytes:
    """Return it as JPEG or GIF of at most so many octets, or raise `Unfit`."""
    with _opened(kind, content) as picture:
        if kind == "image/gif":
            return _fitted_gif(picture, content, most)
        picture.draft(None, (LARGEST, LARGEST))  # a large JPEG is decoded at a half or a quarter, which is all we need
        picture.load()
        if kind == "image/jpeg" and _is_ready(picture) and len(bare := strip.jpeg(content)) <= most:
            return bare
        return _shrunk(_plain(picture), most)


def _opened(kind: str, content: bytes) -> Image.Image:
    """Open it with the one decoder for what it is; its size is known before anything of it is decoded."""
    if kind not in _FORMATS:
        raise Unfit(Trouble.UNSUPPORTED)
    picture = Image.open(io.BytesIO(content), formats=_FORMATS[kind])
    if picture.width * picture.height > MOST_PIXELS:
        raise Unfit(Trouble.UNREADABLE)
    return picture


def _fitted_gif(picture: Image.Image, content: bytes, most: int) -> bytes:
    picture.load()  # the first frame
    bare = strip.gif(content)
    if len(bare) <= most:
        return bare
    if getattr(picture, "n_frames", 1) > 1:
        return animate.shrunk(picture, most)
    return _shrunk(_plain(picture), most)


def _is_ready(picture: Image.Image) -> bool:
    """Tell a JPEG that needs no change but to lose what it tells beside itself."""
    is_upright = picture.getexif().get(_ORIENTATION, _UPRIGHT) == _UPRIGHT
    return is_upright and picture.mode in ("RGB", "L") and not picture.info.get("icc_profile")


def _plain(picture: Image.Image) -> Image.Image:
    """Return it upright, in sRGB, without transparency."""
    upright = ImageOps.exif_transpose(_within_reason(_in_eight_bits(picture)))
    return _on_white(_in_srgb(upright))


def _within_reason(picture: Image.Image) -> Image.Image:
    """Take down what is far too large before all else, so that nothing else costs much."""
    if max(picture.size) <= LARGEST or picture.mode not in ("L", "RGB", "RGBA", "CMYK"):
        return picture
    smaller = ImageOps.contain(picture, (LARGEST, LARGEST))
    smaller.info = picture.info
    return smaller


def _in_eight_bits(picture: Image.Image) -> Image.Image:
    """Bring grey of more than eight bits down; elsewhere Pillow does so itself."""
    if not picture.mode.startswith("I"):
        return picture
    return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Translate the colours of a picture that brings a profile of its own; a broken profile is left out."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return picture
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        translated = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return translated or picture


def _on_white(picture: Image.Image) -> Image.Image:
    """Lay it on white where it is transparent."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    paper = Image.new("RGB", clear.size, WHITE)
    paper.paste(clear, mask=clear.getchannel("A"))
    return paper


def _shrunk(picture: Image.Image, most: int) -> bytes:
    for quality, sized in _steps(picture):
        written = io.BytesIO()
        sized.save(written, "JPEG", quality=quality, optimize=True)
        if written.tell() <= most:
            return written.getvalue()
    raise Unfit(Trouble.TOO_LARGE)


def _steps(picture: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """Yield what to try, the best first: each size in each quality."""
    for edge in (max(picture.size), *(edge for edge in EDGES if edge < max(picture.size))):
        sized = ImageOps.contain(picture, (edge, edge)) if edge < max(picture.size) else picture
        for quality in QUALITIES:
            yield quality, sized

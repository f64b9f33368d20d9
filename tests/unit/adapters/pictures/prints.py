"""Pictures as phones, cameras, screens and strangers make them, made here."""

import base64
import io
import struct
import zlib
from typing import Any

from PIL import Image

WHITE = (255, 255, 255)
RED = (200, 30, 30)
BLUE = (20, 40, 200)
# 64 x 48, the left half red and the right half blue; made with an encoder that is not shipped with us.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAX1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    "ACJpbG9jAAAAAERAAAEAAQAAAAABoQABAAAAAAAAAHcAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRt"
    "AAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMA"
    "AAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5j"
    "bHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBp"
    "eGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAAH9tZGF0AAAAcygBrwngOSMkv//6Mb//+EaeQ/a5hcF//e3Off4Q"
    "6n/+6CPUV2VOdx1h1MzWdd6FvxKkdxYtMgl/GnkUUld2qx/tJpEzNsgHmm4T8cG/MctKWAFbRRThJqQN+NhwIVz1zl/DO7P4VuBk"
    "+jWvOXYl/8IASrA="
)


def halves(width: int = 64, height: int = 48) -> Image.Image:
    """Paint the left half red and the right half blue."""
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(BLUE, (width // 2, 0, width, height))
    return picture


def noise(width: int, height: int, grain: int = 4) -> Image.Image:
    """Paint what compresses as badly as a photograph of grass."""
    field = Image.effect_noise((width // grain, height // grain), 80).resize((width, height))
    return Image.merge("RGB", (field, field.transpose(Image.Transpose.ROTATE_180), field))


def written(picture: Image.Image, format: str, **more: Any) -> bytes:
    """Write a picture in a format."""
    file = io.BytesIO()
    picture.save(file, format, **more)
    return file.getvalue()


def moving(count: int, size: tuple[int, int], **more: Any) -> bytes:
    """Write so many different frames as a GIF."""
    frames = [Image.new("P", size, number % 256) for number in range(count)]
    for number, frame in enumerate(frames):
        frame.putpalette([value for grey in range(256) for value in (grey, 255 - grey, (grey * 7) % 256)])
        frame.putpixel((number % size[0], 0), (number * 31) % 256)
    more = {"duration": 50, "loop": 0} | more
    return written(frames[0], "GIF", save_all=True, append_images=frames[1:], **more)


def located() -> Image.Exif:
    """Say where and by what a picture was taken, and that it lies on its side."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Acme", "Secret Camera"
    exif.get_ifd(0x8825).update({1: "N", 2: (40.0, 44.0, 55.0), 3: "W", 4: (73.0, 59.0, 11.0)})
    return exif


def chunk(name: bytes, content: bytes) -> bytes:
    """Write one chunk of a PNG."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """Write a PNG of 900 million pixels in a few kilobytes: decoded, it would take gigabytes."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(4_000_000))) + chunk(b"IEND", b"")


def sixteen_bits() -> bytes:
    """Write a grey PNG of sixteen bits: dark on the left, light on the right."""
    row = b"\0" + b"".join(struct.pack(">H", 0x2000 if x < 32 else 0xE000) for x in range(64))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 48, 16, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(row * 48)) + chunk(b"IEND", b"")


def opened(content: bytes) -> Image.Image:
    """Open what came out."""
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def colour(content: bytes, x: int, y: int) -> tuple[int, int, int]:
    """Return the colour at one place."""
    found = opened(content).convert("RGB").getpixel((x, y))
    assert isinstance(found, tuple)
    return found[0], found[1], found[2]


def is_near(found: tuple[int, int, int], meant: tuple[int, int, int], by: int = 12) -> bool:
    return all(abs(one - other) <= by for one, other in zip(found, meant, strict=True))

"""Takes out of a JPEG or GIF all that is no picture, without decoding it: where it was taken, when, by what, previews.

Only what is known to be needed stays, and what follows the end of the picture goes too.
"""

from collections.abc import Iterator

_JPEG_KEPT = {0xC4, 0xCC, 0xDB, 0xDD} | (set(range(0xC0, 0xD0)) - {0xC8})  # tables, and the kinds of frames
_SOS, _EOI, _APP0, _APP14 = 0xDA, 0xD9, 0xE0, 0xEE
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def jpeg(content: bytes) -> bytes:
    """Return the same picture bare; raise `ValueError` where its parts cannot be told from each other."""
    return b"\xff\xd8" + b"".join(_jpeg_parts(content)) + b"\xff\xd9"


def _jpeg_parts(content: bytes) -> Iterator[bytes]:
    at = 2
    while True:
        at, marker = _marker(content, at)
        if marker == _EOI:
            return
        end = at + _length(content, at)
        segment = bytes((0xFF, marker)) + content[at:end]
        if marker == _SOS:
            end = _scan_end(content, end)
            yield bytes((0xFF, marker)) + content[at:end]
        elif marker in _JPEG_KEPT or _is_plain(marker, segment):
            yield segment
        at = end


def _marker(content: bytes, at: int) -> tuple[int, int]:
    """Return where the marker here ends, and which it is; any number of FF may stand before it."""
    if content[at : at + 1] != b"\xff":
        raise ValueError("no marker")
    while content[at : at + 1] == b"\xff":
        at += 1
    if at >= len(content):
        raise ValueError("cut short")
    return at + 1, content[at]


def _length(content: bytes, at: int) -> int:
    length = int.from_bytes(content[at : at + 2], "big")
    if length < 2 or at + length > len(content):
        raise ValueError("cut short")
    return length


def _scan_end(content: bytes, at: int) -> int:
    """Return where a scan ends: at the first marker that is neither a stuffed FF nor a restart."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            raise ValueError("cut short")
        following = content[at + 1]
        if following != 0x00 and not 0xD0 <= following <= 0xD7 and following != 0xFF:
            return at
        at += 1 if following == 0xFF else 2


def _is_plain(marker: int, segment: bytes) -> bool:
    """Keep the header of JFIF, without its preview, and Adobe's, which tells how colours are written."""
    if marker == _APP0:
        return segment[4:9] == b"JFIF\0" and len(segment) == 18
    return marker == _APP14 and segment[4:9] == b"Adobe" and len(segment) == 16


def gif(content: bytes) -> bytes:
    """Return the same pictures without comments and applications' data, but for how often they repeat."""
    head = 13 + _table(content[10])
    return content[:head] + b"".join(_gif_parts(content, head)) + b";"


def _gif_parts(content: bytes, at: int) -> Iterator[bytes]:
    while content[at] != ord(";"):
        if content[at] == ord(","):
            data = at + 10 + _table(content[at + 9]) + 1
        elif content[at] == ord("!"):
            data = at + 2
        else:
            raise ValueError("no block")
        end = _blocks_end(content, data)
        if content[at] == ord(",") or _is_needed(content[at:end]):
            yield content[at:end]
        at = end


def _table(flags: int) -> int:
    """Return how long the table of colours is that these flags announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks_end(content: bytes, at: int) -> int:
    while size := content[at]:
        at += size + 1
    return at + 1


def _is_needed(extension: bytes) -> bool:
    """Keep what belongs to a frame, and the number of repetitions."""
    return extension[1] in (0xF9, 0x01) or (extension[1] == 0xFF and extension[3:14] in _LOOPS)

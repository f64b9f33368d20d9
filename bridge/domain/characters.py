"""Which characters the octets of a file stand for that somebody wrote somewhere, with some program."""

_BEGINNINGS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def written(octets: bytes) -> str:
    """Read the octets as the characters that were meant: they say it, or are UTF-8, or come from an older Windows."""
    for mark, encoding in _BEGINNINGS:
        if octets.startswith(mark):
            return octets.decode(encoding, errors="replace")
    if encoding := _of_two_octets(octets[:2000]):
        return octets.decode(encoding, errors="replace")
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("cp1252", errors="replace")


def _of_two_octets(start: bytes) -> str:
    """Tell text in two octets a character that does not say so: most of it is ASCII, so every other octet is zero."""
    zeros = [start[at::2].count(0) * 4 > len(start) for at in (0, 1)]
    return {(False, True): "utf-16-le", (True, False): "utf-16-be"}.get((zeros[0], zeros[1]), "")

"""Taking out what is no picture: every pixel stays, and nothing that was not known to be needed."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageSequence

from adapters.pictures import strip
from tests.unit.adapters.pictures.prints import halves, located, moving, noise, opened, written

PHOTO = written(noise(160, 120), "JPEG", quality=90, exif=located())


def segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2, "big") + content


@pytest.mark.parametrize("how", [{}, {"progressive": True}, {"restart_marker_blocks": 2}, {"subsampling": 0}])
def test_every_kind_of_jpeg_keeps_its_pixels(how: dict[str, object]) -> None:
    content = written(noise(160, 120), "JPEG", exif=located(), **how)

    bare = strip.jpeg(content)

    assert opened(bare).tobytes() == opened(content).tobytes()
    assert b"Exif" not in bare


def test_grey_and_printers_jpegs_keep_their_pixels() -> None:
    for mode in ("L", "CMYK"):
        content = written(noise(160, 120).convert(mode), "JPEG", exif=located())
        assert opened(strip.jpeg(content)).tobytes() == opened(content).tobytes()


@pytest.mark.parametrize("marker", [*range(0xE0, 0xF0), 0xFE, 0xF7])
def test_what_applications_put_into_a_jpeg_goes(marker: int) -> None:
    content = PHOTO[:2] + segment(marker, b"lat 40.73 lon -73.98") + PHOTO[2:]

    assert b"lat 40" not in strip.jpeg(content)


def test_a_preview_in_the_header_goes() -> None:
    content = PHOTO[:2] + segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\1\1" + b"\7\7\7") + PHOTO[20:]

    assert b"\7\7\7" not in strip.jpeg(content)


def test_what_stands_behind_the_end_of_a_picture_goes() -> None:
    for content, bare in ((PHOTO, strip.jpeg), (moving(3, (16, 16)), strip.gif)):
        assert bare(content + b"a whole video and a name") == bare(content)


def test_comments_and_data_of_applications_in_a_gif_go_and_it_moves_as_before() -> None:
    content = moving(5, (16, 12), comment=b"Ada of Elm Street", loop=2, duration=70)
    xmp = b"\x21\xff\x0bXMP DataXMP\x09lat 40.73\x00"
    content = content[:-1] + xmp + b";"

    bare = strip.gif(content)

    assert b"Elm Street" not in bare
    assert b"lat 40" not in bare
    before, after = (Image.open(io.BytesIO(one)) for one in (content, bare))
    assert (after.info["loop"], after.info["duration"]) == (2, 70)
    frames = [[frame.convert("RGB").tobytes() for frame in ImageSequence.Iterator(one)] for one in (before, after)]
    assert frames[0] == frames[1]
    assert len(frames[1]) == 5


@pytest.mark.parametrize("cut", range(20, len(PHOTO) - 1, 97))
def test_a_jpeg_that_was_cut_short_is_noticed(cut: int) -> None:
    with pytest.raises(ValueError, match=r"cut short|no marker"):
        strip.jpeg(PHOTO[:cut])


@given(st.binary(max_size=300))
def test_rubbish_is_refused_or_stripped_but_never_hangs(rubbish: bytes) -> None:
    for start, bare in ((b"\xff\xd8", strip.jpeg), (b"GIF89a", strip.gif)):
        try:
            bare(start + rubbish)
        except (ValueError, IndexError):
            continue


def test_what_is_bare_stays_as_it_is() -> None:
    bare = strip.jpeg(PHOTO)
    still = strip.gif(written(halves().quantize(8), "GIF"))

    assert strip.jpeg(bare) == bare
    assert strip.gif(still) == still

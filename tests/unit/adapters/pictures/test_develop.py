"""What comes out of the darkroom: JPEG or GIF, upright, in sRGB, bare, and never more than was asked for."""

import io

import pytest
from PIL import Image, ImageCms

from adapters.pictures import develop
from adapters.pictures.unfit import Unfit
from adapters.pictures.wire import Trouble
from bridge.domain.message import media_type
from tests.unit.adapters.pictures.prints import (
    BLUE,
    HEIC,
    RED,
    WHITE,
    bomb,
    colour,
    halves,
    is_near,
    located,
    moving,
    noise,
    opened,
    sixteen_bits,
    written,
)

ROOM = 480_000
GPS = 0x8825


def fitted(content: bytes, most: int = ROOM) -> bytes:
    return develop.fitted(media_type(content), content, most)


def trouble(content: bytes, most: int = ROOM) -> Trouble:
    with pytest.raises(Unfit) as caught:
        fitted(content, most)
    return caught.value.trouble


@pytest.mark.parametrize(
    "content",
    [
        written(halves(), "PNG"),
        written(halves(), "WEBP"),
        written(halves(), "WEBP", lossless=True),
        written(halves(), "AVIF"),
        written(halves(), "BMP"),
        written(halves(), "TIFF"),
        written(halves(), "TIFF", compression="tiff_lzw"),
        written(halves(), "TIFF", big_tiff=False, compression="jpeg"),
        written(halves().quantize(16), "PNG"),
        HEIC,
    ],
    ids=["png", "webp", "webp-lossless", "avif", "bmp", "tiff", "tiff-lzw", "tiff-jpeg", "png-palette", "heic"],
)
def test_other_pictures_become_jpg(content: bytes) -> None:
    made = fitted(content)

    assert media_type(made) == "image/jpeg"
    assert opened(made).size == (64, 48)
    assert is_near(colour(made, 5, 20), RED)
    assert is_near(colour(made, 58, 20), BLUE)


def test_a_jpeg_that_fits_keeps_every_pixel_and_loses_where_it_was_taken() -> None:
    taken = written(halves(), "JPEG", quality=92, exif=located(), comment=b"at my house")
    assert opened(taken).getexif().get_ifd(GPS)

    made = fitted(taken)

    assert opened(made).tobytes() == opened(taken).tobytes()
    assert dict(opened(made).getexif()) == {}
    assert not any(word in made for word in (b"Exif", b"Acme", b"Secret", b"my house"))


@pytest.mark.parametrize("format", ["PNG", "WEBP", "TIFF", "AVIF", "JPEG"])
def test_where_it_was_taken_never_leaves_whatever_it_comes_in(format: str) -> None:
    made = fitted(written(noise(640, 480), format, exif=located()), 60_000)

    assert dict(opened(made).getexif()) == {}
    assert not any(word in made for word in (b"Exif", b"Acme", b"Secret"))


def test_text_in_a_png_never_leaves() -> None:
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    told.add_text("Author", "Ada of Elm Street")

    assert b"Elm Street" not in fitted(written(halves(), "PNG", pnginfo=told))


@pytest.mark.parametrize(("orientation", "is_turned"), [(1, False), (3, False), (6, True), (8, True)])
def test_a_picture_is_turned_upright(orientation: int, is_turned: bool) -> None:
    exif = located()
    exif[0x0112] = orientation

    made = fitted(written(halves(), "JPEG", exif=exif))

    assert opened(made).size == ((48, 64) if is_turned else (64, 48))
    first = {1: RED, 3: BLUE, 6: RED, 8: BLUE}[orientation]
    assert is_near(colour(made, 5, 5), first)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_is_laid_on_white(mode: str) -> None:
    clear = Image.new("RGBA", (64, 48), (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), (32, 0, 64, 48))
    picture = clear.quantize(4) if mode == "P" else clear.convert(mode)

    made = fitted(written(picture, "PNG"))

    assert is_near(colour(made, 5, 20), WHITE)
    assert is_near(colour(made, 58, 20), (0, 0, 0))


def test_a_colour_that_a_png_calls_transparent_is_laid_on_white() -> None:
    made = fitted(written(halves(), "PNG", transparency=RED))

    assert is_near(colour(made, 5, 20), WHITE)


def test_sixteen_bits_of_grey_become_eight() -> None:
    made = fitted(sixteen_bits())

    assert is_near(colour(made, 5, 20), (0x20,) * 3)
    assert is_near(colour(made, 58, 20), (0xE0,) * 3)


def test_a_picture_for_the_press_becomes_one_for_the_screen() -> None:
    made = fitted(written(halves().convert("CMYK"), "JPEG", quality=95))

    assert opened(made).mode == "RGB"
    assert is_near(colour(made, 5, 20), RED, 30)


def test_colours_of_another_profile_are_translated_and_the_profile_goes() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    for profile in (srgb, lab, b"no profile at all"):
        made = fitted(written(halves(), "JPEG", quality=95, icc_profile=profile))
        assert "icc_profile" not in opened(made).info
        assert is_near(colour(made, 5, 20), RED, 30)


@pytest.mark.parametrize("most", [700_000, ROOM, 200_000, 60_000, 40_000])
def test_a_large_picture_is_made_to_fit_and_no_smaller_than_it_must_be(most: int) -> None:
    photo = written(noise(3000, 2000), "PNG")
    assert len(photo) > 5_000_000

    made = fitted(photo, most)

    assert most * 0.4 < len(made) <= most
    assert abs(opened(made).width / opened(made).height - 1.5) < 0.02


def test_a_picture_in_a_lower_quality_is_preferred_to_a_smaller_one() -> None:
    photo = noise(1000, 800)
    best, fair = (len(written(photo, "JPEG", quality=quality, optimize=True)) for quality in (85, 65))

    made = fitted(written(photo, "PNG"), (best + fair) // 2)

    assert opened(made).size == (1000, 800)


def test_the_same_picture_gives_the_same_octets() -> None:
    photo = written(noise(1600, 1200), "PNG")

    assert fitted(photo, 100_000) == fitted(photo, 100_000)


def test_what_was_made_fit_is_fit() -> None:
    made = fitted(written(noise(1600, 1200), "PNG"), 100_000)

    assert fitted(made, 100_000) == made


def test_more_pixels_than_any_phone_shows_are_left_out() -> None:
    made = fitted(written(Image.new("RGB", (6000, 4000), RED), "PNG"))

    assert opened(made).size == (4096, 2731)


def test_a_picture_that_cannot_be_made_small_enough_is_refused() -> None:
    assert trouble(written(noise(640, 480), "PNG"), 500) is Trouble.TOO_LARGE


def test_a_bomb_is_recognised_before_it_goes_off() -> None:
    assert len(bomb()) < 5_000
    assert trouble(bomb()) is Trouble.UNREADABLE


def test_a_kind_that_nobody_asked_for_is_not_even_opened() -> None:
    with pytest.raises(Unfit) as caught:
        develop.fitted("application/postscript", b"%!PS", ROOM)

    assert caught.value.trouble is Trouble.UNSUPPORTED


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "AVIF", "BMP"])
@pytest.mark.parametrize("part", [0.3, 0.9])
def test_a_file_that_was_cut_short_is_not_sent(format: str, part: float) -> None:
    whole = written(noise(320, 240), format)

    with pytest.raises(Exception) as caught:  # noqa: PT011 - each decoder says it in its own way
        fitted(whole[: int(len(whole) * part)])

    assert not isinstance(caught.value, Unfit)


def test_a_file_is_opened_as_what_it_is_and_as_nothing_else() -> None:
    with pytest.raises(OSError, match="cannot identify"):
        develop.fitted("image/png", written(halves(), "TIFF"), ROOM)


def test_a_single_gif_that_is_too_large_becomes_a_jpg() -> None:
    still = written(noise(900, 700).quantize(256), "GIF")

    assert media_type(fitted(still, 60_000)) == "image/jpeg"


@pytest.mark.parametrize("format", ["WEBP", "PNG", "AVIF", "TIFF"])
def test_of_other_moving_pictures_the_first_frame_goes(format: str) -> None:
    frames = [halves(), Image.new("RGB", (64, 48), WHITE)]
    content = written(frames[0], format, save_all=True, append_images=frames[1:], duration=80)

    made = fitted(content)

    assert media_type(made) == "image/jpeg"
    assert is_near(colour(made, 5, 20), RED)


def test_a_gif_of_ten_thousand_frames_goes_as_it_is_where_it_fits() -> None:
    endless = moving(10_000, (8, 8))

    made = fitted(endless, len(endless))

    assert media_type(made) == "image/gif"
    assert len(made) > 100_000


def test_a_gif_of_ten_thousand_frames_that_does_not_fit_is_refused_untried() -> None:
    assert trouble(moving(10_000, (8, 8)), 100_000) is Trouble.TOO_LARGE


def test_a_gif_keeps_moving_when_it_is_made_smaller() -> None:
    frames = [noise(640, 480).quantize(256) for _ in range(8)]
    content = written(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=120, loop=3)
    assert len(content) > 1_000_000

    made = fitted(content, ROOM)

    picture = Image.open(io.BytesIO(made))
    assert len(made) <= ROOM
    assert (picture.format, getattr(picture, "n_frames", 0), picture.info["loop"]) == ("GIF", 8, 3)
    assert picture.info["duration"] == 120
    assert max(picture.size) <= 480


def test_a_gif_that_moves_too_much_for_the_room_is_refused() -> None:
    frames = [noise(640, 480).quantize(256) for _ in range(8)]
    content = written(frames[0], "GIF", save_all=True, append_images=frames[1:])

    assert trouble(content, 20_000) is Trouble.TOO_LARGE

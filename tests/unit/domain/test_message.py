"""What a file is, what it is called, and what a whole MMS weighs."""

import base64

import pytest

from bridge.domain.message import encoded_size, media_name, media_type


@pytest.mark.parametrize(
    ("start", "kind", "name"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg", "picture-1.jpg"),
        (b"GIF87a", "image/gif", "picture-1.gif"),
        (b"GIF89a", "image/gif", "picture-1.gif"),
        (b"\x89PNG\r\n\x1a\n", "image/png", "picture-1.png"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image/webp", "picture-1.webp"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic", "picture-1.heic"),
        (b"\x00\x00\x00\x18ftypmif1", "image/heic", "picture-1.heic"),
        (b"\x00\x00\x00\x18ftypavif", "image/avif", "picture-1.avif"),
        (b"\x00\x00\x00\x18ftypM4A ", "audio/mp4", "file-1.m4a"),
        (b"\x00\x00\x00\x18ftypisom", "video/mp4", "file-1.mp4"),
        (b"%PDF-1.7", "application/pdf", "file-1.pdf"),
        (b"BEGIN:VCARD", "text/vcard", "file-1.vcf"),
        (b"#!AMR\n", "audio/amr", "file-1.amr"),
        (b"OggS", "audio/ogg", "file-1.ogg"),
        (b"ID3", "audio/mpeg", "file-1.mp3"),
        (b"\xff\xfb\x90\x00", "audio/mpeg", "file-1.mp3"),
        (b"RIFF\x00\x00\x00\x00WAVE", "audio/wav", "file-1.wav"),
        (b"RIFF\x00\x00\x00\x00MOON", "application/octet-stream", "file-1.bin"),
        (b"\x00\x00\x00\x18ftyp3gp4", "video/3gpp", "file-1.3gp"),
        (b"\x00\x00\x00\x18ftyphevc", "image/heic", "picture-1.heic"),
        (b"II*\x00", "image/tiff", "picture-1.tiff"),
        (b"MM\x00*", "image/tiff", "picture-1.tiff"),
        (b"BM\x46\x00\x00\x00\x00\x00\x00\x00\x36" + bytes(20), "image/bmp", "picture-1.bmp"),
        (b"BM is how this letter begins, and it is a text", "application/octet-stream", "file-1.bin"),
        (b"<html>", "application/octet-stream", "file-1.bin"),
        (b"MZ", "application/octet-stream", "file-1.bin"),
        (b"GIF", "application/octet-stream", "file-1.bin"),
        (b"", "application/octet-stream", "file-1.bin"),
    ],
)
def test_a_file_is_what_its_first_bytes_say(start: bytes, kind: str, name: str) -> None:
    assert media_type(start + (b"and so on" if len(start) > 3 else b"")) == kind
    assert media_name(1, kind) == name


@pytest.mark.parametrize("size", [0, 1, 57, 58, 5700, 500_000])
def test_a_file_weighs_what_its_encoding_weighs(size: int) -> None:
    as_it_travels = base64.encodebytes(b"x" * size).replace(b"\n", b"\r\n")

    without = encoded_size("", [])

    assert len(as_it_travels) <= encoded_size("", [size]) - without - 160 < len(as_it_travels) + 78


def test_words_weigh_their_octets_even_where_a_character_is_broken() -> None:
    assert encoded_size("aя😀\ud83d", []) - encoded_size("", []) == 1 + 2 + 4 + 1


def test_every_file_counts() -> None:
    assert encoded_size("", [100, 100]) - encoded_size("", [100]) == encoded_size("", [100]) - encoded_size("", [])

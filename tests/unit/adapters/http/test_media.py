"""Our own files behind expiring addresses."""

import pytest

from adapters.http.media import mount_media
from bridge.domain.message import Media
from bridge.domain.query import AskMedia, MediaView, Query, View
from tests.unit.adapters.http.wires import ask, server, serving

PICTURE = Media(digest="d", type="image/gif", content=b"GIF89a...")


class Archive:
    """A desk that knows one file."""

    def __init__(self) -> None:
        self.asked: list[Query] = []

    async def ask(self, query: Query) -> View:
        self.asked.append(query)
        return MediaView(media=PICTURE if query == AskMedia(token="known-token_1") else None)


async def test_a_file_is_handed_out_with_its_exact_type_and_kept_by_nobody() -> None:
    house = server()
    mount_media(house, Archive())
    async with serving(house):
        told = await ask(house, "GET", "/media/known-token_1")

    assert (told.status, told.body) == (200, PICTURE.content)
    assert told.headers["content-type"] == "image/gif"
    assert told.headers["x-content-type-options"] == "nosniff"
    assert told.headers["cache-control"] == "private, no-store"
    assert "sandbox" in told.headers["content-security-policy"]


async def test_head_tells_type_and_size_as_carriers_ask_before_they_fetch() -> None:
    house = server()
    mount_media(house, Archive())
    async with serving(house):
        told = await ask(house, "HEAD", "/media/known-token_1")

    assert (told.status, told.headers["content-type"], told.headers["content-length"]) == (200, "image/gif", "9")


async def test_what_never_was_and_what_has_expired_look_alike() -> None:
    archive, house = Archive(), server()
    mount_media(house, archive)
    async with serving(house):
        told = [await ask(house, "GET", f"/media/{token}") for token in ("expired", "", "a" * 500, "../known-token_1")]

    assert {each.status for each in told} == {404}
    assert len({each.body for each in told}) == 1
    assert len({tuple(sorted(each.headers.keys() - {"date"})) for each in told}) == 1
    assert archive.asked == [AskMedia(token="expired")]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_files_are_only_read(method: str) -> None:
    house = server()
    mount_media(house, Archive())
    async with serving(house):
        told = await ask(house, method, "/media/known-token_1")

    assert told.status == 405

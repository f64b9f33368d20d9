"""The guarded fetcher: what it refuses to fetch, what hostile answers become, and whom it tells our password."""

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from socket import EAI_NONAME, gaierror

import pytest

from adapters.http.fetch import GuardedFetcher
from bridge.errors import Blocked, Permanent, PortError, Reason, Transient

LIMIT = 1000
CERTIFICATE = Path(__file__).with_name("media.test.pem")
LOGIN = {"Authorization": "Basic secret"}


class RemoteHost:
    """A host that answers each path with the octets it was given, and remembers the heads of the requests."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {}
        self.heard: list[str] = []
        self.base = ""
        self.holds = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heard.append(head)
        octets = self.answers[head.split(" ")[1]]
        writer.write(octets)
        if octets.endswith(b"..."):
            await self.holds.wait()
        writer.close()


@asynccontextmanager
async def remote_host() -> AsyncIterator[RemoteHost]:
    host = RemoteHost()
    server = await asyncio.start_server(host.serve, "127.0.0.1", 0)
    host.base = f"http://media.test:{server.sockets[0].getsockname()[1]}"
    try:
        yield host
    finally:
        host.holds.set()
        server.close()


def resolving(*addresses: str) -> Callable[[str, int], "asyncio.Future[Sequence[str]]"]:
    def resolve(host: str, port: int) -> "asyncio.Future[Sequence[str]]":
        answer: asyncio.Future[Sequence[str]] = asyncio.get_running_loop().create_future()
        answer.set_result(addresses)
        return answer

    return resolve


@asynccontextmanager
async def fetching(
    *addresses: str, allow_loopback: bool = True, patience: timedelta = timedelta(seconds=10)
) -> AsyncIterator[GuardedFetcher]:
    fetcher = GuardedFetcher(
        ("media.test", "Other.Test"),
        allow_loopback=allow_loopback,
        resolve=resolving(*(addresses or ("127.0.0.1",))),
        patience=patience,
    )
    try:
        yield fetcher
    finally:
        await fetcher.aclose()


def ok(body: bytes, headers: str = "") -> bytes:
    return f"HTTP/1.1 200 OK\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body


def redirect(to: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


async def failure(fetcher: GuardedFetcher, url: str, headers: Mapping[str, str] | None = None) -> PortError:
    with pytest.raises(PortError) as caught:
        await fetcher.fetch(url, headers=headers or {}, limit=LIMIT)
    return caught.value


async def test_a_file_comes_back_as_it_is() -> None:
    async with remote_host() as host, fetching() as fetcher:
        host.answers["/a/picture?sig=%2F%3D~x"] = ok(b"\x89PNG")

        content = await fetcher.fetch(f"{host.base}/a/picture?sig=%2F%3D~x", headers=LOGIN, limit=LIMIT)

    assert content == b"\x89PNG"
    head = host.heard[0].lower()
    assert "authorization: basic secret" in head
    assert "accept-encoding: identity" in head
    assert "host: media.test" in head


@pytest.mark.parametrize(
    "url",
    [
        *("http://media.test/x", "ftp://media.test/x", "file:///etc/passwd", "gopher://media.test/", "data:,x"),
        *(
            "//media.test/x",
            "media.test/x",
            "",
            "https://",
            "https:///x",
            "https://media.test:22/x",
            "https://media.test:80/x",
        ),
        *(
            "https://user:pw@media.test/x",
            "https://media.test@evil.test/x",
            "https://evil.test/x",
            "https://media.test.evil.test/",
        ),
        *(
            "https://127.0.0.1\\@media.test/",
            "https://media.test\\@127.0.0.1/",
            "https://media.test/a b",
            "https://media.test/\r\nX: y",
        ),
        *(
            "https://media.test/\x00",
            "https://мedia.test/x",
            "https://media.test/ы",
            "https://2130706433/x",
            "https://[::1]/x",
        ),
        *(
            "https://media.test:99999/x",
            "https://[media.test/x",
            "https://media.test/" + "x" * 5000,
            "https://ⓛocalhost/x",
        ),
        "https://media。test/x",
    ],
)
async def test_an_address_that_is_not_plain_https_to_a_listed_host_is_refused_unasked(url: str) -> None:
    async with fetching("8.8.8.8", allow_loopback=False) as fetcher:
        refusal = await failure(fetcher, url)

    assert isinstance(refusal, Permanent)
    assert refusal.reason is Reason.REJECTED


@pytest.mark.parametrize(
    "addresses",
    [
        *(("127.0.0.1",), ("169.254.169.254",), ("10.1.2.3",), ("::1",), ("64:ff9b::7f00:1",), ("2002:7f00:1::",)),
        *(
            ("::ffff:127.0.0.1",),
            ("fe80::1%eth0",),
            ("224.0.0.1",),
            ("8.8.8.8", "127.0.0.1"),
            ("127.0.0.1", "8.8.8.8"),
            (),
        ),
    ],
)
async def test_a_listed_host_that_leads_to_a_private_address_is_refused(addresses: tuple[str, ...]) -> None:
    async with fetching(*(addresses or ("",)), allow_loopback=False) as fetcher:
        refusal = await failure(fetcher, "https://media.test/x")

    assert isinstance(refusal, Permanent)
    assert refusal.reason is Reason.REJECTED


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://media.test/x", "8.8.8.8"),
        ("https://media.test:8443/x", "8.8.8.8"),
        ("http://media.test/x", "10.0.0.1"),
        ("ftp://media.test/x", "127.0.0.1"),
    ],
)
async def test_where_loopback_is_allowed_every_other_address_keeps_its_rules(url: str, address: str) -> None:
    async with fetching(address, allow_loopback=True) as fetcher:
        assert isinstance(await failure(fetcher, url), Permanent)


async def test_a_name_is_resolved_once_a_hop_and_the_connection_goes_to_what_was_checked() -> None:
    asked: list[str] = []

    async def rebind(name: str, port: int) -> Sequence[str]:
        asked.append(name)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    async with remote_host() as host:
        host.answers["/x"] = ok(b"first")
        fetcher = GuardedFetcher(("media.test",), allow_loopback=True, resolve=rebind)

        content = await fetcher.fetch(f"{host.base}/x", limit=LIMIT)
        refusal = await failure(fetcher, f"{host.base}/x")
        await fetcher.aclose()

    assert content == b"first"
    assert asked == ["media.test", "media.test"]
    assert isinstance(refusal, Permanent)


async def test_an_address_that_does_not_answer_gives_way_to_the_next() -> None:
    async with remote_host() as host, fetching("127.0.0.2", "127.0.0.1") as fetcher:
        host.answers["/x"] = ok(b"here")

        content = await fetcher.fetch(f"{host.base}/x", limit=LIMIT)

    assert content == b"here"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_followed_without_our_login(status: int) -> None:
    async with remote_host() as host, fetching() as fetcher:
        host.answers["/first"] = redirect(host.base.replace("media.test", "other.test") + "/second", status)
        host.answers["/second"] = ok(b"there")

        content = await fetcher.fetch(f"{host.base}/first", headers=LOGIN, limit=LIMIT)

    assert content == b"there"
    assert ["secret" in head for head in host.heard] == [True, False]
    assert "host: other.test" in host.heard[1].lower()


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.test/",
        "file:///etc/passwd",
        "http://media.test:1@evil.test/",
        "//169.254.169.254/",
        "\\\\evil.test",
    ],
)
async def test_a_redirect_passes_the_same_checks(to: str) -> None:
    async with remote_host() as host, fetching() as fetcher:
        host.answers["/first"] = redirect(to)

        refusal = await failure(fetcher, f"{host.base}/first", LOGIN)

    assert isinstance(refusal, Permanent)
    assert len(host.heard) == 1


async def test_two_redirects_are_followed_and_a_third_is_not() -> None:
    async with remote_host() as host, fetching() as fetcher:
        host.answers |= {"/1": redirect("/2"), "/2": redirect("/3"), "/3": redirect("/4"), "/4": ok(b"far")}

        content = await fetcher.fetch(f"{host.base}/2", limit=LIMIT)
        refusal = await failure(fetcher, f"{host.base}/1")

    assert content == b"far"
    assert isinstance(refusal, Permanent)


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        (ok(b"x" * (LIMIT + 1)), Permanent, Reason.TOO_LARGE),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n...", Permanent, Reason.TOO_LARGE),
        (b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 100 + b"\r\n\r\n...", Transient, None),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (LIMIT + 1) + b"...", Permanent, Reason.TOO_LARGE),
        (ok(gzip.compress(b"x"), "Content-Encoding: gzip\r\n"), Permanent, Reason.REJECTED),
        (ok(b"x", "Content-Encoding: gzip, gzip\r\n"), Permanent, Reason.REJECTED),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", Permanent, Reason.GONE),
        (b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n", Permanent, Reason.GONE),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", Permanent, Reason.GONE),
        (b"HTTP/1.1 204 No Content\r\n\r\n", Permanent, Reason.REJECTED),
        (b"HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n", Permanent, Reason.REJECTED),
        (b"HTTP/1.1 429 Slow\r\nContent-Length: 0\r\n\r\n", Transient, None),
        (b"HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n", Transient, None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", Transient, None),
        (b"nonsense\r\n\r\n", Transient, None),
        (b"", Transient, None),
    ],
)
async def test_each_answer_that_is_no_file_has_its_kind(
    answer: bytes, kind: type[PortError], reason: Reason | None
) -> None:
    async with remote_host() as host, fetching() as fetcher:
        host.answers["/x"] = answer

        told = await failure(fetcher, f"{host.base}/x")

    assert type(told) is kind
    assert getattr(told, "reason", None) is reason


async def test_a_bomb_is_never_unpacked() -> None:
    bomb = gzip.compress(gzip.compress(b"\x00" * 50_000_000))
    async with remote_host() as host, fetching() as fetcher:
        host.answers["/x"] = ok(bomb)

        content = await fetcher.fetch(f"{host.base}/x", limit=1_000_000)

    assert content == bomb


async def test_a_file_that_never_ends_is_given_up_in_time() -> None:
    async with remote_host() as host, fetching(patience=timedelta(milliseconds=100)) as fetcher:
        host.answers["/x"] = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n..."

        assert isinstance(await failure(fetcher, f"{host.base}/x"), Transient)


async def test_a_refused_login_holds_the_account_but_an_expired_link_does_not() -> None:
    async with remote_host() as host, fetching() as fetcher:
        host.answers["/login"] = b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n"
        host.answers["/moved"] = redirect("/expired")
        host.answers["/expired"] = b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"

        login = await failure(fetcher, f"{host.base}/login", LOGIN)
        expired = await failure(fetcher, f"{host.base}/moved", LOGIN)

    assert isinstance(login, Blocked)
    assert isinstance(expired, Transient)


async def test_a_host_that_refuses_the_connection_is_for_later() -> None:
    async with fetching() as fetcher:
        assert isinstance(await failure(fetcher, "http://media.test:1/x"), Transient)


async def test_a_name_that_is_not_known_is_for_later() -> None:
    async def unknown(host: str, port: int) -> Sequence[str]:
        raise gaierror(EAI_NONAME, "Name or service not known")

    fetcher = GuardedFetcher(("nowhere.invalid",), allow_loopback=False, resolve=unknown)
    try:
        assert isinstance(await failure(fetcher, "https://nowhere.invalid/x"), Transient)
    finally:
        await fetcher.aclose()


@asynccontextmanager
async def tls_host() -> AsyncIterator[tuple[RemoteHost, ssl.SSLContext]]:
    """A host with a certificate for media.test only, and a client's context that trusts it."""
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(CERTIFICATE)
    trusting = ssl.create_default_context(cafile=CERTIFICATE)
    host = RemoteHost()
    server = await asyncio.start_server(host.serve, "127.0.0.1", 0, ssl=served)
    host.base = f"https://media.test:{server.sockets[0].getsockname()[1]}"
    try:
        yield host, trusting
    finally:
        server.close()


async def test_the_connection_to_the_checked_address_must_show_the_certificate_of_the_name() -> None:
    async with tls_host() as (host, trusting):
        host.answers["/x"] = ok(b"sealed")
        fetcher = GuardedFetcher(
            ("media.test", "other.test"), allow_loopback=True, resolve=resolving("127.0.0.1"), tls=trusting
        )

        content = await fetcher.fetch(f"{host.base}/x", limit=LIMIT)
        impostor = await failure(fetcher, f"{host.base.replace('media.test', 'other.test')}/x")
        await fetcher.aclose()

    assert content == b"sealed"
    assert isinstance(impostor, Transient)
    assert len(host.heard) == 1

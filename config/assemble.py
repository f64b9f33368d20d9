"""Settings become a house: which adapter stands behind which contract is decided here, and nowhere else."""

import asyncio
import gc
import logging
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from adapters.control import ControlClient, ControlServer
from adapters.control.listener import BackUp
from adapters.http import HttpServer
from adapters.http.description import Json, document
from adapters.http.health import mount_health
from adapters.http.media import mount_media
from adapters.mail import SmtpMail
from adapters.pictures import PATIENCE, PictureDarkroom
from adapters.postgres import PostgresStore
from adapters.slack import SlackChat
from adapters.slack import description as chat_routes
from adapters.slack.manifest import manifest
from adapters.sqlite import SqliteStore
from adapters.sqlite.backup import back_up_stopped, check_stopped, refused
from adapters.sqlite.restore import put_back
from adapters.twilio import TwilioCarrier
from adapters.twilio import description as carrier_routes
from bridge.domain.backup import Backup, Restored
from bridge.domain.contact import Entry
from bridge.domain.ids import ChannelRef
from bridge.domain.phone import PhoneNumber
from bridge.domain.query import StatusView
from bridge.domain.toll import region_of
from bridge.engine.breaker import Breaker
from bridge.engine.clock import SystemClock
from bridge.engine.daemon import Daemon
from bridge.engine.pacer import Manner
from bridge.errors import StoreBusy
from bridge.flows import request
from bridge.ports import Book, Carrier, Clock, Desk, Hear, Worlds
from bridge.wording import backup as backup_words
from config.contacts import Brought, StoreBook, brought_in, entries
from config.settings import Settings, StoreSettings, dial_plan, groups

log = logging.getLogger("sms-bridge")

_PATIENCE = timedelta(seconds=5)  # with another process that holds the database file
_MOST_PICTURES = 10  # of one reply
_TIER_3 = 50 / 60  # calls a second that Slack grants for one method, in its third tier


@dataclass(frozen=True, slots=True)
class _Port:
    """The HTTP port as a gate: what needs the desk is mounted just before it opens."""

    server: HttpServer

    async def start(self, desk: Desk) -> None:
        mount_media(self.server, desk)
        mount_health(self.server, desk)
        await self.server.start()

    async def aclose(self) -> None:
        await self.server.aclose()


@asynccontextmanager
async def built(settings: Settings, clock: Clock) -> AsyncIterator[tuple[Daemon, HttpServer]]:
    """Build the house that these settings describe, and take it down afterwards."""
    async with AsyncExitStack() as closing:
        server = HttpServer(settings.bridge)
        public_url = settings.bridge.public_url
        hears = clock.hears if isinstance(clock, SystemClock) else _not_compared
        carriers = {
            name: TwilioCarrier(name, one, public_url=public_url, server=server, now=clock.now, hear=hears(name))
            for name, one in settings.carriers.items()
        }
        chat = SlackChat(
            settings.slack,
            clock=clock,
            server=server,
            groups=groups(settings),
            channels=frozenset(ChannelRef(did.channel) for did in settings.dids),
            hear=hears("slack"),
        )
        closing.push_async_callback(chat.aclose)
        for carrier in carriers.values():
            closing.push_async_callback(carrier.aclose)
        mail = SmtpMail(settings.mail, timezone=settings.bridge.timezone)
        doors: dict[str, Carrier] = {name: Breaker(name, carrier, clock) for name, carrier in carriers.items()}
        store = await opened_store(settings.store, clock)
        closing.push_async_callback(store.aclose)
        plan = dial_plan(settings, {name: carrier.abilities for name, carrier in carriers.items()})
        daemon = Daemon(
            store=store,
            plan=plan,
            worlds=Worlds(chat=chat, mail=mail, carriers=doors, darkroom=PictureDarkroom()),
            manners=_manners(settings),
            gates=(ControlServer(settings.control_socket, _back_up_of(store), StoreBook(store, plan)), _Port(server)),
            clock=clock,
            owner=f"{os.uname().nodename}:{os.getpid()}",
            drifts=clock.drifts if isinstance(clock, SystemClock) else dict,
        )
        yield daemon, server


async def run_daemon(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT."""
    stop = on_signals()
    async with built(settings, SystemClock()) as (daemon, server):
        gc.freeze()  # what has been built stays; looking through it again and again costs a tenth of every text
        gc.set_threshold(50_000, 20, 20)
        await daemon.run(stop, lambda: log.info("ready", extra={"address": server.base_url}))


async def ask_status(settings: Settings) -> StatusView:
    """Ask the daemon that runs with these settings."""
    return await ControlClient(settings.control_socket).status()


def described(settings: Settings, version: str) -> Json:
    """Return the OpenAPI document of the HTTP side that these settings open."""
    paths, signatures = dict[str, Json](), carrier_routes.signatures()
    for name in settings.carriers:
        paths |= carrier_routes.paths(name)
    if settings.slack.mode == "http":
        paths |= chat_routes.paths()
        signatures |= chat_routes.signatures()
    return document(version, settings.bridge.public_url, paths, signatures)


def manifested(settings: Settings) -> Json:
    """Return the manifest of the Slack app that these settings need."""
    return manifest(settings.slack, settings.bridge.public_url, with_groups=bool(groups(settings)))


async def back_up(settings: Settings, target: Path, *, force: bool) -> Backup:
    """Have the running daemon write a backup; where none runs, write it here, under the daemon's own lock."""
    path = _file_of(settings)
    try:
        return await ControlClient(settings.control_socket).back_up(target, force=force)
    except ConnectionError as nobody:
        try:
            return await asyncio.to_thread(back_up_stopped, path, target, force=force, patience=_PATIENCE)
        except StoreBusy as busy:
            raise StoreBusy(f"{busy}, and {nobody}") from nobody


def restore(settings: Settings, backup: Path) -> Restored:
    """Put a backup in place of the database; raise `StoreBusy` while a daemon runs."""
    return put_back(_file_of(settings), backup.absolute(), SystemClock().now())


async def declare_restored(settings: Settings) -> None:
    """Take note that the database was restored by other means."""
    store = await opened_store(settings.store, SystemClock())
    try:
        await store.transact(lambda ledger, now: ledger.epoch.declare())
    finally:
        await store.aclose()


@asynccontextmanager
async def opened_book(settings: Settings) -> AsyncIterator[Book]:
    """Have the names of the running daemon; where none runs those of the store, under the daemon's own lock."""
    client = ControlClient(settings.control_socket)
    try:
        await client.take((), 0)
    except ConnectionError as error:
        nobody = error
    else:
        yield client
        return
    try:
        store = await opened_store(settings.store, SystemClock())
    except StoreBusy as busy:
        raise StoreBusy(f"{busy}, and {nobody}") from nobody
    try:
        yield StoreBook(store, dial_plan(settings, {}))
    finally:
        await store.aclose()


async def import_contacts(settings: Settings, file: Path) -> Brought:
    """Import a file of names, its numbers as they are dialled where the first of ours is."""
    async with opened_book(settings) as book:
        return await brought_in(book, file, region_of(PhoneNumber(settings.dids[0].number)))


async def list_contacts(settings: Settings, tell: Callable[[Entry], None]) -> None:
    """Tell every name that is known, those of the configuration first."""
    async with opened_book(settings) as book:
        async for entry in entries(book):
            tell(entry)


def check_store(settings: Settings) -> tuple[str, int, float]:
    """Read the whole database; return its path, its size and the seconds that it took."""
    path, began = _file_of(settings), time.monotonic()
    return str(path), check_stopped(path, _PATIENCE), time.monotonic() - began


def _file_of(settings: Settings) -> Path:
    if not settings.store.path:
        raise refused(Path("[store] url"), backup_words.not_a_file_store())
    return settings.store.path


def _back_up_of(store: SqliteStore | PostgresStore) -> BackUp | None:
    if isinstance(store, PostgresStore):
        return None
    return lambda target, force: store.back_up(target, force=force)


def on_signals() -> asyncio.Event:
    """Return an event that SIGTERM or SIGINT sets; a second one ends at once, which is safe, and merely impolite."""
    stop = asyncio.Event()

    def on_signal() -> None:
        if stop.is_set():
            os._exit(1)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, on_signal)
    return stop


def _not_compared(source: str) -> Hear:
    """A clock that is moved by hand agrees with nobody's."""
    return lambda told: None


async def opened_store(settings: StoreSettings, clock: Clock) -> SqliteStore | PostgresStore:
    """Open the store that these settings name."""
    store: SqliteStore | PostgresStore
    if settings.url:
        is_server_time = isinstance(clock, SystemClock)  # a clock that is moved by hand is nobody else's
        store = PostgresStore(settings.url.get_secret_value(), clock, is_server_time=is_server_time)
    else:
        assert settings.path
        store = SqliteStore(settings.path, clock)
    await store.open()
    return store


def _manners(settings: Settings) -> Mapping[str, Manner]:
    """Say how fast each kind of destination may be spoken to, and when an unclear call may be asked about."""
    slack = settings.slack
    paced = bool(slack.posts_per_minute)
    edits = Manner(per_second=_TIER_3 if paced else 0, burst=10)
    manners = {
        "": Manner(),
        "slack": Manner(per_second=slack.posts_per_minute / 60, burst=slack.burst, at_once=4),
        request.CARDS: edits,
        request.MARKS: edits,
        request.DELETIONS: edits,
        request.FILES: Manner(per_second=1 if paced else 0, burst=5, at_once=4, timeout=timedelta(seconds=90)),
        request.DARKROOM: Manner(at_once=1, timeout=PATIENCE * _MOST_PICTURES),
        "mail": Manner(
            at_once=2,
            timeout=settings.mail.accept_timeout + timedelta(minutes=2),
            settling=timedelta(seconds=5),
        ),
    }
    for name, carrier in settings.carriers.items():
        manners[name] = Manner(
            per_second=carrier.messages_per_second,
            burst=carrier.burst,
            timeout=carrier.timeout + timedelta(seconds=5),
            settling=carrier.listing_lag + timedelta(seconds=5),
        )
        manners[f"{name}.media"] = Manner(at_once=4, timeout=timedelta(seconds=75))
    return manners

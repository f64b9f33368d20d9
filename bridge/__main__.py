"""The gate: the command line `sms-bridge`. It reads what was asked, hands it on, and says in words what came of it.

It is the only room of the bridge that knows the plan in `config`, and imports it only inside the commands, so that
`--help` and mistakes are quick.
"""

import asyncio
import importlib
import json
import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bridge.domain.visible import visible
from bridge.errors import (
    BackupFailed,
    BridgeError,
    CannotListen,
    ConfigError,
    SchemaMismatch,
    StoreBusy,
    StoreDamaged,
    WireError,
)
from bridge.layout import house
from bridge.wording import backup as backup_wording
from bridge.wording import cli as wording
from bridge.wording import naming

if TYPE_CHECKING:
    from config.settings import Settings

T = TypeVar("T")

UNAVAILABLE, FAULT, BUSY, CONFIG, INTERRUPTED = 69, 70, 75, 78, 130  # sysexits.h, and what shells say of Ctrl-C
_MOVED = {"moved": 0, "moved before": 0, "not empty": CONFIG, "unequal": FAULT}


class LogFormat(StrEnum):
    CONSOLE = "console"
    JSON = "json"


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"


ConfigPath = Annotated[Path, typer.Option("--config", "-c", help="The configuration file.", metavar="PATH")]

app = typer.Typer(
    help="Every SMS conversation is a Slack thread; what nobody acknowledges becomes one digest mail.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

store_app = typer.Typer(help="Where everything is kept.", no_args_is_help=True)
app.add_typer(store_app, name="store")
contacts_app = typer.Typer(help="What people outside are called.", no_args_is_help=True)
app.add_typer(contacts_app, name="contacts")


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"sms-bridge {_version()}")
        raise typer.Exit


@app.callback()
def gate(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    pass


@app.command()
def run(
    config: ConfigPath = Path("bridge.toml"),
    log_format: Annotated[
        LogFormat | None, typer.Option(help="How the log is written; by default json where stderr is no terminal.")
    ] = None,
    log_level: Annotated[LogLevel, typer.Option(help="The least that is logged.")] = LogLevel.INFO,
) -> None:
    """Run the bridge until it is told to stop (SIGTERM, Ctrl-C)."""
    from config import logs
    from config.assemble import run_daemon
    from config.settings import known_secrets

    with _in_words():
        settings = _settings(config)
        form = log_format or (LogFormat.CONSOLE if sys.stderr.isatty() else LogFormat.JSON)
        logs.configure(form.value, log_level.value, secrets=known_secrets(settings))
        try:
            _finish(run_daemon(settings))
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None


@app.command()
def check(
    config: ConfigPath = Path("bridge.toml"),
    store: Annotated[bool, typer.Option("--store", help="Read the whole database too; no daemon may run.")] = False,
) -> None:
    """Check the configuration, offline, and tell every mistake at once."""
    with _in_words():
        settings = _settings(config)
        typer.echo(wording.good(str(config), len(settings.dids), len(settings.carriers), len(settings.people)))
        if store:
            from config.assemble import check_store

            typer.echo(backup_wording.whole(*check_store(settings)))


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where to; the daemon's user must be allowed to write there.")],
    config: ConfigPath = Path("bridge.toml"),
    force: Annotated[bool, typer.Option("--force", help="Replace the file if there is one.")] = False,
) -> None:
    """Write all that the store holds into one file, while the daemon runs or not."""
    from config.assemble import back_up

    with _in_words():
        done = _finish(back_up(_settings(config, needs_secrets=False), file.absolute(), force=force))
    typer.echo(visible(backup_wording.written(done)))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What `sms-bridge backup` has written.")],
    config: ConfigPath = Path("bridge.toml"),
) -> None:
    """Put a backup in place of the store, while no daemon runs; what was there is moved aside."""
    from config.assemble import restore as put_back

    with _in_words():
        settings = _settings(config, needs_secrets=False)
        done = put_back(settings, file)
    typer.echo(backup_wording.put_back(done, str(settings.store.path)))


@app.command()
def restored(config: ConfigPath = Path("bridge.toml")) -> None:
    """Say that the store was restored by other means (pg_restore, a snapshot), before a daemon starts on it."""
    from config.assemble import declare_restored

    with _in_words():
        _finish(declare_restored(_settings(config)))
    typer.echo(backup_wording.declared())


@app.command()
def status(
    config: ConfigPath = Path("bridge.toml"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Ask the running daemon how it is."""
    from config.assemble import ask_status

    with _in_words(), _reachable():
        settings = _settings(config, needs_secrets=False)
        view = _finish(ask_status(settings))
    if as_json:
        typer.echo(json.dumps(asdict(view), default=lambda moment: moment.isoformat(), indent=2))
    else:
        Console(highlight=False, emoji=False).print(house(view, settings.bridge.timezone))


@app.command()
def openapi(config: ConfigPath = Path("bridge.toml")) -> None:
    """Print the OpenAPI document of the HTTP side that the configuration opens, as JSON."""
    from config.assemble import described

    with _in_words():
        settings = _settings(config, needs_secrets=False)
    typer.echo(json.dumps(described(settings, _version()), indent=2))


@app.command()
def manifest(config: ConfigPath = Path("bridge.toml")) -> None:
    """Print the manifest from which the Slack app is made, with the rights that this configuration needs."""
    from config.assemble import manifested

    with _in_words():
        typer.echo(json.dumps(manifested(_settings(config, needs_secrets=False)), indent=2, ensure_ascii=False))


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port of the page; 0 lets the system choose.")] = 8000,
) -> None:
    """Try everything between a simulated phone, a simulated Slack and a simulated inbox, on one web page."""
    from config import logs
    from config.sandbox import run_sandbox

    with _in_words():
        logs.configure(LogFormat.CONSOLE.value, LogLevel.WARNING.value)
        try:
            _finish(run_sandbox(port, lambda address: typer.echo(wording.sandbox_ready(address))))
        except KeyboardInterrupt:
            typer.echo(wording.STOPPED)


@store_app.command("move")
def store_move(
    source: Annotated[Path, typer.Option("--from", help="The configuration that names the store of now.")],
    target: Annotated[Path, typer.Option("--to", help="The configuration that names an empty store.")],
) -> None:
    """Copy everything from a file into a PostgreSQL database, or back; both daemons must be stopped."""
    from config.move import Moved, move

    def tell(moved: Moved) -> None:
        tally = moved.target
        typer.echo(wording.moved_table(moved.name, tally.count, tally.checksum, is_equal=moved.is_equal))

    with _in_words():
        verdict = move(_settings(source).store, _settings(target).store, target, tell)
    words, code = wording.moved(verdict.value, str(source), str(target)), _MOVED[verdict.value]
    if code:
        _tell(words)
        raise typer.Exit(code)
    typer.echo(words)


@contacts_app.command("import")
def contacts_import(
    file: Annotated[Path, typer.Argument(help="A CSV or vCard file, as address books export it.")],
    config: ConfigPath = Path("bridge.toml"),
) -> None:
    """Take names over from a file, while the daemon runs or not; ends with 1 if lines were refused."""
    from config.assemble import import_contacts

    with _in_words(), _reachable():
        came, refused = _finish(import_contacts(_settings(config, needs_secrets=False), file))
    told = [(one.line.number, naming.refused(one)) for one in refused]
    for _, words in sorted(told + [(one.line, naming.outranked(one)) for one in came.outranked]):
        typer.echo(naming.folded(visible(words)), err=True)
    typer.echo(naming.what_came(came, len(refused)))
    raise typer.Exit(1 if refused else 0)


@contacts_app.command("list")
def contacts_list(config: ConfigPath = Path("bridge.toml")) -> None:
    """List every name, where it comes from, and which do not count."""
    from config.assemble import list_contacts

    with _in_words(), _reachable():
        settings = _settings(config, needs_secrets=False)
        _finish(list_contacts(settings, lambda entry: typer.echo(naming.listed(entry))))


def main() -> None:
    """Start what the command line asks for."""
    app(prog_name="sms-bridge")


def _version() -> str:
    try:
        return metadata.version("sms-bridge")
    except metadata.PackageNotFoundError:
        return "(not installed)"


def _settings(path: Path, *, needs_secrets: bool = True) -> "Settings":
    from config.read import read

    return read(path, os.environ, needs_secrets=needs_secrets)


def _finish(work: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=_new_loop()) as runner:
        return runner.run(work)


def _new_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Take uvloop where it is installed: it halves the time that a webhook takes."""
    try:
        factory: Callable[[], asyncio.AbstractEventLoop] = importlib.import_module("uvloop").new_event_loop
    except ImportError:
        return None
    return factory


@contextmanager
def _in_words() -> Iterator[None]:
    """Tell errors of ours in words, and end with the exit code that supervisors know."""
    try:
        yield
    except ConfigError as error:
        _tell_mistakes(error)
        raise typer.Exit(CONFIG) from None
    except BridgeError as error:
        words, code = _explained(error)
        _tell(words)
        raise typer.Exit(code) from None


@contextmanager
def _reachable() -> Iterator[None]:
    """Tell in words that the daemon does not answer, or not so that this release understands it."""
    try:
        yield
    except ConnectionError as error:
        words = wording.no_daemon(str(error))
    except WireError as error:
        words = wording.unreadable_answer(str(error))
    else:
        return
    _tell(words)
    raise typer.Exit(UNAVAILABLE)


def _explained(error: BridgeError) -> tuple[str, int]:
    match error:
        case StoreDamaged():
            return wording.store_damaged(str(error)), CONFIG
        case BackupFailed():
            return str(error), BUSY
        case SchemaMismatch():
            return wording.schema_mismatch(str(error)), CONFIG
        case StoreBusy():
            return wording.store_busy(str(error)), BUSY
        case CannotListen():
            return wording.cannot_listen(str(error)), UNAVAILABLE
    return wording.unexpected(f"{type(error).__name__}: {error}"), FAULT


def _tell(words: str) -> None:
    console = Console(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty())
    console.print(Text(visible(words)))


def _tell_mistakes(error: ConfigError) -> None:
    """Print mistakes for people on a terminal, and one a line for whatever reads them elsewhere."""
    if not sys.stderr.isatty():
        for mistake in error.mistakes:
            typer.echo(visible(f"{mistake.place}: {mistake.what} {mistake.remedy}").rstrip(), err=True)
        return
    console = Console(stderr=True, highlight=False)
    for mistake in error.mistakes:
        console.print(Text(visible(mistake.place), style="bold", overflow="fold"))
        console.print(Padding(Text(visible(mistake.what), style="red", overflow="fold"), (0, 0, 0, 2), expand=False))
        if mistake.remedy:
            console.print(Padding(Text(visible(mistake.remedy), overflow="fold"), (0, 0, 0, 2), expand=False))
    path = error.mistakes[0].place.partition(":")[0]
    console.print(Text(wording.mistakes(visible(path), len(error.mistakes)), style="bold"))


if __name__ == "__main__":
    main()

"""A worker for each picture: whatever the picture does to it, the daemon hears a clear word, and goes on."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from adapters.pictures import PictureDarkroom, wire, worker
from adapters.pictures.wire import Order, Trouble
from bridge.domain.message import Media, media_type
from bridge.errors import Permanent, Reason, Transient
from tests.unit.adapters.pictures.prints import bomb, halves, moving, noise, opened, written

ROOM = 300_000
PNG = written(halves(), "PNG")


def media(content: bytes, kind: str = "") -> Media:
    return Media(digest="as it came", type=kind or media_type(content), content=content)


def spoken(program: str) -> PictureDarkroom:
    """Let another program be the worker."""
    return PictureDarkroom((sys.executable, "-c", program), timedelta(seconds=5))


async def refusal(darkroom: PictureDarkroom, content: bytes, kind: str = "") -> Reason:
    with pytest.raises(Permanent) as caught:
        await darkroom.fit(media(content, kind), ROOM)
    return caught.value.reason


@pytest.fixture(autouse=True)
def _no_worker_stays() -> Iterator[None]:
    """See that every worker ends with its picture."""
    yield
    assert psutil.Process().children(recursive=True) == []


async def test_a_picture_comes_back_fit_under_the_digest_of_what_it_became() -> None:
    made = await PictureDarkroom().fit(media(written(noise(2000, 1500), "PNG")), ROOM)

    assert made.type == "image/jpeg"
    assert len(made.content) <= ROOM
    assert len(made.digest) == 64
    assert opened(made.content).format == "JPEG"


async def test_a_picture_that_is_fit_comes_back_as_it_is() -> None:
    made = await PictureDarkroom().fit(media(PNG), ROOM)

    again = await PictureDarkroom().fit(made, ROOM)

    assert again == made


@pytest.mark.parametrize(
    ("content", "kind", "reason"),
    [
        (bomb(), "", Reason.REJECTED),
        (PNG[:60], "", Reason.REJECTED),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", Reason.UNSUPPORTED_MEDIA),
        (b"not at all a png", "image/png", Reason.REJECTED),
        (moving(10_000, (8, 8)), "", Reason.TOO_LARGE),
        (b"", "image/jpeg", Reason.REJECTED),
    ],
    ids=["bomb", "cut short", "svg", "lie", "ten thousand frames", "nothing"],
)
async def test_what_cannot_be_made_fit_is_refused_with_its_reason(content: bytes, kind: str, reason: Reason) -> None:
    assert await refusal(PictureDarkroom(), content, kind) is reason


@pytest.mark.parametrize(
    "program",
    [
        "import os; os.kill(os.getpid(), 11)",
        "import sys; sys.exit(3)",
        "import sys; sys.stdin.buffer.read(); print('ok')",
        "import sys; sys.stdin.buffer.read(); print('ok'); print('MZ a program')",
        "import sys; sys.stdin.buffer.read(); print('nonsense')",
        "import sys; sys.stdout.buffer.write(b'ok\\n\\xff\\xd8\\xff' + bytes(10_000_000))",
        "import sys; sys.stdout.buffer.write(b'x' * 10_000_000)",
    ],
    ids=["crash", "exit", "nothing", "no picture", "nonsense", "too much", "flood"],
)
async def test_a_worker_that_dies_or_talks_nonsense_is_a_refusal(program: str) -> None:
    assert await refusal(spoken(program), PNG) is Reason.REJECTED


async def test_a_worker_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    darkroom = PictureDarkroom((sys.executable, "-c", "input(); import time; time.sleep(600)"), timedelta(seconds=0.5))

    assert await refusal(darkroom, PNG) is Reason.REJECTED


async def test_a_worker_that_does_not_even_listen_is_ended() -> None:
    darkroom = PictureDarkroom((sys.executable, "-c", "import time; time.sleep(600)"), timedelta(seconds=0.5))

    assert await refusal(darkroom, PNG + bytes(5_000_000)) is Reason.REJECTED


async def test_whoever_stops_waiting_leaves_no_worker_behind() -> None:
    darkroom = PictureDarkroom((sys.executable, "-c", "import time; time.sleep(600)"))
    waiting = asyncio.create_task(darkroom.fit(media(PNG), ROOM))
    while not psutil.Process().children():
        await asyncio.to_thread(lambda: None)

    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_where_no_worker_can_be_started_it_is_tried_again_later() -> None:
    with pytest.raises(Transient):
        await PictureDarkroom(("/no/such/program",)).fit(media(PNG), ROOM)


async def test_one_picture_at_a_time_and_after_a_crash_the_next_one_works() -> None:
    busiest = 0
    darkroom = PictureDarkroom()

    async def count() -> None:
        nonlocal busiest
        while True:
            busiest = max(busiest, len(psutil.Process().children()))
            await asyncio.to_thread(lambda: None)

    counting = asyncio.create_task(count())
    found = await asyncio.gather(
        *(darkroom.fit(media(one), ROOM) for one in (PNG, bomb(), PNG)), return_exceptions=True
    )
    counting.cancel()

    assert [type(one) for one in found] == [Media, Permanent, Media]
    assert busiest == 1


def confined(program: str) -> subprocess.CompletedProcess[bytes]:
    """Run this in a worker's confinement."""
    program = f"from adapters.pictures import worker; worker.confine()\n{program}"
    root = str(Path(worker.__file__).parents[2])
    return subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, cwd=root)


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("bytearray(3_000_000_000)", b"MemoryError"),
        ("open('/tmp/left behind', 'w').write('x' * 100_000)", b""),
        ("[open('/dev/null') for _ in range(100)]", b"Too many open files"),
    ],
    ids=["memory", "a file", "files"],
)
def test_a_worker_gets_no_more_than_a_picture_needs(program: str, told: bytes) -> None:
    done = confined(program)

    assert done.returncode != 0
    assert told in done.stderr
    assert confined("print('well')").stdout == b"well\n"


def test_a_worker_has_little_of_the_processor() -> None:
    done = confined("import resource; print(resource.getrlimit(resource.RLIMIT_CPU))")

    assert done.stdout.decode().strip() == str((worker.SECONDS, worker.SECONDS))


def test_the_worker_reads_one_order_and_writes_one_answer() -> None:
    written_order = wire.ordered(Order("image/png", ROOM, PNG))

    content = wire.read_answer(worker.answer(written_order), ROOM)

    assert media_type(content) == "image/jpeg"
    assert worker.answer(wire.ordered(Order("image/png", ROOM, b""))) == wire.refused(Trouble.UNREADABLE)
    assert worker.answer(wire.ordered(Order("text/plain", ROOM, b""))) == wire.refused(Trouble.UNSUPPORTED)


async def test_the_worker_knows_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    told = "'unsupported' if 'xoxb-secret' in str(os.environ) else 'too-large'"

    found = await refusal(spoken(f"import os, sys; sys.stdin.buffer.read(); print({told})"), PNG)

    assert found is Reason.TOO_LARGE


def test_the_daemon_itself_loads_no_decoder() -> None:
    program = "import sys, config.assemble; print([one for one in ('PIL', 'pi_heif') if one in sys.modules])"
    root = Path(worker.__file__).parents[2]

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, cwd=root, env=os.environ | {"PYTHONPATH": "."}
    )

    assert done.stdout.decode().strip() == "[]"

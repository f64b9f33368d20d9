"""Calls to everything that our OpenAPI document describes, at a house that runs; drawn by schemathesis.

Half of them are signed as carriers and Slack sign, by the simulated worlds' own hand, and so come to be read.
"""

import asyncio
import hashlib
import hmac
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

from adapters.sandbox.carrier.signature import sign
from config.assemble import described
from tests.stories.language import PUBLIC, House, opened_house

_SECONDS = 10
# What is genuine is kept even where it cannot be read, so that nothing is lost. And a field of a form that holds JSON
# cannot be described as such.
_UNASKED = ("negative_data_rejection", "positive_data_acceptance")

Signer = Callable[[Any], None]
"""Adds to a prepared request what proves where it comes from."""


@dataclass(kw_only=True)
class Calls:
    """What came of the calls: how often each status, and how the answers broke the document."""

    statuses: Counter[int] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)

    @property
    def is_well(self) -> bool:
        return not self.broken and bool(self.statuses) and max(self.statuses) < 500

    def __str__(self) -> str:
        told = ", ".join(f"{count} x {status}" for status, count in sorted(self.statuses.items()))
        return f"{sum(self.statuses.values())} calls ({told}), {sum(self.broken.values())} against the document"


async def calls(folder: Path, examples: int) -> Calls:
    """Open a house and call it so often at each route, unsigned and signed, with good and with odd input."""
    made = Calls()
    async with opened_house(folder, slack={"mode": "http"}) as house:
        document = described(house.settings(), "0")
        await asyncio.to_thread(_call_all, document, house.base_url, (None, _signer(house)), examples, made)
    return made


def _call_all(
    document: dict[str, Any], base: str, signers: tuple[Signer | None, ...], examples: int, made: Calls
) -> None:
    schemathesis, requests = import_module("schemathesis"), import_module("requests")
    modes = schemathesis.GenerationMode
    operations = [found.ok() for found in schemathesis.openapi.from_dict(document).get_all_operations()]
    with requests.Session() as session:
        session.trust_env = False
        for operation in operations:
            for mode in (modes.POSITIVE, modes.NEGATIVE):
                for signer in signers:
                    _draw(operation.as_strategy(generation_mode=mode), examples, _caller(session, base, signer, made))


def _draw(cases: Any, examples: int, call: Callable[[Any], None]) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def each(case: Any) -> None:
        call(case)

    with suppress(Unsatisfiable):  # a route without input can get none that is odd
        each()


def _caller(session: Any, base: str, signer: Signer | None, made: Calls) -> Callable[[Any], None]:
    schemathesis, requests = import_module("schemathesis"), import_module("requests")
    registered = import_module("schemathesis.checks")
    registered.load_all_checks()
    unasked = registered.CHECKS.get_by_names([*_UNASKED, *(["ignored_auth"] if signer else [])])

    def call(case: Any) -> None:
        arguments = case.as_transport_kwargs(base_url=base)
        arguments.pop("timeout", None)
        prepared = session.prepare_request(requests.Request(**arguments))
        if signer:
            signer(prepared)
        answer = session.send(prepared, timeout=_SECONDS, allow_redirects=False)
        made.statuses[answer.status_code] += 1
        try:
            case.validate_response(schemathesis.Response.from_requests(answer, verify=True), excluded_checks=unasked)
        except (AssertionError, import_module("schemathesis.core.failures").FailureGroup) as error:
            made.broken[f"{case.method} {case.path}: {error}"[:500]] += 1

    return call


def _signer(house: House) -> Signer:
    def add(prepared: Any) -> None:
        body = prepared.body if isinstance(prepared.body, bytes) else (prepared.body or "").encode()
        parts = urlsplit(prepared.url)
        called = f"{PUBLIC}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        form = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        prepared.headers["X-Twilio-Signature"] = sign(house.carrier.auth_token, called, form)
        moment = str(int(house.clock.now().timestamp()))
        mark = hmac.new(house.slack.signing_secret.encode(), f"v0:{moment}:".encode() + body, hashlib.sha256)
        prepared.headers["X-Slack-Request-Timestamp"] = moment
        prepared.headers["X-Slack-Signature"] = f"v0={mark.hexdigest()}"

    return add

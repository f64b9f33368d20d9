"""The carrier's hand that knocks at our side: one signed POST, repeated as the URL's fragment says.

Signed is always the public URL, even where the connection goes elsewhere. What the answer means is read by the caller.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urldefrag, urlencode, urlsplit

import aiohttp
from yarl import URL

from adapters.sandbox.carrier.records import Register
from adapters.sandbox.carrier.signature import sign

Form = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One knock and what came of it; `problem` is "" (2xx) or the vendor's word: ct, rt, 3xx, 4xx, 5xx."""

    kind: str  # "message" or "status"
    sid: str
    url: str
    form: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    at: datetime
    problem: str
    status: int | None = None
    content_type: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How patient the carrier is and what it repeats; read from the fragment, which is neither sent nor signed."""

    connect_seconds: float = 5.0
    read_seconds: float = 15.0
    total_seconds: float = 15.0
    retries: int = 1
    repeats: frozenset[str] = frozenset({"ct"})

    @classmethod
    def read(cls, fragment: str) -> "Policy":
        """Read `ct`, `rt`, `tt` (milliseconds), `rc` (0 to 5) and `rp` (4xx, 5xx, ct, rt, all) or keep the defaults."""
        given = {name: values[-1] for name, values in parse_qs(fragment).items()}
        repeats = frozenset(given.get("rp", "ct").split(","))
        return cls(
            connect_seconds=int(given.get("ct", 5000)) / 1000,
            read_seconds=int(given.get("rt", 15000)) / 1000,
            total_seconds=int(given.get("tt", 15000)) / 1000,
            retries=min(max(int(given.get("rc", 1)), 0), 5),
            repeats=frozenset({"4xx", "5xx", "ct", "rt"}) if "all" in repeats else repeats,
        )

    @property
    def timeout(self) -> aiohttp.ClientTimeout:
        return aiohttp.ClientTimeout(
            total=self.total_seconds, sock_connect=self.connect_seconds, sock_read=self.read_seconds
        )


class Routes:
    """Where the connections to a public address really go."""

    def __init__(self) -> None:
        self._routes: dict[str, str] = {}

    def add(self, public_base: str, actual_base: str) -> None:
        self._routes[public_base.rstrip("/")] = actual_base.rstrip("/")

    def actual(self, url: str) -> str:
        """Return the address to connect to; the longest matching base wins, none means the URL itself."""
        for base in sorted(self._routes, key=len, reverse=True):
            if url.startswith(base) and url[len(base) : len(base) + 1] in ("", "/", "?", "#"):
                return self._routes[base] + url[len(base) :]
        return url


class Webhooks:
    """Knock, sign, repeat, and remember every attempt."""

    def __init__(self, register: Register, routes: Routes) -> None:
        self._register = register
        self._routes = routes
        self._session: aiohttp.ClientSession | None = None
        self.attempts: list[Attempt] = []

    def start(self) -> None:
        # A fresh connection each time: a kept one that the other side closed would look like a failed read.
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))

    async def aclose(self) -> None:
        if self._session:
            await self._session.close()

    async def call(self, kind: str, sid: str, url: str, form: Form, *, wrong_signature: bool = False) -> Attempt:
        """Knock until it is answered or the policy is exhausted; return the last attempt."""
        target, fragment = urldefrag(url)
        policy = Policy.read(fragment)
        secret = self._register.auth_token + ("x" if wrong_signature else "")
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "Host": urlsplit(target).netloc,
            "User-Agent": "TwilioProxy/1.1",
            "X-Twilio-Signature": sign(secret, target, form),
        }
        attempt = await self._attempt(kind, sid, target, form, headers, policy)
        token = hashlib.sha256(f"{sid}{sorted(form)}".encode()).hexdigest()[:32]
        for _ in range(policy.retries):
            if attempt.problem not in policy.repeats:
                break
            repeat = headers | {"I-Twilio-Idempotency-Token": token}
            attempt = await self._attempt(kind, sid, target, form, repeat, policy)
        self._complain(attempt)
        return attempt

    async def _attempt(
        self, kind: str, sid: str, url: str, form: Form, headers: dict[str, str], policy: Policy
    ) -> Attempt:
        problem, status, content_type, answer = await self._post(url, form, headers, policy)
        attempt = Attempt(
            kind=kind,
            sid=sid,
            url=url,
            form=tuple(form),
            headers=headers,
            at=self._register.clock.now(),
            problem=problem,
            status=status,
            content_type=content_type,
            answer=answer,
        )
        self.attempts.append(attempt)
        self._register.changes.ring()
        return attempt

    async def _post(
        self, url: str, form: Form, headers: dict[str, str], policy: Policy
    ) -> tuple[str, int | None, str, str]:
        if self._session is None:
            raise RuntimeError("the carrier was not started")
        address = URL(self._routes.actual(url), encoded=True)
        body = urlencode(form).encode()
        try:
            async with self._session.post(
                address, data=body, headers=headers, timeout=policy.timeout, allow_redirects=False
            ) as response:
                text = await response.text(errors="replace")
                problem = "" if response.status < 300 else f"{response.status // 100}xx"
                return problem, response.status, response.content_type if text else "", text
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return "ct", None, "", ""
        except (aiohttp.ClientError, TimeoutError):
            return "rt", None, "", ""

    def _complain(self, attempt: Attempt) -> None:
        if attempt.status is None:
            self._register.alert(11205, attempt.sid, f"HTTP connection failure to {attempt.url}")
        elif attempt.problem:
            self._register.alert(11200, attempt.sid, f"HTTP {attempt.status} from {attempt.url}")

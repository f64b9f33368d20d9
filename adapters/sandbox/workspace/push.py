"""Events and interactions over signed HTTP (signature v0), for apps without Socket Mode."""

import asyncio
import hashlib
import hmac
import json
from urllib.parse import urlencode

import aiohttp

from adapters.sandbox.clock import MovableClock
from adapters.sandbox.workspace.courier import ACK_WITHIN, Delivery, Kind, Outcome, sleep_until
from adapters.sandbox.workspace.nouns import Json

_REDIRECTS = 2
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"


class Push:
    """Post parcels to the app's request URLs; each kind may have its own."""

    def __init__(self, clock: MovableClock, signing_secret: str) -> None:
        self.urls: dict[Kind, str] = {}
        self.reachable = True
        self._clock = clock
        self._secret = signing_secret.encode()
        self._session: aiohttp.ClientSession | None = None

    async def verify(self, url: str) -> bool:
        """Make first contact as Slack does: the app must answer with the challenge."""
        challenge = {"token": "verification", "type": "url_verification", "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY"}
        body = json.dumps(challenge).encode()
        async with self._connection().post(url, data=body, headers=self._headers(body, _JSON)) as response:
            return response.status == 200 and challenge["challenge"] in await response.text()

    async def carry(self, delivery: Delivery, number: int, reason: str) -> Outcome:
        """Post once; only a 2xx within three seconds counts."""
        url = self.urls.get(delivery.kind)
        if not url or not self.reachable:
            return Outcome(acked=False, way="none", reason="connection_failed")
        body, kind = _body(delivery)
        headers = self._headers(body, kind)
        if number:
            headers |= {"x-slack-retry-num": str(number), "x-slack-retry-reason": reason}
        post = asyncio.create_task(self._post(url, body, headers))
        alarm = asyncio.create_task(sleep_until(self._clock, self._clock.now() + ACK_WITHIN))
        try:
            await asyncio.wait((post, alarm), return_when=asyncio.FIRST_COMPLETED)
            return post.result() if post.done() else Outcome(acked=False, way="http", reason="http_timeout")
        finally:
            alarm.cancel()
            post.cancel()

    async def _post(self, url: str, body: bytes, headers: dict[str, str]) -> Outcome:
        try:
            async with self._connection().post(url, data=body, headers=headers, max_redirects=_REDIRECTS) as response:
                text = await response.text(errors="replace")
                acked = 200 <= response.status < 300
                stop = response.headers.get("x-slack-no-retry") == "1"
                answer = _answer(text) if acked else None
                return Outcome(acked=acked, way="http", reason="" if acked else "http_error", answer=answer, stop=stop)
        except aiohttp.TooManyRedirects:
            return Outcome(acked=False, way="http", reason="too_many_redirects")
        except aiohttp.ClientSSLError:
            return Outcome(acked=False, way="http", reason="ssl_error")
        except aiohttp.ClientError:
            return Outcome(acked=False, way="http", reason="connection_failed")

    def _headers(self, body: bytes, kind: str) -> dict[str, str]:
        moment = str(int(self._clock.now().timestamp()))
        mark = hmac.new(self._secret, b"v0:" + moment.encode() + b":" + body, hashlib.sha256).hexdigest()
        return {"Content-Type": kind, "X-Slack-Request-Timestamp": moment, "X-Slack-Signature": f"v0={mark}"}

    def _connection(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers={"User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
            )
        return self._session

    async def aclose(self) -> None:
        if self._session:
            await self._session.close()


def _body(delivery: Delivery) -> tuple[bytes, str]:
    if delivery.kind is Kind.EVENT:
        return json.dumps(delivery.payload).encode(), _JSON
    fields: Json = delivery.payload
    if delivery.kind is Kind.INTERACTIVE:
        fields = {"payload": json.dumps(delivery.payload)}
    return urlencode(fields).encode(), _FORM


def _answer(text: str) -> Json | None:
    try:
        said = json.loads(text) if text.strip() else None
    except ValueError:
        return {"text": text}
    return said if isinstance(said, dict) else None

"""What the daemon's intake is compared with: a web program that reads the form, checks the signature, and answers.

It keeps nothing and tells nobody. It runs on the same event loop as the daemon, so that only the work differs.
"""

import asyncio
import base64
import hmac
from collections.abc import Mapping
from typing import Any

import uvloop
from aiohttp import web

from bench.phone import AUTH_TOKEN, PATH, PUBLIC_URL
from bench.place import LONGEST_RUN, announce

_HOST = "127.0.0.1"
_CALLED = PUBLIC_URL + PATH
_KEY = AUTH_TOKEN.encode()


async def genuine_form(request: web.Request) -> Mapping[str, Any]:
    """Read the form of a webhook; refuse one that does not carry the carrier's signature."""
    form = await request.post()
    signed = _CALLED + "".join(name + str(form[name]) for name in sorted(form))
    made = base64.b64encode(hmac.digest(_KEY, signed.encode(), "sha1")).decode()
    if not hmac.compare_digest(made, request.headers.get("X-Twilio-Signature", "")):
        raise web.HTTPForbidden
    return form


async def serve(app: web.Application) -> None:
    """Serve at a port of the system's choice, say which, and go on until killed, or for an hour."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, _HOST, 0, backlog=1024)
    await site.start()
    announce({"url": f"http://{_HOST}:{runner.addresses[0][1]}"})
    await asyncio.sleep(LONGEST_RUN)


async def _answer(request: web.Request) -> web.Response:
    await genuine_form(request)
    return web.Response(status=204)


async def _main() -> None:
    app = web.Application()
    app.router.add_post(PATH, _answer)
    await serve(app)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_main())

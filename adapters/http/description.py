"""Our HTTP side as an OpenAPI document: the words in which each door describes its routes, and the routes of all."""

from collections.abc import Mapping, Sequence
from typing import Any

from bridge.domain.invariant import Invariant
from bridge.wording import openapi as wording

Json = dict[str, Any]

JSON, FORM, PLAIN, XML = "application/json", "application/x-www-form-urlencoded", "text/plain", "text/xml"
STRING, COUNT = {"type": "string"}, {"type": "integer", "minimum": 0}
_BY_THE_SERVER = (400, 408, 413, 415, 431, 503)  # the answers that any request may get
_AGE = {"type": ["integer", "null"]}
_HEALTH = {
    "status": {"enum": ["ok", "trouble"]},
    "now": {"type": "string", "format": "date-time"},
    "counts": {"type": "object", "additionalProperties": COUNT},
    "oldest_unacknowledged_seconds": _AGE,
    "oldest_waiting_seconds": _AGE,
    "listeners": {"type": "object", "additionalProperties": {"type": "boolean"}},
    "troubles": COUNT,
    "violated": {"type": "array", "items": {"enum": [each.value for each in Invariant]}},
}
_ALWAYS = ("status", "violated")  # of the figures, also where the store does not answer


def answer(said: str, *types: str, schema: Json = STRING) -> Json:
    """Describe an answer: what it means and what its body is; without types it has none."""
    return {"description": said, "content": {type: {"schema": schema} for type in types}}


def operation(
    said: str,
    answers: Mapping[int, Json],
    *,
    refused: Sequence[int] = (),
    body: Mapping[str, Json] | None = None,
    signed: Sequence[str] = (),
    parameters: Sequence[Json] = (),
) -> Json:
    """Describe what a call of a route means: its body by type, the headers that sign it, its answers."""
    refusals = {status: answer(wording.refusal(status), PLAIN) for status in (*_BY_THE_SERVER, *refused)}
    described: Json = {
        "description": said,
        "parameters": list(parameters),
        "security": [{name: [] for name in signed}],
        "responses": {str(status): told for status, told in sorted({**refusals, **answers}.items())},
    }
    if body is not None:
        content = {type: {"schema": schema} for type, schema in body.items()}
        described["requestBody"] = {"required": True, "content": content}
    return described


def fields(*names: str, required: Sequence[str] = ()) -> Json:
    """Describe a form or an object of texts; it may have more fields than these."""
    return {"type": "object", "properties": dict.fromkeys(names, STRING), "required": list(required)}


def parameter(name: str, place: str, said: str, **schema: Any) -> Json:
    """Describe a part of the address."""
    return {"name": name, "in": place, "required": place == "path", "description": said, "schema": STRING | schema}


def header(name: str, said: str) -> Json:
    """Describe a header that signs a request."""
    return {"type": "apiKey", "in": "header", "name": name, "description": said}


def document(version: str, address: str, paths: Mapping[str, Json], signatures: Mapping[str, Json]) -> Json:
    """Put together what the doors say of their routes, and say what is here whoever stands behind the doors."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "sms-bridge", "version": version, "description": wording.ABOUT},
        "servers": [{"url": address}],
        "paths": {**paths, "/media/{token}": _media(), "/healthz": _health()},
        "components": {"securitySchemes": dict(signatures)},
    }


def _media() -> Json:
    token = parameter("token", "path", wording.RANDOM, pattern="^[A-Za-z0-9_-]{1,200}$")
    got = operation(wording.MEDIA, {200: answer(wording.FILE, "*/*")}, refused=[404], parameters=[token])
    return {"get": got, "head": got}


def _health() -> Json:
    told = {"type": "object", "properties": _HEALTH, "additionalProperties": False}
    well = answer(wording.FIGURES, JSON, schema={**told, "required": list(_HEALTH)})
    unwell = answer(wording.VIOLATED, JSON, schema={**told, "required": list(_ALWAYS)})
    got = operation(wording.HEALTH, {200: well, 503: unwell})
    return {"get": got, "head": got}

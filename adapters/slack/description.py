"""The webhook that Slack calls in HTTP mode, described for our OpenAPI document."""

from adapters.http.description import FORM, JSON, Json, answer, fields, header, operation
from bridge.wording import openapi as wording

_SIGNATURE, _MOMENT = "X-Slack-Signature", "X-Slack-Request-Timestamp"


def paths() -> dict[str, Json]:
    """Describe the route that exists in HTTP mode."""
    events = operation(
        wording.EVENTS,
        {200: answer(wording.HEARD)},
        refused=[403],
        body={JSON: fields("type", "challenge", required=["type"]), FORM: fields("payload", required=["payload"])},
        signed=[_SIGNATURE, _MOMENT],
    )
    return {"/slack/events": {"post": events}}


def signatures() -> dict[str, Json]:
    """Describe what signs an event."""
    return {
        _SIGNATURE: header(_SIGNATURE, wording.CHAT_SIGNATURE),
        _MOMENT: header(_MOMENT, wording.CHAT_MOMENT),
    }

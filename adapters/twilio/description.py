"""The webhooks of an account, described for our OpenAPI document; what is read of them stands in `wire`."""

from adapters.http.description import FORM, XML, Json, answer, fields, header, operation, parameter
from adapters.twilio import wire
from bridge.wording import openapi as wording

_SIGNATURE = "X-Twilio-Signature"
_MESSAGE = ("MessageSid", "AccountSid", "From", "To", "Body", "NumMedia", "MediaUrl0", "MediaContentType0")
_STATUS = ("MessageSid", "AccountSid", "MessageStatus", "ErrorCode", "ErrorMessage")


def paths(name: str) -> dict[str, Json]:
    """Describe the routes of the account of this name."""
    status = fields(*_STATUS, required=["MessageSid", "MessageStatus"])
    status["properties"] = {**status["properties"], "MessageStatus": {"enum": list(wire.STATUSES)}}
    message = operation(
        wording.MESSAGE,
        {200: answer(wording.KEPT, XML)},
        refused=[403],
        body={FORM: fields(*_MESSAGE, required=["MessageSid", "From", "To"])},
        signed=[_SIGNATURE],
    )
    progress = operation(
        wording.STATUS,
        {204: answer(wording.NOTED)},
        refused=[403],
        body={FORM: status},
        signed=[_SIGNATURE],
        parameters=[parameter("entry", "query", wording.ENTRY)],
    )
    return {f"/carriers/{name}/message": {"post": message}, f"/carriers/{name}/status": {"post": progress}}


def signatures() -> dict[str, Json]:
    """Describe what signs a webhook."""
    return {_SIGNATURE: header(_SIGNATURE, wording.SIGNATURE)}

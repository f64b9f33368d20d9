"""The vendor's JSON: messages, media, pages and errors, exactly in the shapes of its REST API."""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from adapters.sandbox.carrier.records import CarrierMessage, Media
from adapters.sandbox.carrier.refusals import Refused

Json = dict[str, Any]


def message(of: CarrierMessage, account_sid: str) -> Json:
    """Show a message; numbers are strings and dates RFC 2822, as the vendor has it."""
    uri = f"/2010-04-01/Accounts/{account_sid}/Messages/{of.sid}"
    return {
        "sid": of.sid,
        "account_sid": account_sid,
        "messaging_service_sid": None,
        "from": of.from_,
        "to": of.to,
        "body": of.body,
        "status": of.status,
        "direction": of.direction,
        "num_segments": str(of.segments),
        "num_media": str(len(of.media)),
        "date_created": when(of.created),
        "date_updated": when(of.updated),
        "date_sent": when(of.sent) if of.sent else None,
        "error_code": of.error_code,
        "error_message": of.error_message,
        "price": None,
        "price_unit": "USD",
        "api_version": "2010-04-01",
        "uri": f"{uri}.json",
        "subresource_uris": {"media": f"{uri}/Media.json"},
    }


def media(of: Media, parent: CarrierMessage, account_sid: str) -> Json:
    """Show the description of one medium."""
    return {
        "sid": of.sid,
        "account_sid": account_sid,
        "parent_sid": parent.sid,
        "content_type": of.content_type,
        "date_created": when(parent.created),
        "date_updated": when(parent.created),
        "uri": f"/2010-04-01/Accounts/{account_sid}/Messages/{parent.sid}/Media/{of.sid}.json",
    }


def error(refused: Refused) -> Json:
    """Show a refusal."""
    return {
        "code": refused.code,
        "message": refused.sentence,
        "more_info": f"https://www.twilio.com/docs/errors/{refused.code}",
        "status": refused.status,
    }


def when(moment: datetime) -> str:
    """Write a moment as RFC 2822 with +0000, to the second."""
    return format_datetime(moment.astimezone(UTC))

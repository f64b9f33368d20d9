"""The carrier as the page shows it: phones, their conversations with our numbers, and the state of each message."""

from typing import Any

from adapters.sandbox.carrier.phones import Phone, PhoneMessage, Phones
from adapters.sandbox.carrier.records import CarrierMessage, Register

Json = dict[str, Any]


def snapshot(register: Register, phones: Phones) -> Json:
    """Describe everything in plain JSON; media are named by sid, their bytes are asked for one by one.

    `not_delivered` holds what no phone shows: on its way, undelivered or failed.
    """
    return {
        "dids": list(register.dids),
        "phones": [_phone(phone, register) for phone in phones.all()],
        "not_delivered": [_outstanding(each) for each in register.messages.values() if _is_outstanding(each)],
        "blocked": [{"did": did, "phone": phone} for did, phone in sorted(register.blocked)],
        "alerts": [{"code": each.code, "sid": each.sid, "text": each.text} for each in register.alerts],
    }


def _phone(phone: Phone, register: Register) -> Json:
    dids = list(dict.fromkeys(each.did for each in phone.messages))
    return {
        "number": phone.number,
        "conversations": [
            {"did": did, "messages": [_bubble(each, register) for each in phone.messages if each.did == did]}
            for did in dids
        ],
    }


def _bubble(shown: PhoneMessage, register: Register) -> Json:
    known = register.messages.get(shown.sid) if shown.sid else None
    return {
        "sid": shown.sid,
        "direction": shown.direction,
        "text": shown.text,
        "at": shown.at.isoformat(),
        "status": known.status if known else "delivered",
        "media": [{"sid": each.sid, "content_type": each.content_type} for each in shown.media],
    }


def _is_outstanding(message: CarrierMessage) -> bool:
    return message.direction != "inbound" and message.status != "delivered"


def _outstanding(message: CarrierMessage) -> Json:
    return {
        "sid": message.sid,
        "did": message.from_,
        "phone": message.to,
        "text": message.body,
        "at": message.created.isoformat(),
        "status": message.status,
        "error_code": message.error_code,
        "error_message": message.error_message,
    }

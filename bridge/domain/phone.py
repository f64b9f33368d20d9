"""Addresses of the telephone network: numbers, short codes, sender names. Printed masked: no log can leak one."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import phonenumbers

_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_SHORT = re.compile(r"[0-9]{3,6}", re.ASCII)


class _Written(Protocol):
    @property
    def value(self) -> str: ...


def _masked(address: _Written) -> str:
    """Keep the country and the last two digits; of anything short, only its length."""
    value = address.value
    return f"{value[:5]}…{value[-2:]}" if len(value) > 9 else f"<{len(value)} characters>"


@dataclass(frozen=True, slots=True, repr=False)
class PhoneNumber:
    """A number in E.164 form, plus sign included."""

    value: str
    is_repliable = True
    __str__ = __repr__ = _masked

    def __post_init__(self) -> None:
        if not _E164.fullmatch(self.value):
            raise ValueError("not a phone number in the form +14155550100")


@dataclass(frozen=True, slots=True, repr=False)
class ShortCode:
    """Three to six digits, meaningful inside one country only."""

    value: str
    is_repliable = True
    __str__ = __repr__ = _masked


@dataclass(frozen=True, slots=True, repr=False)
class SenderName:
    """Whatever else stands where a number should: "ACMEBANK", "anonymous", or nothing. Cannot be answered."""

    value: str
    is_repliable = False
    __str__ = __repr__ = _masked


Address = PhoneNumber | ShortCode | SenderName


def address(written: str) -> Address:
    """Read an address as a carrier writes it; whatever is no number and no short code is a sender's name."""
    if _E164.fullmatch(written):
        return PhoneNumber(written)
    if _SHORT.fullmatch(written):
        return ShortCode(written)
    return SenderName(written)


_WITHIN = re.compile(r"(?:\+|%2[Bb])[1-9](?:[ ().-]{0,2}[0-9]){6,14}|\([2-9][0-9]{2}\) [0-9]{3}-[0-9]{4}")


def masked(text: str) -> str:
    """Mask every number that stands in a text: what carriers and libraries say may quote one."""
    return _WITHIN.sub(lambda number: f"{number.group()[:5]}…{number.group()[-2:]}", text)


@lru_cache(maxsize=4096)
def spoken(written: str) -> str:
    """Write an address as people of its country do: +14155550100 becomes (415) 555-0100, a foreign one +44 …"""
    if not _E164.fullmatch(written):
        return written or "(no sender)"
    try:
        number = phonenumbers.parse(written)
    except phonenumbers.NumberParseException:  # a country code that nobody has: senders can be forged
        return written
    national = number.country_code == 1 and phonenumbers.is_possible_number(number) and written[2] not in "01"
    form = phonenumbers.PhoneNumberFormat.NATIONAL if national else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)


_UNSEEN = ("Cf", "Zs")  # marks of direction and odd blanks, which come along when a number is copied


def dialled(written: str, region: str) -> PhoneNumber | None:
    """Read a number as people write one, by the rules of the country where it is dialled; None for what is none."""
    seen = "".join(" " if unicodedata.category(one) in _UNSEEN else one for one in written)
    try:
        number = phonenumbers.parse(seen, region)
    except phonenumbers.NumberParseException:
        return None
    is_whole = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    if number.extension or not is_whole:
        return None
    form = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return PhoneNumber(form) if _E164.fullmatch(form) else None


def is_toll_free(number: PhoneNumber) -> bool:
    """Tell a toll-free number of the North American plan, whose MMS limits differ."""
    return number.value.startswith(("+1800", "+1833", "+1844", "+1855", "+1866", "+1877", "+1888"))

"""What may stand as one value in `bridge.toml`: durations, lines, numbers, names. Sections are `settings`."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from pydantic import AfterValidator, BeforeValidator, Field

from adapters.mail.address import addr_spec
from bridge.domain.duration import duration
from bridge.domain.phone import PhoneNumber, ShortCode, address
from bridge.domain.snippet import FIELDS, unknown_fields
from bridge.wording import config as wording


def between(least: str, most: str) -> BeforeValidator:
    """Read a duration and hold it within bounds, so that neither zero nor a slip of the keyboard gets through."""

    def check(written: object) -> timedelta:
        given = duration(written)
        if not duration(least) <= given <= duration(most):
            raise ValueError(*wording.duration_out_of_bounds(least, most))
        return given

    return BeforeValidator(check)


def _line(written: str) -> str:
    if not written.isprintable() or written != written.strip() or not 0 < len(written) <= 100:
        raise ValueError(*wording.no_line_of_text())
    return written


def _number(written: str) -> str:
    if isinstance(address(written), PhoneNumber) and _is_possible(written):
        return written
    raise ValueError(*wording.no_number(written, _suggested(written)))


def _is_possible(written: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(written))
    except phonenumbers.NumberParseException:  # no country has these first digits
        return False


def _contact(written: str) -> str:
    return written if isinstance(address(written), ShortCode) else _number(written)


def _suggested(written: str) -> str | None:
    """Return what was probably meant: numbers are often copied as people write them."""
    try:
        number = phonenumbers.parse(written, "US")
    except phonenumbers.NumberParseException:
        return None
    suggestion = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return suggestion if phonenumbers.is_possible_number(number) else None


def _snippet(written: str) -> str:
    try:
        unknown = unknown_fields(written)
    except ValueError:
        raise ValueError(*wording.unbalanced_brace()) from None
    if unknown:
        raise ValueError(*wording.unknown_field(unknown[0], FIELDS))
    if not 0 < len(written.strip()) <= 1_500:
        raise ValueError(*wording.no_snippet())
    return written


def matching(pattern: str, telling: Callable[[str], wording.Told]) -> AfterValidator:
    def check(written: str) -> str:
        if not re.fullmatch(pattern, written, re.ASCII):
            raise ValueError(*telling(written))
        return written

    return AfterValidator(check)


def _email(written: str) -> str:
    try:
        return addr_spec(written)
    except ValueError:
        raise ValueError(*wording.no_email(written)) from None


def _timezone(written: str) -> str:
    try:
        ZoneInfo(written)
    except (OSError, ValueError, KeyError):  # KeyError is what ZoneInfo raises for a name that it does not know
        raise ValueError(*wording.unknown_timezone(written, available_timezones())) from None
    return written


def _region(written: str) -> str:
    if written not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError(*wording.unknown_region(written, phonenumbers.SUPPORTED_REGIONS))
    return written


Line = Annotated[str, AfterValidator(_line)]
Number = Annotated[str, AfterValidator(_number)]
CarrierName = Annotated[str, matching(r"[a-z0-9][a-z0-9-]{0,30}", wording.no_carrier_name)]
Deadline = Annotated[timedelta, between("1s", "30d")]
Most = Annotated[int, Field(ge=0, le=100_000)]
Keeping = Annotated[timedelta, between("1d", "3650d")]
Email = Annotated[str, AfterValidator(_email)]
Timezone = Annotated[str, AfterValidator(_timezone)]
Region = Annotated[str, AfterValidator(_region)]
ContactNumber = Annotated[str, AfterValidator(_contact)]
SnippetText = Annotated[str, AfterValidator(_snippet)]

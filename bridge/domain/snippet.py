"""A snippet: words that a house says often, with fields for whom and from whom."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

FIELDS = ("first_name", "name", "number", "my_name", "my_number", "label")
_EMPTY = "\x00"  # stands where a field has nothing to say; no text holds it


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """`text` names its fields in braces, as {first_name}; two braces are one that is meant."""

    name: str
    text: str


def unknown_fields(text: str) -> list[str]:
    """Return what stands in braces and is no field of ours. Raise ValueError where a brace has no other."""
    found = [field for _, field, spec, conversion in Formatter().parse(text) if field is not None]
    odd = [f"{field}{spec}" for _, field, spec, conversion in Formatter().parse(text) if spec or conversion]
    return [field for field in found if field not in FIELDS] + odd


def filled(snippet: Snippet, values: Mapping[str, str]) -> str:
    """Write it with what is known; where a field is not, the blank before it goes too: "Hi {first_name}," is "Hi,"."""
    known = {field: values.get(field) or _EMPTY for field in FIELDS}
    written = Formatter().vformat(snippet.text, (), known)
    return re.sub(rf"[ \t]*{_EMPTY}", "", written).strip()

"""What Slack refuses of a message as a whole: its texts, attachments and metadata. Blocks have their own room."""

import json
import re
from collections.abc import Iterator

from adapters.sandbox.workspace.nouns import Json
from adapters.sandbox.workspace.refusal import Refused

TEXT_CUT = 40_000
TEXT_SPLIT = 4_050  # Not documented; met in practice (java-slack-sdk #704, slack-go #972).
TEXT_UPDATE = 4_000
MARKDOWN_TEXT = 12_000
ATTACHMENTS = 100
METADATA_BYTES = 16_384  # Not documented; large enough that only an abuse meets it.
_EVENT_TYPE = re.compile(r"[A-Za-z0-9_.:-]{1,255}")
_PAYLOAD_VALUES = (str, int, float, bool, list, dict, type(None))


def parts(text: str) -> Iterator[str]:
    """Spread a text over several messages as Slack does."""
    for start in range(0, max(len(text), 1), TEXT_SPLIT):
        yield text[start : start + TEXT_SPLIT]


def check_attachments(attachments: list[Json]) -> None:
    if len(attachments) > ATTACHMENTS:
        raise Refused("too_many_attachments")
    if not all(isinstance(attachment, dict) for attachment in attachments):
        raise Refused("invalid_attachments")


def check_metadata(metadata: object) -> Json | None:
    """Return usable metadata, None for the empty object that clears it."""
    if metadata == {}:
        return None
    if not isinstance(metadata, dict) or not {"event_type", "event_payload"} >= metadata.keys() - {"entities"}:
        raise Refused("invalid_metadata_format")
    payload = metadata.get("event_payload")
    kind = metadata.get("event_type")
    if not isinstance(payload, dict) or not isinstance(kind, str):
        raise Refused("invalid_metadata_format")
    if not _EVENT_TYPE.fullmatch(kind) or not all(isinstance(value, _PAYLOAD_VALUES) for value in payload.values()):
        raise Refused("invalid_metadata_schema")
    if len(json.dumps(metadata).encode()) > METADATA_BYTES:
        raise Refused("metadata_too_large")
    return metadata

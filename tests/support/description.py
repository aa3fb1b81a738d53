"""Twilio's published description of its REST API, and what it leaves out.

The excerpt lies at `../shared/reference`, or where `HOTLINE_TEST_TWILIO_DESCRIPTION` says; it is no
part of the repository. It holds Calls, Recordings, Conferences, Participants, Queues and Members,
and of Messages the list and the making. It has no Streams, no single Message, and no errors at all.
"""

import json
import os
from pathlib import Path
from typing import Any

DEFAULT = Path(__file__).resolve().parents[3] / "shared/reference/twilio-openapi-calls.json"
SPEC = Path(os.environ.get("HOTLINE_TEST_TWILIO_DESCRIPTION", DEFAULT))

ERROR = {
    "type": "object",
    "required": ["code", "message", "more_info", "status"],
    "additionalProperties": False,
    "properties": {
        "code": {"type": "integer", "minimum": 10000},
        "message": {"type": "string", "minLength": 1},
        "more_info": {"type": "string", "pattern": r"^https://www\.twilio\.com/docs/errors/\d+$"},
        "status": {"type": "integer"},
    },
}
"""The body of every error, as Twilio's guide to its API and its clients have it."""


def description() -> dict[str, Any]:
    """The excerpt, with the body of errors added to each operation."""
    whole: dict[str, Any] = json.loads(SPEC.read_text(), object_hook=_paths_for_pages)
    answer = {"description": "error", "content": {"application/json": {"schema": ERROR}}}
    for path in whole["paths"].values():
        for method in ("get", "post", "delete"):
            if method in path:
                path[method]["responses"] |= dict.fromkeys(("400", "401", "404", "409"), answer)
    return whole


def _paths_for_pages(properties: dict[str, Any]) -> dict[str, Any]:
    """The description calls the places of a list's pages URIs, though its own examples and the
    service give paths ("/2010-04-01/..."): a validator that knows the format would refuse both."""
    for name, value in properties.items():
        of_a_page = name == "uri" or name.endswith("_page_uri")
        if of_a_page and isinstance(value, dict) and value.get("format") == "uri":
            value["format"] = "uri-reference"
    return properties

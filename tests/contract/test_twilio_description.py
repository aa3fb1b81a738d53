"""Every request of the Twilio adapter is one that Twilio documents.

Twilio's published description is at `../shared/reference`; where it is absent, this check is
skipped, and the checks of our own behavior run without it.
"""

import json

import pytest
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest

from hotline.carrier.twilio import TwilioCarrier
from tests.support.description import SPEC
from tests.support.twilio import (
    ACCOUNT,
    CALL,
    EVERY_METHOD,
    RECORDING,
    TEXT,
    FakeTwilio,
    Reply,
    Seen,
    audio,
    call,
    calls,
    text,
    texts,
)


@pytest.fixture(scope="module")
def description() -> OpenAPI:
    if not SPEC.exists():
        pytest.skip("Twilio's API description is not on this machine (../shared/reference)")
    return OpenAPI.from_dict(json.loads(SPEC.read_text()))


def check(description: OpenAPI, seen: Seen) -> None:
    """The request is one Twilio documents, and has no parameter it does not know."""
    request = MockRequest(
        "https://api.twilio.com",
        seen.method,
        seen.path,
        args=dict(seen.query),
        headers={"Authorization": seen.headers["Authorization"]},
        data=seen.body,
        content_type=seen.headers.get("Content-Type", ""),
    )
    description.validate_request(request)
    assert {name for name, _ in [*seen.query, *seen.form]} <= _known(seen)


def _known(seen: Seen) -> set[str]:
    """Every parameter the description names for the path and method (`$ref`s are not used)."""
    paths = json.loads(SPEC.read_text())["paths"]
    shape = seen.path.replace(ACCOUNT, "{AccountSid}").replace(RECORDING, "{Sid}")
    call_name = "{CallSid}" if "/Recordings" in shape else "{Sid}"
    operation = paths[shape.replace(CALL, call_name)][seen.method.lower()]
    body = operation.get("requestBody", {}).get("content", {})
    schema = body.get("application/x-www-form-urlencoded", {}).get("schema", {})
    return {p["name"] for p in operation["parameters"]} | set(schema.get("properties", {}))


def test_every_request_is_one_twilio_documents(
    fake: FakeTwilio, carrier: TwilioCarrier, description: OpenAPI
) -> None:
    fake.answer(
        Reply(201, call()),
        calls(),
        calls(),
        Reply(200, call()),
        Reply(200, call(status="in-progress")),
        Reply(200, call()),
        Reply(200, call()),
        Reply(200, {"recordings": [], "next_page_uri": None}),
        audio(),
        Reply(204),
        Reply(204),
        Reply(201, text()),
        Reply(200, text()),
        Reply(204),
        Reply(200, text()),
        texts(),
        Reply(204),
    )
    for _, ask in EVERY_METHOD:
        ask(carrier)
    # Two questions find a call; a text is asked for and a list of others, before it is deleted.
    assert len(fake.seen) == len(EVERY_METHOD) + 3
    for seen in fake.seen:
        if not seen.path.endswith((".wav", f"/Messages/{TEXT}.json")):  # not in the description
            check(description, seen)

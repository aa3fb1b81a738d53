"""The carriers of `hotline.carrier.kinds`, played as their own pages describe them.

Their webhooks stand in tests/contract/forms, each with the address of the page it is taken from.
"""

import base64
import hmac
import json
from collections.abc import Mapping
from hashlib import sha1
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree as ET

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hotline.carrier import kinds
from hotline.carrier.capabilities import Algorithm, Capabilities
from hotline.context import Runtime
from tests.unit.ivr.house import House
from tests.unit.ivr.leg import Leg

FORMS = Path(__file__).parents[1] / "contract" / "forms"
PRIVATE = Ed25519PrivateKey.generate()
PUBLIC = base64.b64encode(PRIVATE.public_key().public_bytes_raw()).decode()
SECRET, SIGNING_KEY = "the-secret-of-the-account", "PSK_the-signing-key"
ACCOUNT = "a5b9c2a4-8a5f-4d8b-8c39-1b7a0c8e2d55"
FORM_TYPE = "application/x-www-form-urlencoded"


def forms(kind: str) -> dict[str, Any]:
    """What is recorded of a carrier: ids, and its webhooks by what they tell."""
    found: dict[str, Any] = json.loads((FORMS / f"{kind}.json").read_text(encoding="utf-8"))
    return found


def settings_of(kind: str) -> dict[str, object]:
    """The settings with which this carrier is chosen."""
    given: dict[str, object] = {
        "carrier": kind,
        "twilio_account_sid": ACCOUNT,
        "twilio_auth_token": SECRET,
    }
    if kind == "signalwire":
        given |= {
            "carrier_key": SIGNING_KEY,
            "twilio_api_url": "https://school.signalwire.com/api/laml",
        }
    if kind == "telnyx":
        given |= {"carrier_key": PUBLIC, "carrier_application": "1494404757140276705"}
    return given


def signature(
    kind: str, url: str, form: Mapping[str, str], body: bytes, timestamp: str
) -> dict[str, str]:
    """The headers with which this carrier signs a request, made without any code of ours."""
    scheme = kinds.KINDS[kind].signature
    if scheme.algorithm is Algorithm.ED25519:
        signed = PRIVATE.sign(timestamp.encode() + b"|" + body)
        return {
            scheme.headers[0]: base64.b64encode(signed).decode(),
            scheme.timestamp: timestamp,
        }
    key = SIGNING_KEY if kind == "signalwire" else SECRET
    text = url + "".join(name + form[name] for name in sorted(form))
    digest = hmac.new(key.encode(), text.encode(), sha1).digest()
    return {scheme.headers[0]: base64.b64encode(digest).decode()}


class Played(Leg):
    """A caller's or responder's leg at one carrier. `documents` are the answers, as they came."""

    def __init__(self, client: FlaskClient, runtime: Runtime, kind: str, call_id: str = "") -> None:
        self.kind, self.forms = kind, forms(kind)
        super().__init__(client, runtime, call_id or self.forms["call_id"])
        self.documents: list[str] = []
        self.sent: list[tuple[str, bytes, dict[str, str]]] = []

    @property
    def can(self) -> Capabilities:
        """What the carrier can do."""
        return kinds.KINDS[self.kind]

    def tell(self, what: str, url: str, **changes: str) -> TestResponse:
        """Post a recorded webhook to a URL of ours."""
        form = {**self.forms[what]["form"], "CallSid": self.call_id, **changes}
        return self._send(url, form)

    def post(self, url: str, **form: str) -> TestResponse:
        """Post a webhook of the kind that these fields belong to."""
        what = "key"
        if form.get("Direction") == "inbound":
            what = "inbound"
        elif "CallStatus" in form:
            what = "status"
        elif "RecordingDuration" in form:
            return self.tell("recorded", url)
        return self.tell(what, url, **({"Digits": ""} if what == "key" else {}) | form)

    def _send(self, url: str, form: dict[str, str]) -> TestResponse:
        url = self.runtime.settings.public_url + url if url.startswith("/") else url
        assert self.can.fragments or "#" not in url
        url = url.split("#")[0]
        self.last = (url, form)
        body = urlencode(form).encode()
        moment = str(int(self.runtime.clock().timestamp()))
        headers = signature(self.kind, url, form, body, moment)
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        self.sent.append((target, body, headers))
        answer = self.client.post(target, data=body, headers=headers, content_type=FORM_TYPE)
        if answer.mimetype == "text/xml":
            self.documents.append(answer.get_data(as_text=True))
            self.step = ET.fromstring(self.documents[-1])  # noqa: S314
            assert unknown(self.step, self.can) == set()
        return answer


def unknown(document: ET.Element, can: Capabilities) -> set[str]:
    """Elements and attributes of a document that the carrier does not know."""
    used = {element.tag for element in document.iter()}
    used |= {f"{e.tag}.{name}" for e in document.iter() for name in e.attrib}
    if not can.stream:
        used |= {"Stream!"} if "Stream" in used else set()
    return used & (can.missing | {"Stream!"})


def waiting(house: House, kind: str, *, tick: bool = True) -> Played:
    """A caller who has said a few words and waits for somebody."""
    at_carrier = house.carrier.add_call()
    caller = Played(house.client, house.runtime, kind, at_carrier.id)
    caller.arrive().press("1", "1")
    while not (caller.has("Record") or caller.has("Connect")):
        caller.redirected()
    if caller.has("Connect"):
        caller.redirected()  # the stream could not be opened
    caller.record(3)
    if tick:
        house.engine.tick()
    return caller


def ring(house: House) -> str:
    """The carrier's id of the phone that rings."""
    house.engine.tick()
    found = house.attempt("counselor-1").carrier_call_id
    assert found is not None
    return found

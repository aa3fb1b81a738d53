"""One question for every way of signing: SignalWire's own vectors, headers, Telnyx with a seal."""

import pytest
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import Headers, ImmutableMultiDict

from hotline.carrier import kinds, seal
from hotline.carrier.capabilities import Signature
from hotline.carrier.webhook import Asked, Trusted, genuine
from tests.unit.carrier.test_carrier_ed25519 import KEY, NOW, sign

TOKEN = "12345"
FORM = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675309",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
}
# The vectors of SignalWire's own library: compatibility-api-js, spec/validation.spec.js.
VECTORS = [
    ("https://mycompany.com", "foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
    ("https://mycompany.com:1234", "foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
    ("http://mycompany.com:1234", "foo=1&bar=2", "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
    ("https://mycompany.com", "foo=1&bar=2", "kvajT1Ptam85bY51eRf/AJRuM3w="),
    ("http://mycompany.com", "foo=1&bar=2", "0ZXoZLH/DfblKGATFgpif+LLRf4="),
    ("https://mycompany.com", "foo=1&bar=2&Body=It's+amazing", "dsq4Ehbj6cs+KdTkpF5sSSplOWw="),
]
OWN = "X-SignalWire-Signature"


def asks(
    scheme: Signature,
    headers: dict[str, str],
    *,
    url: str = "https://mycompany.com",
    path: str = "/myapp.php",
    query: str = "foo=1&bar=2",
    form: object = FORM,
    body: bytes = b"",
    keys: tuple[str, ...] = (TOKEN,),
    secrets: tuple[str, ...] = (),
) -> bool:
    pairs = form.items() if type(form) is dict else form
    asked = Asked(path, query, pairs, body, Headers(headers))  # type: ignore[arg-type]
    return genuine(Trusted(scheme, keys, url, secrets), asked, NOW)


@pytest.mark.parametrize(("url", "query", "signature"), VECTORS)
@pytest.mark.parametrize("header", [OWN, "X-Twilio-Signature", OWN.lower()])
def test_signalwires_vectors(url: str, query: str, signature: str, header: str) -> None:
    scheme = kinds.SIGNALWIRE.signature
    assert asks(scheme, {header: signature}, url=url, query=query)
    assert not asks(scheme, {header: signature}, url=url, query=query, keys=("another",))
    assert not asks(scheme, {header: signature}, url=url, query=query + "&x=1")


def test_signalwires_vector_of_a_repeated_name() -> None:
    name = "MessagingBinding.Address"
    form = ImmutableMultiDict([(name, "+1325xxxxxxx"), (name, "+1415xxxxxxx")])
    signature = {OWN: "83O6e2vORAoJHUNzJjDWN1jz+BA="}
    assert asks(kinds.SIGNALWIRE.signature, signature, form=form)
    turned = ImmutableMultiDict([(name, "+1415xxxxxxx"), (name, "+1325xxxxxxx")])
    assert not asks(kinds.SIGNALWIRE.signature, signature, form=turned)


def test_the_first_header_decides() -> None:
    good = VECTORS[0][2]
    both = {OWN: "AAAA", "X-Twilio-Signature": good}
    assert not asks(kinds.SIGNALWIRE.signature, both)
    assert asks(kinds.SIGNALWIRE.signature, {**both, OWN: good})


@pytest.mark.parametrize("can", [kinds.TWILIO, kinds.SWITCH, kinds.SOMLENG])
def test_those_who_sign_as_twilio_does(can: kinds.Capabilities) -> None:
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    signature = RequestValidator(TOKEN).compute_signature(url, FORM)
    assert asks(can.signature, {"X-Twilio-Signature": signature})
    assert not asks(can.signature, {OWN: signature})
    assert not asks(can.signature, {})


TELNYX = kinds.TELNYX.signature
BODY = b"CallSid=v3%3Aabc&Digits=1"
SEALED = seal.sealed(("secret",), "/voice/step?at=menu-2").partition("?")[2]


def from_telnyx(headers: dict[str, str], **changes: object) -> bool:
    given: dict[str, object] = {
        "path": "/voice/step",
        "query": SEALED,
        "body": BODY,
        "keys": (KEY,),
        "secrets": ("secret",),
    }
    return asks(TELNYX, headers, **(given | changes))  # type: ignore[arg-type]


def headers(timestamp: str = str(NOW)) -> dict[str, str]:
    return {
        "telnyx-timestamp": timestamp,
        "telnyx-signature-ed25519": sign(timestamp, BODY),
    }


def test_telnyx_signs_the_body_and_we_the_address() -> None:
    assert from_telnyx(headers())
    assert from_telnyx(headers(), path="/voice", query="")


@pytest.mark.parametrize(
    "changes",
    [
        {"query": "at=menu-2"},
        {"query": SEALED.replace("menu-2", "menu-3")},
        {"path": "/voice/park"},
        {"secrets": ("another",)},
        {"secrets": ()},
        {"keys": ()},
        {"body": BODY + b"&Digits=2"},
    ],
)
def test_telnyx_and_anything_changed(changes: dict[str, object]) -> None:
    assert not from_telnyx(headers(), **changes)


def test_telnyx_too_late_or_not_signed() -> None:
    assert not from_telnyx(headers(str(NOW - 301)))
    assert not from_telnyx({})
    assert not from_telnyx({"telnyx-timestamp": str(NOW)})

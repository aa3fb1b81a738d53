"""Attacks on webhooks signed in other ways than Twilio's: a public key and a moment, an own key."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from hotline.carrier import choice, ed25519, kinds, seal
from hotline.dispatch.words import AttemptState
from hotline.reports.model import Call
from tests.attacks.attack import Attack, each
from tests.conftest import MakeRuntime
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support import dialects
from tests.support.dialects import FORM_TYPE, Played
from tests.unit.ivr import house as house_module
from tests.unit.ivr.house import House

LATER_S = kinds.TOLERANCE_S + 1
FORM = {"CallSid": "v3:made-up", "CallStatus": "ringing", "From": "+12175550177"}


@dataclass
class Line:
    """A hotline at a carrier of that kind, and the clock."""

    kind: str
    house: House

    def posted(self, target: str, body: bytes, headers: dict[str, str]) -> bool:
        """Whether a request is let in."""
        answer = self.house.client.post(target, data=body, headers=headers, content_type=FORM_TYPE)
        return answer.status_code != 403

    def calls(self) -> int:
        """How many calls there are."""
        with self.house.runtime.database.transaction() as session:
            return session.scalar(select(func.count()).select_from(Call)) or 0


Open = Callable[[str], Line]


@pytest.fixture
def opened(
    make_runtime: MakeRuntime,
    sqlite_url: str,
    carrier: FakeCarrier,
    clock: VirtualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Open:
    """Open the line at a carrier; what a mitigation's absence has put in its place stays."""

    def at(kind: str) -> Line:
        if FakeCarrier.capabilities is PLAIN:
            monkeypatch.setattr(FakeCarrier, "capabilities", kinds.KINDS[kind])
        runtime = make_runtime(sqlite_url, **dialects.settings_of(kind))
        return Line(kind, house_module.on_duty(runtime, carrier, clock.seconds))

    return at


PLAIN = FakeCarrier.capabilities


def own_public_key(opened: Open) -> bool:
    """A call is made up and signed with a key of the attacker's own."""
    line = opened("telnyx")
    moment = str(int(line.house.runtime.clock().timestamp()))
    body = urlencode(FORM).encode()
    signed = Ed25519PrivateKey.generate().sign(moment.encode() + b"|" + body)
    headers = {
        "Telnyx-Timestamp": moment,
        "Telnyx-Signature-Ed25519": base64.b64encode(signed).decode(),
    }
    return line.posted("/voice", body, headers) and line.calls() > 0


def sent_again_later(opened: Open) -> bool:
    """A webhook that was recorded is sent once more when its moment is long over."""
    line = opened("telnyx")
    caller = Played(line.house.client, line.house.runtime, "telnyx").arrive()
    line.house.later(LATER_S)
    return line.posted(*caller.sent[-1])  # type: ignore[attr-defined]


def moved_to_another_address(opened: Open) -> bool:
    """The caller's key 1, as it was signed, is posted to where a responder takes the report."""
    line = opened("telnyx")
    caller = dialects.waiting(line.house, "telnyx")
    responder = Played(line.house.client, line.house.runtime, "telnyx", dialects.ring(line.house))
    responder.post(line.house.carrier.calls[responder.call_id].url)
    pressed = next(sent for sent in caller.sent if b"Digits=1" in sent[1])
    token = line.house.attempt("counselor-1").token
    line.posted(f"/voice/responder/{token}/key", *pressed[1:])
    return line.house.state("counselor-1") is AttemptState.TAKEN


def signed_with_the_token(opened: Open) -> bool:
    """Whoever has SignalWire's API token, and not its signing key, makes a call up."""
    line = opened("signalwire")
    headers = dialects.signature("somleng", line.house.runtime.url("/voice"), FORM, b"", "")
    headers = {"X-SignalWire-Signature": headers["X-Twilio-Signature"]}
    return line.posted("/voice", urlencode(FORM).encode(), headers) and line.calls() > 0


def any_key(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ed25519, "_fits", lambda key, signature, signed: True)


def for_ever(patch: pytest.MonkeyPatch) -> None:
    scheme = replace(kinds.TELNYX.signature, tolerance_s=1e9)
    patch.setattr(FakeCarrier, "capabilities", replace(kinds.TELNYX, signature=scheme))


def no_seal(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(seal, "holds", lambda secrets, raw_path, raw_query: True)


def the_secret_counts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(choice, "webhook_keys", lambda settings: settings.auth_tokens)


ATTACKS = [
    Attack("own_public_key", own_public_key, any_key),
    Attack("sent_again_later", sent_again_later, for_ever),
    Attack("moved_to_another_address", moved_to_another_address, no_seal),
    Attack("signed_with_the_token", signed_with_the_token, the_secret_counts),
]


@each(ATTACKS)
def test_it_fails(opened: Open, attack: Attack[Open]) -> None:
    assert not attack.does(opened)


@each(ATTACKS)
def test_it_succeeds_without_the_mitigation(
    opened: Open, monkeypatch: pytest.MonkeyPatch, attack: Attack[Open]
) -> None:
    attack.without(monkeypatch)
    assert attack.does(opened)

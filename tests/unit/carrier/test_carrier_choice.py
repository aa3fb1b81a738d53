"""Which carrier the settings choose, and the one sentence where they do not fit it."""

import base64
from collections.abc import Mapping

import pytest

from hotline.carrier import choice, kinds
from hotline.carrier.telnyx import TelnyxCarrier
from hotline.carrier.twilio import TwilioCarrier
from hotline.settings import Settings, SettingsError

KEY = base64.b64encode(bytes(range(32))).decode()
ACCOUNT = {"twilio_account_sid": "an-account", "twilio_auth_token": "its-secret"}
SPACE = {"twilio_api_url": "https://school.signalwire.com/api/laml"}
SIGNALWIRE = {"carrier": "signalwire", "carrier_key": "PSK_key", **ACCOUNT, **SPACE}
TELNYX = {"carrier": "telnyx", "carrier_key": KEY, "carrier_application": "17", **ACCOUNT}
LINES = {"sip_listen": "192.0.2.10:5060", "sip_trunk": "sip:hotline@192.0.2.1"}


def settings(given: Mapping[str, object]) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[call-arg, arg-type]


def without(given: Mapping[str, object], *names: str) -> dict[str, object]:
    return {name: value for name, value in given.items() if name not in names}


@pytest.mark.parametrize(
    ("given", "can", "adapter"),
    [
        ({}, kinds.SWITCH, TwilioCarrier),
        ({"carrier": "switch", **ACCOUNT}, kinds.SWITCH, TwilioCarrier),
        ({"carrier": "switch", "twilio_api_url": "http://h:1"}, kinds.SWITCH, TwilioCarrier),
        ({"carrier": "switch", **ACCOUNT, **LINES}, kinds.SWITCH, TwilioCarrier),
        (LINES, kinds.SWITCH, TwilioCarrier),
        (ACCOUNT, kinds.TWILIO, TwilioCarrier),
        ({"twilio_api_url": "http://127.0.0.1:9"}, kinds.TWILIO, TwilioCarrier),
        (SIGNALWIRE, kinds.SIGNALWIRE, TwilioCarrier),
        (TELNYX, kinds.TELNYX, TelnyxCarrier),
    ],
)
def test_the_carrier_that_is_chosen(
    given: dict[str, object], can: kinds.Capabilities, adapter: type
) -> None:
    chosen = settings(given)
    assert choice.refusal(chosen) is None
    opened = choice.open_carrier(chosen)
    assert type(opened) is adapter
    assert opened.capabilities is can
    assert choice.capabilities_of(chosen) is can
    opened.close()  # type: ignore[attr-defined]


REFUSED = [
    ({"carrier": "somleng", **ACCOUNT}, "HOTLINE_CARRIER=somleng: Somleng has no conferences"),
    (without(SIGNALWIRE, *ACCOUNT), "needs HOTLINE_TWILIO_ACCOUNT_SID"),
    ({**TELNYX, "twilio_account_sid": ""}, "needs HOTLINE_TWILIO_ACCOUNT_SID"),
    ({**TELNYX, "twilio_auth_token": ""}, "needs HOTLINE_TWILIO_ACCOUNT_SID"),
    (without(SIGNALWIRE, *SPACE), "needs HOTLINE_TWILIO_API_URL"),
    (without(SIGNALWIRE, "carrier_key"), "needs HOTLINE_CARRIER_KEY"),
    (without(TELNYX, "carrier_key"), "needs HOTLINE_CARRIER_KEY"),
    ({**TELNYX, "carrier_key": " , "}, "needs HOTLINE_CARRIER_KEY"),
    (without(TELNYX, "carrier_application"), "needs HOTLINE_CARRIER_APPLICATION"),
    ({**TELNYX, "carrier_key": "no key"}, "HOTLINE_CARRIER_KEY is no Ed25519 public key"),
    ({**TELNYX, "carrier_key": f"{KEY},AAAA"}, "HOTLINE_CARRIER_KEY is no Ed25519 public key"),
    ({**ACCOUNT, "carrier_key": KEY}, "HOTLINE_CARRIER_KEY is set, but Twilio signs with"),
    ({**TELNYX, "record": "stream"}, "HOTLINE_RECORD=stream: Telnyx does not say"),
    ({**SIGNALWIRE, "record": "stream"}, "HOTLINE_RECORD=stream: SignalWire does not say"),
    ({**ACCOUNT, **LINES}, "HOTLINE_SIP_LISTEN is set, but calls come by Twilio"),
    ({**TELNYX, **LINES}, "HOTLINE_SIP_LISTEN is set, but calls come by Telnyx"),
]


@pytest.mark.parametrize(("given", "says"), REFUSED)
def test_what_does_not_fit_is_said_in_one_sentence(given: dict[str, object], says: str) -> None:
    chosen = settings(given)
    told = choice.refusal(chosen)
    assert told is not None
    assert says in told
    assert told.endswith(".")
    assert "\n" not in told
    with pytest.raises(SettingsError) as caught:
        choice.open_carrier(chosen)
    assert str(caught.value) == told
    assert "its-secret" not in told


def test_streams_where_the_carrier_signs_their_handshake() -> None:
    there = {"public_url": "https://hotline.example"}
    url = "wss://hotline.example/voice/stream"
    assert choice.stream_url(settings(ACCOUNT | there)) == url
    assert choice.stream_url(settings(TELNYX | there)) is None
    assert choice.stream_url(settings(SIGNALWIRE | there)) is None
    assert choice.stream_url(settings(ACCOUNT | there | {"record": "verb"})) is None


def test_the_keys_of_webhooks() -> None:
    assert choice.webhook_keys(settings(ACCOUNT)) == ("its-secret",)
    assert choice.webhook_keys(settings(TELNYX)) == (KEY,)
    assert choice.webhook_keys(settings({**SIGNALWIRE, "carrier_key": "b, a"})) == ("b", "a")

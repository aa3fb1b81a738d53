"""The settings of lines through an Asterisk: one sentence for each mistake."""

import pytest

from hotline.doctor.finding import for_real_callers
from hotline.settings import SettingsError, load_settings
from hotline.supervise import parts
from switch.__main__ import parse_arguments

PBX: dict[str, object] = {
    "asterisk_url": "https://pbx.example:8089/",
    "asterisk_password": "secret 1",
    "asterisk_endpoint": "PJSIP/{number}@trunk",
}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"asterisk_url": "pbx.example"}, r"HOTLINE_ASTERISK_URL: .*must be http\(s\)://HOST"),
        ({"asterisk_url": "https://a:b@pbx.example"}, "HOTLINE_ASTERISK_URL: .*must be http"),
        ({"asterisk_endpoint": "PJSIP/trunk"}, "HOTLINE_ASTERISK_ENDPOINT: .*must have {number}"),
        ({"asterisk_endpoint": "PJSIP/{number}@a&SIP/b"}, "HOTLINE_ASTERISK_ENDPOINT: .*must have"),
        ({"asterisk_app": "a b"}, "HOTLINE_ASTERISK_APP: .*must be letters"),
        ({"asterisk_password": None}, "HOTLINE_ASTERISK_URL needs HOTLINE_ASTERISK_PASSWORD"),
        ({"asterisk_endpoint": None}, "HOTLINE_ASTERISK_URL needs"),
        (
            {"sip_listen": "192.0.2.10:5060", "sip_trunk": "sip:hotline@192.0.2.1"},
            "two ways for the same calls",
        ),
    ],
)
def test_a_mistake_is_said_in_one_sentence(changes: dict[str, object], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        load_settings(**PBX | changes)


def test_they_become_options_that_the_switch_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings(**PBX, twilio_auth_token="token")
    part = parts.switch(settings, 1, 1.0)
    assert "secret" not in " ".join(part.command)
    for name in ("SWITCH_AUTH_TOKEN", "SWITCH_ASTERISK_PASSWORD"):
        monkeypatch.setenv(name, part.environment[name])
    config = parse_arguments(list(part.command[3:])).to_asterisk
    assert config is not None
    assert (config.url, config.user, config.app) == ("https://pbx.example:8089", *2 * ["hotline"])
    assert config.endpoint_for("+15550100201") == "PJSIP/+15550100201@trunk"
    assert config.password == "secret 1"


def test_no_other_part_is_given_the_password() -> None:
    environment = parts.environment(load_settings(**PBX, twilio_auth_token="token"))
    assert "secret 1" not in environment.values()
    assert environment["HOTLINE_ASTERISK_URL"] == "https://pbx.example:8089"


def test_its_callers_are_real() -> None:
    assert for_real_callers(load_settings(**PBX))
    assert load_settings(**PBX).needs_own_switch

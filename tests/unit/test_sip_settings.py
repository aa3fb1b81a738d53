"""The settings of own lines: one sentence for each mistake."""

import pytest

from hotline.settings import SettingsError, load_settings
from hotline.supervise import parts

LISTEN = {"sip_listen": "192.0.2.10:5060"}
TRUNK = {"sip_trunk": "sip:hotline@192.0.2.1"}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (LISTEN, "HOTLINE_SIP_LISTEN needs HOTLINE_SIP_TRUNK or HOTLINE_SIP_ALLOW"),
        (TRUNK, "need HOTLINE_SIP_LISTEN"),
        ({**LISTEN, "sip_allow": ["192.0.2.1"], "sip_register": True}, "HOTLINE_SIP_REGISTER and"),
        ({**TRUNK, "sip_listen": "5060"}, "HOTLINE_SIP_LISTEN: .* an IPv4 address and a port"),
        ({**TRUNK, "sip_listen": "host.example:5060"}, "HOTLINE_SIP_LISTEN: .*an IPv4 address"),
        ({**TRUNK, "sip_listen": "192.0.2.10:99999"}, "HOTLINE_SIP_LISTEN: .*an IPv4 address"),
        ({**LISTEN, "sip_trunk": "hotline@trunk"}, "HOTLINE_SIP_TRUNK: .*must be sip:USER@HOST"),
        ({**LISTEN, **TRUNK, "sip_allow": ["trunk"]}, "HOTLINE_SIP_ALLOW: .*addresses or networks"),
        ({**LISTEN, **TRUNK, "sip_public": "192.0.2.0/28"}, "HOTLINE_SIP_PUBLIC: .*IPv4 address"),
        ({**LISTEN, **TRUNK, "sip_rtp_ports": "9-8"}, "HOTLINE_SIP_RTP_PORTS: .*first-last"),
    ],
)
def test_a_mistake_is_said_in_one_sentence(changes: dict[str, object], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        load_settings(**changes)


def test_they_become_the_options_of_the_switch_without_the_password() -> None:
    allow = {"sip_allow": "192.0.2.0/28, 198.51.100.7", "sip_register": True}
    allow |= {"sip_proxy": "192.0.2.2:5062"}
    more: dict[str, object] = {
        "sip_public": "198.51.100.1",
        "sip_password": "secret 1",
        "twilio_auth_token": "token",
    }
    part = parts.switch(load_settings(**LISTEN, **TRUNK, **allow, **more), 1, 1.0)
    words = " ".join(part.command)
    assert "--sip-listen 192.0.2.10:5060 --sip-rtp-ports 16384-16783" in words
    assert "--sip-allowed - --sip-srtp answered" in words
    assert "--sip-trunk sip:hotline@192.0.2.1 --sip-proxy 192.0.2.2:5062" in words
    assert "--sip-public 198.51.100.1 --sip-register" in words
    assert words.endswith("--sip-allow 192.0.2.0/28 --sip-allow 198.51.100.7")
    assert "secret" not in words
    assert "secret 1" not in parts.environment(load_settings(**LISTEN, **TRUNK, **more)).values()
    assert part.environment["SWITCH_SIP_PASSWORD"] == "secret 1"


def test_without_lines_the_switch_has_no_option_of_them() -> None:
    part = parts.switch(load_settings(twilio_auth_token="token"), 1, 1.0)
    assert not any("--sip" in word for word in part.command)
    assert "SWITCH_SIP_PASSWORD" not in part.environment

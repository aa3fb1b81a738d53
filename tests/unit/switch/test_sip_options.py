"""The SIP part of the command line."""

import json
from pathlib import Path

import pytest

from switch.__main__ import parse_arguments

LISTEN = ["--sip-listen", "192.0.2.10:5060"]
TRUNK = ["--sip-trunk", "sip:hotline@127.0.0.1"]


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCH_AUTH_TOKEN", "x")
    monkeypatch.setenv("SWITCH_SIP_PASSWORD", "secret 1")


def test_without_lines() -> None:
    assert parse_arguments([]).sip is None


def test_a_trunk(tmp_path: Path) -> None:
    allowed = tmp_path / "allowed"
    allowed.write_text("+15550100201\n")
    more = ["--sip-register", "--sip-allow", "192.0.2.0/28", "--sip-public", "198.51.100.7"]
    options = parse_arguments([*LISTEN, *TRUNK, *more, "--sip-allowed", str(allowed)])
    config = options.sip
    assert (config.host, config.port, config.address) == ("192.0.2.10", 5060, "198.51.100.7")
    assert (config.trunk_user, config.trunk_host, config.trunk_port) == (
        "hotline",
        "127.0.0.1",
        5060,
    )
    assert config.allowed == ("192.0.2.0/28", "127.0.0.1")
    assert config.register
    assert config.password == "secret 1"
    assert "secret" not in repr(config)
    assert "+15550100201" in options.sip_allowed
    assert type(config).read(json.loads(json.dumps(config.message()))) == config


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (LISTEN, "say with --sip-trunk or --sip-allow whose calls are taken"),
        (TRUNK, "give --sip-listen HOST:PORT too"),
        ([*LISTEN, *TRUNK, "--speed", "2"], "leave out --speed"),
        ([*LISTEN, "--sip-register"], "--sip-register needs --sip-trunk"),
        ([*LISTEN, "--sip-proxy", "127.0.0.1:5062"], "--sip-proxy needs --sip-trunk"),
        ([*LISTEN, *TRUNK, "--sip-proxy", "proxy:5062"], "must be an IPv4 address"),
        (["--sip-listen", "5060"], "must be an IPv4 address"),
        (["--sip-listen", "192.0.2.10:x"], "must be HOST:PORT"),
        (["--sip-listen", "name.example:5060"], "must be an IPv4 address"),
        (["--sip-trunk", "hotline@trunk"], "must be sip:USER@HOST"),
        (["--sip-trunk", "sip:hotline@trunk:99999"], "must be sip:USER@HOST"),
        (["--sip-allow", "trunk"], "must be an IPv4 address or a network"),
        (["--sip-public", "192.0.2.0/24"], "must be an IPv4 address"),
        (["--sip-rtp-ports", "20000"], "must be FIRST-LAST"),
        (["--sip-rtp-ports", "20000-10000"], "must be FIRST-LAST"),
        (["--sip-silence", "0"], "must be between 1 and 86400"),
        (["--sip-allowed", "/nowhere"], "cannot be read"),
    ],
)
def test_wrong_use(arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as error:
        parse_arguments(arguments)
    assert error.value.code == 2
    assert sentence in capsys.readouterr().err


def test_a_proxy_before_the_trunk_is_the_one_that_calls_are_taken_from() -> None:
    trunk = ["--sip-trunk", "sip:hotline@trunk.invalid"]  # a name without an address
    config = parse_arguments([*LISTEN, *trunk, "--sip-proxy", "127.0.0.9:5062"]).sip
    assert config.way_out == ("127.0.0.9", 5062)
    assert config.allowed == ("127.0.0.9",)
    assert config.trunk_host == "trunk.invalid"
    direct = parse_arguments([*LISTEN, *TRUNK]).sip
    assert direct.way_out == ("127.0.0.1", 5060)

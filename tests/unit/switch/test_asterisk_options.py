"""The options about an Asterisk: one sentence for each mistake."""

import pytest

from switch.__main__ import parse_arguments

GOOD = ("--asterisk", "https://pbx.example:8089/")


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCH_AUTH_TOKEN", "12345")
    monkeypatch.setenv("SWITCH_ASTERISK_PASSWORD", "secret 1")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--asterisk", "pbx.example"), "must be http(s)://HOST:PORT"),
        (("--asterisk", "https://hotline:secret@pbx.example"), "must be http(s)://HOST:PORT"),
        ((*GOOD, "--asterisk-endpoint", "PJSIP/trunk"), "must have {number} or {digits} once"),
        ((*GOOD, "--asterisk-endpoint", "PJSIP/{number}@a&PJSIP/b"), "must have {number}"),
        ((*GOOD, "--asterisk-app", "a b"), "must be letters"),
        ((*GOOD, "--speed", "2"), "leave out --speed"),
        ((*GOOD, "--asterisk-allowed", "nowhere"), "cannot be read"),
        (("--asterisk-endpoint", "PJSIP/{number}@trunk"), "give --asterisk URL too"),
        ((*GOOD, "--sip-listen", "192.0.2.10:5060", "--sip-allow", "192.0.2.1"), "or --asterisk"),
    ],
)
def test_a_mistake_is_one_sentence(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse_arguments(list(arguments))
    assert said in capsys.readouterr().err


def test_a_password_is_needed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SWITCH_ASTERISK_PASSWORD")
    with pytest.raises(SystemExit):
        parse_arguments(list(GOOD))
    assert "set SWITCH_ASTERISK_PASSWORD" in capsys.readouterr().err


def test_they_are_read_and_the_password_is_not_shown() -> None:
    options = parse_arguments([*GOOD, "--asterisk-endpoint", "PJSIP/{digits}@trunk"])
    config = options.to_asterisk
    assert config.url == "https://pbx.example:8089"
    assert config.endpoint_for("+15550100201") == "PJSIP/15550100201@trunk"
    assert config.password == "secret 1"
    assert "secret" not in repr(config)
    assert parse_arguments([]).to_asterisk is None

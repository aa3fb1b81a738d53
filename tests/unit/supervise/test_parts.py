"""Settings become commands and environments."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from hotline.carrier.own_switch import TOKEN_FILE
from hotline.memory import LARGE_PAGES
from hotline.settings import load_settings
from hotline.supervise import parts


def test_the_environment_gives_the_same_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = parts.settled(
        load_settings(
            data_dir=tmp_path,
            languages=["es", "en"],
            twilio_auth_token=SecretStr("one,two"),
            console_secure_cookies=False,
            wait_cap_s=60,
        )
    )
    monkeypatch.chdir(tmp_path)
    for name, value in parts.environment(given).items():
        monkeypatch.setenv(name, value)
    assert load_settings() == given


def test_models_lie_in_large_pages_unless_somebody_knows_better(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GLIBC_TUNABLES", raising=False)
    settings = parts.settled(load_settings(data_dir=tmp_path, worker_sets="en,es;ar"))
    with_models = [*parts.workers(settings), parts.media(settings)]
    assert len(with_models) == 3
    for part in with_models:
        assert part.environment.items() > LARGE_PAGES.items()
    assert "GLIBC_TUNABLES" not in parts.dispatcher(settings).environment
    monkeypatch.setenv("GLIBC_TUNABLES", "glibc.malloc.arena_max=2")
    assert parts.media(settings).environment["GLIBC_TUNABLES"] == "glibc.malloc.arena_max=2"


def test_a_token_is_made_once_and_only_for_our_own_switch(tmp_path: Path) -> None:
    first = parts.settled(load_settings(data_dir=tmp_path))
    assert first.auth_tokens == parts.settled(load_settings(data_dir=tmp_path)).auth_tokens
    assert len(first.auth_tokens[0]) == 32
    assert (tmp_path / TOKEN_FILE).stat().st_mode & 0o777 == 0o600
    outside = load_settings(data_dir=tmp_path, twilio_api_url="http://127.0.0.1:1")
    assert parts.settled(outside).auth_tokens == ()


@pytest.mark.parametrize(
    ("changes", "own"),
    [
        ({}, True),
        ({"twilio_api_url": "http://127.0.0.1:1"}, False),
        ({"twilio_account_sid": "AC" + "1" * 32}, False),
    ],
)
def test_our_own_switch_runs_only_without_an_outside_carrier(
    changes: dict[str, str], own: bool
) -> None:
    assert load_settings(**changes).needs_own_switch is own


def test_relative_databases_become_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settled = parts.settled(load_settings(database_url="sqlite:///here.sqlite"))
    assert settled.database == f"sqlite:///{tmp_path / 'here.sqlite'}"
    server = "postgresql://user:secret@127.0.0.1/name"
    assert parts.settled(load_settings(database_url=server)).database == server


def test_no_secret_stands_in_a_command(tmp_path: Path) -> None:
    settings = parts.settled(load_settings(data_dir=tmp_path))
    commands = [
        parts.switch(settings, 1, 1.0),
        *parts.workers(settings),
        parts.dispatcher(settings),
    ]
    assert not any(settings.auth_tokens[0] in word for p in commands for word in p.command)

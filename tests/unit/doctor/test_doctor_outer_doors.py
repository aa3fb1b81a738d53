"""What doctor finds of the web door, the text door and the first language."""

from pathlib import Path

import pytest

from door.app import create_app
from hotline.context import Runtime
from hotline.doctor.finding import Finding, Level
from hotline.doctor.first_language import first_language
from hotline.doctor.outer_doors import text_door, web_door
from ivr.names import HEARD_BY_CALLERS
from tests.support.door import served
from tests.unit.doctor.conftest import CARRIER, MakeSettings

REAL = {**CARRIER, "twilio_auth_token": "x", "public_url": "https://line.example"}


def levels(found: list[Finding]) -> list[str]:
    return [finding.level.value for finding in found]


def test_doors_that_are_not_there_are_fine(make_settings: MakeSettings) -> None:
    assert levels(list(web_door(make_settings()))) == ["ok"]
    assert levels(list(text_door(make_settings()))) == ["ok"]


def test_a_door_that_answers_is_fine(make_settings: MakeSettings, runtime: Runtime) -> None:
    with served(create_app(runtime)) as address:
        found = list(web_door(make_settings(door_url=address)))
    assert levels(found) == ["ok"]
    assert address in found[0].says


def test_a_door_that_does_not_answer_is_told(make_settings: MakeSettings) -> None:
    found = list(web_door(make_settings(door_url="http://127.0.0.1:1")))
    assert found[-1].level is Level.BAD
    assert "does not answer" in found[-1].says


@pytest.mark.parametrize(
    ("address", "level", "says"),
    [
        ("http://127.0.0.1:1", "bad", "Nobody outside"),
        ("http://tell.invalid", "bad", "not encrypted"),
        ("http://tell.onion", "ok", "written at"),
        ("https://tell.invalid/door", "bad", "path"),
        ("https://line.example", "warn", "host name of the console"),
    ],
)
def test_addresses_that_are_not_right(
    make_settings: MakeSettings,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    level: str,
    says: str,
) -> None:
    monkeypatch.setattr("hotline.doctor.outer_doors._answers", lambda address: True)
    (found,) = web_door(make_settings(**REAL, door_url=address))
    assert (found.level.value, says in found.says) == (level, True)


def test_texts_are_told_apart_from_the_promise(make_settings: MakeSettings) -> None:
    own = {**REAL, "text_door": True}
    assert levels(list(text_door(make_settings(**own, promise="confidential")))) == ["ok"]
    promised = list(text_door(make_settings(**own, promise="anonymous")))
    assert levels(promised) == ["ok", "warn"]
    assert "anonymous" in promised[1].says
    told = list(text_door(make_settings(**own, promise="confidential", text_replies="content")))
    assert levels(told) == ["ok", "warn"]


def test_texts_without_encryption_or_deletion_are_bad(make_settings: MakeSettings) -> None:
    own = {**REAL, "text_door": True, "promise": "confidential"}
    (plain,) = text_door(make_settings(**own | {"public_url": "http://line.example"}))
    assert plain.level is Level.BAD
    (kept,) = text_door(make_settings(**own, carrier="telnyx"))
    assert (kept.level, "Telnyx" in kept.says) == (Level.BAD, True)


def test_the_first_language_needs_a_voice_and_a_model(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    assert levels(list(first_language(make_settings()))) == ["ok"]
    silent = make_settings(languages="so,en")
    assert levels(list(first_language(silent))) == ["warn", "warn"]
    assert levels(list(first_language(make_settings(**REAL, languages="so,en")))) == ["bad", "warn"]
    folder = silent.recordings_folder / "so"
    folder.mkdir(parents=True)
    for prompt in HEARD_BY_CALLERS:
        (folder / f"{prompt}.wav").touch()
    (left,) = first_language(silent)
    assert "Nothing reads" in left.says

"""Models, voices, and what the carrier is told to reach."""

import base64
import shutil
from pathlib import Path

import pytest

from hotline.doctor import edge, speech
from hotline.doctor.finding import Level
from hotline.languages import DIRECTORY
from ivr import voice_check
from tests.unit.doctor.conftest import CARRIER, MakeSettings
from tests.unit.doctor.test_doctor_machine import one
from transcription.catalogue import BUNDLED

ENGLISH = (DIRECTORY / "en.toml").read_text(encoding="utf-8")
REDACTION = ENGLISH[ENGLISH.index("[redaction]") :]
TINY, SMALL = "vosk-model-tiny-en", "vosk-model-small-en-us-0.15"


def test_a_test_model_is_said_loudly(make_settings: MakeSettings) -> None:
    trial = one(speech.models(make_settings()))
    assert (trial.level, trial.mend) == (Level.WARN, "hotline models install en")
    assert "not for real callers" in trial.says
    assert one(speech.models(make_settings(**CARRIER))).level is Level.BAD


def test_an_installed_model_is_loaded(make_settings: MakeSettings, tmp_path: Path) -> None:
    shutil.copytree(BUNDLED / TINY, tmp_path / "models" / SMALL)
    found = one(speech.models(make_settings(**CARRIER)))
    assert (found.level, found.says) == (Level.OK, f"The model for English, {SMALL}, loads.")
    (tmp_path / "models" / SMALL / "am" / "final.mdl").write_bytes(b"broken")
    broken = one(speech.models(make_settings()))
    assert broken.level is Level.BAD
    assert broken.mend.startswith(f"hotline models remove {SMALL}; hotline models install en")


def test_a_large_model_is_not_loaded_beside_a_working_one(
    make_settings: MakeSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speech, "LOADED_BYTES", 100)
    (tmp_path / "models" / SMALL / "am").mkdir(parents=True)
    (tmp_path / "models" / SMALL / "am" / "final.mdl").write_bytes(bytes(101))
    assert "hotline models verify" in one(speech.models(make_settings())).says


def test_voices(make_settings: MakeSettings) -> None:
    found = list(voice_check.voices(make_settings(languages="en,es,ar")))
    assert [finding.level for finding in found] == [Level.OK] * 3


@pytest.mark.parametrize(
    ("voice", "level"),
    [
        ('espeak = "en-us"', Level.OK),
        ('espeak = "zzzz"', Level.BAD),
        ("speed = 100", Level.BAD),
        ('espeak = "en-us"\npiper = "/no/such.onnx"', Level.WARN),
    ],
)
def test_a_voice_that_is_not_there(
    make_settings: MakeSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    voice: str,
    level: Level,
) -> None:
    (tmp_path / "xx.toml").write_text(
        f'name = "X"\nenglish_name = "X"\nprompts = {{}}\ntriage = {{}}\n'
        f'[voice]\n{voice}\n[transcription]\nmodel = "x"\n{REDACTION}'
    )
    load = speech.load_languages
    for module in (speech, voice_check):
        monkeypatch.setattr(module, "load_languages", lambda codes: load(codes, tmp_path))
    settings = make_settings(languages="xx")
    assert one(voice_check.voices(settings)).level is level
    assert one(speech.languages(settings)).level is Level.OK
    missing = one(speech.models(settings))
    assert (missing.level, "none is published" in missing.says) == (Level.BAD, True)


def test_a_language_that_does_not_say_what_to_mask(
    make_settings: MakeSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "en.toml").write_text(ENGLISH.replace("[redaction.name]", "[redaction.nam]"))
    load = speech.load_languages
    monkeypatch.setattr(speech, "load_languages", lambda codes: load(codes, tmp_path))
    found = one(speech.languages(make_settings(languages="en")))
    assert (found.level, found.says) == (
        Level.BAD,
        "en.toml: [redaction] lacks 'name'; see en.toml.",
    )


def test_a_language_without_a_file(make_settings: MakeSettings) -> None:
    found = one(speech.languages(make_settings(languages="en,zz")))
    assert (found.level, "zz.toml" in found.says) == (Level.BAD, True)


@pytest.mark.parametrize(
    ("url", "trial", "real"),
    [
        ("http://127.0.0.1:8080", Level.OK, Level.BAD),
        ("http://hotline.example", Level.BAD, Level.BAD),
        ("https://hotline.example", Level.OK, Level.OK),
        ("https://hotline.example/line", Level.BAD, Level.BAD),
    ],
)
def test_the_public_url(make_settings: MakeSettings, url: str, trial: Level, real: Level) -> None:
    assert one(edge.public_url(make_settings(public_url=url))).level is trial
    assert one(edge.public_url(make_settings(public_url=url, **CARRIER))).level is real


def test_the_carriers_secret(make_settings: MakeSettings) -> None:
    assert one(edge.carrier(make_settings())).level is Level.OK
    assert one(edge.carrier(make_settings(**CARRIER))).level is Level.BAD
    told = make_settings(**CARRIER, twilio_auth_token="0123456789abcdef0123456789abcdef")
    assert one(edge.carrier(told)).level is Level.OK


def test_streams(make_settings: MakeSettings) -> None:
    assert one(edge.streams(make_settings(record="stream"))).level is Level.OK
    assert one(edge.streams(make_settings(record="verb"))).level is Level.OK
    far = make_settings(record="stream", public_url="http://hotline.example")
    assert one(edge.streams(far)).level is Level.WARN


TELNYX = {
    "carrier": "telnyx",
    "twilio_account_sid": "an-account",
    "twilio_auth_token": "its-key",
    "carrier_key": base64.b64encode(bytes(32)).decode(),
    "carrier_application": "17",
    "public_url": "https://hotline.example",
}


def test_a_carrier_with_less(make_settings: MakeSettings) -> None:
    settings = make_settings(**TELNYX)
    secret, keeps = edge.carrier(settings)
    assert (secret.level, keeps.level) == (Level.OK, Level.WARN)
    assert keeps.says == "Telnyx keeps its records of calls, with callers' numbers."
    streams = one(edge.streams(settings))
    assert streams.level is Level.OK
    assert streams.says == "No streams of Telnyx are taken: callers are recorded there."


def test_settings_that_do_not_fit_the_carrier(make_settings: MakeSettings) -> None:
    found = list(edge.carrier(make_settings(**TELNYX | {"carrier_key": "rubbish"})))
    assert found[0].level is Level.BAD
    assert found[0].says.startswith("HOTLINE_CARRIER_KEY is no Ed25519 public key")


def test_another_carrier_cannot_reach_this_machine(make_settings: MakeSettings) -> None:
    here = {
        **TELNYX,
        "twilio_api_url": "https://api.telnyx.example",
        "public_url": "http://127.0.0.1:8080",
    }
    assert one(edge.public_url(make_settings(**here))).level is Level.BAD

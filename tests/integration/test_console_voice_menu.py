"""The voice menu in the console: prompts, their sound, and recordings that callers hear at once."""

import io
from dataclasses import replace

import numpy as np
import pytest
import soundfile
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from console.blueprint import create_blueprint
from console.voice_menu.recording import WRONG
from hotline.app import create_app
from hotline.audit import AuditEntry
from hotline.context import Runtime
from hotline.people.model import Role
from ivr import recordings
from ivr.loudness import from_wav
from ivr.names import required
from ivr.prompts import open_catalogue
from ivr.recordings import Wrong
from ivr.views import create_blueprint as voice_blueprint
from tests.support.console import World, add_person, browser_of, send, sign_in, tone

DANGER = "/voice-menu/en/danger"


@pytest.fixture
def admin(world: World) -> FlaskClient:
    return browser_of(world, Role.ADMINISTRATOR)


def upload(client: FlaskClient, data: bytes, path: str = DANGER) -> TestResponse:
    answer = client.post(
        f"{path}/recording",
        data={"sound": (io.BytesIO(data), "danger.wav")},
        headers={"Sec-Fetch-Site": "same-origin"},
        content_type="multipart/form-data",
    )
    answer.request.environ["wsgi.input"].close()  # a file of the client's, when it is large
    return answer


def audited(world: World) -> list[tuple[str, str]]:
    with world.database.transaction() as session:
        query = session.query(AuditEntry).filter(AuditEntry.action.like("prompt.%"))
        return [(entry.action, entry.subject) for entry in query.order_by(AuditEntry.seq)]


def both(runtime: Runtime) -> Flask:
    """The application with console and voice menu."""
    return create_app(runtime, [voice_blueprint(runtime), create_blueprint(runtime)])


def test_every_prompt_is_shown_in_every_language(world: World, client: FlaskClient) -> None:
    for code, language in world.runtime.languages.items():
        page = client.get(f"/voice-menu?language={code}").text
        for name in required(tuple(world.runtime.languages)):
            assert f'href="/voice-menu/{code}/{name}"' in page
        count = len(language.prompts)
        assert f"{language.english_name} has {count} prompts: 0 recorded by a person" in page
        assert "Nothing is missing." in page


def test_there_is_no_other_language(client: FlaskClient) -> None:
    for path in ("?language=de", "/de/danger", "/en/no_such", "/en/hold", "/en/no_such/sound"):
        assert client.get(f"/voice-menu{path}").status_code == 404


def test_a_prompt_sounds_as_it_does_on_the_telephone(client: FlaskClient) -> None:
    answer = client.get(f"{DANGER}/sound")
    sound = soundfile.info(io.BytesIO(answer.data))
    assert (answer.mimetype, sound.samplerate, sound.channels) == ("audio/wav", 8000, 1)
    part = client.get(f"{DANGER}/sound", headers={"Range": "bytes=0-99"})
    assert (part.status_code, len(part.data)) == (206, 100)
    assert client.get("/voice-menu/en/hold/sound").status_code == 200


def test_what_only_one_language_has_is_missing_in_the_others(world: World) -> None:
    english = world.runtime.languages["en"]
    prompts = {**english.prompts, "new_one": "Something new."}
    languages = {**world.runtime.languages, "en": replace(english, prompts=prompts)}
    runtime = replace(world.runtime, languages=languages)
    add_person(world)
    client = create_app(runtime, [create_blueprint(runtime)]).test_client()
    sign_in(client)
    page = client.get("/voice-menu?language=ar").text
    assert "1 prompt is missing." in page
    assert "Arabic has no prompt new_one." in page
    assert "Missing in this language." in page
    assert client.get("/voice-menu/ar/new_one").status_code == 404


def test_a_menu_that_cannot_be_spoken_says_why(world: World) -> None:
    english = world.runtime.languages["en"]
    prompts = {name: text for name, text in english.prompts.items() if name != "danger"}
    languages = {**world.runtime.languages, "en": replace(english, prompts=prompts)}
    runtime = replace(world.runtime, languages=languages)
    add_person(world)
    client = create_app(runtime, [create_blueprint(runtime)]).test_client()
    sign_in(client)
    assert "en.toml lacks the prompts danger" in client.get("/voice-menu").text


def test_a_caller_hears_an_uploaded_recording_at_once(world: World) -> None:
    add_person(world, "ada", Role.ADMINISTRATOR)
    app = both(world.runtime)
    client = app.test_client()
    sign_in(client, "ada")
    catalogue = open_catalogue(world.runtime.settings, world.runtime.languages)
    before = catalogue.url_path("en", "danger")
    spoken = client.get(before).data
    assert upload(client, tone(1.0)).status_code == 303
    after = catalogue.url_path("en", "danger")
    answer = client.get(after)
    assert "immutable" in answer.headers["Cache-Control"]
    samples, rate = from_wav(answer.data)
    assert (rate, len(samples) / rate) == (8000, pytest.approx(1.25, abs=0.15))
    assert client.get(before).data == answer.data  # a call that goes on with the name of before
    assert client.get(f"{DANGER}/sound").data == answer.data
    assert "A person speaks this prompt." in client.get(DANGER).text
    assert "1 recorded by a person" in client.get("/voice-menu").text
    assert send(client, f"{DANGER}/recording/remove").status_code == 303
    assert client.get(catalogue.url_path("en", "danger")).data == spoken
    assert audited(world) == [
        ("prompt.recorded", "prompt:en/danger"),
        ("prompt.removed", "prompt:en/danger"),
    ]


def test_nothing_is_removed_twice(world: World, admin: FlaskClient) -> None:
    assert send(admin, f"{DANGER}/recording/remove").status_code == 303
    assert audited(world) == []


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (b"%PDF-1.7", Wrong.NOT_AUDIO),
        (tone(31.0), Wrong.TOO_LONG),
        (b"RIFF" + b"\x00" * (recordings.MAX_BYTES + 1), Wrong.TOO_LARGE),
        (b"RIFF" + b"\x00" * (recordings.MAX_BYTES + 200_000), Wrong.TOO_LARGE),
    ],
    ids=["pdf", "long", "large", "too_large_for_the_request"],
)
def test_what_cannot_be_a_prompt_is_said_beside_the_field(
    world: World, admin: FlaskClient, data: bytes, wrong: Wrong
) -> None:
    answer = upload(admin, data)
    assert answer.status_code == 422
    assert WRONG[wrong] in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert audited(world) == []
    assert not world.runtime.settings.recordings_folder.exists()


def test_no_file_is_asked_for(admin: FlaskClient) -> None:
    assert "Choose a file first." in send(admin, f"{DANGER}/recording").text


def test_a_silent_one_is_refused(admin: FlaskClient) -> None:
    silence = io.BytesIO()
    soundfile.write(silence, np.zeros(16_000), 16_000, format="WAV")
    assert WRONG[Wrong.SILENT] in upload(admin, silence.getvalue()).text


@pytest.mark.parametrize(
    "path", ["/voice-menu/en/hold", "/voice-menu/en/no_such", "/voice-menu/de/x"]
)
def test_only_prompts_that_are_spoken_are_recorded(admin: FlaskClient, path: str) -> None:
    assert upload(admin, tone(1.0), path).status_code == 404


def test_who_may_not_change_the_menu_is_not_asked_to(client: FlaskClient) -> None:
    page = client.get(DANGER).text
    assert 'type="file"' not in page
    assert upload(client, tone(1.0)).status_code == 403


def test_other_pages_take_no_large_request(admin: FlaskClient) -> None:
    answer = admin.post(
        "/account",
        data={"sound": (io.BytesIO(b"x" * 200_000), "x")},
        headers={"Sec-Fetch-Site": "same-origin"},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 413

"""The reviewer's page: a prompt is approved, or to be changed; a new sound is not reviewed."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from console.blueprint import create_blueprint
from hotline import prompt_reviews
from hotline.app import create_app
from hotline.audit import AuditEntry
from hotline.context import Runtime
from hotline.languages import load_languages
from hotline.people.model import Role
from hotline.prompt_reviews import Verdict
from ivr import recordings
from ivr.names import HEARD_BY_CALLERS
from ivr.prompts import open_catalogue
from tests.support.console import World, add_person, browser_of, send, sign_in, tone

PAGE = "/voice-menu/es/review"
DANGER = "/voice-menu/es/danger/review"


@pytest.fixture
def reviewer(world: World) -> FlaskClient:
    return browser_of(world, Role.SUPERVISOR)


def approve_all(world: World, code: str, runtime: Runtime | None = None) -> None:
    known = runtime or world.runtime
    catalogue = open_catalogue(known.settings, known.languages)
    with world.database.transaction() as session:
        for name in HEARD_BY_CALLERS:
            sound = catalogue.url_path(code, name)
            prompt_reviews.put(
                session, code, name, sound, Verdict.APPROVED, add_once(world), world.now
            )


def add_once(world: World) -> str:
    if not hasattr(world, "native"):
        world.native = add_person(world, "native", Role.SUPERVISOR).id  # type: ignore[attr-defined]
    return str(world.native)  # type: ignore[attr-defined]


def test_every_prompt_that_callers_hear_is_there_with_what_it_is_to_say(
    world: World, reviewer: FlaskClient
) -> None:
    page = reviewer.get(PAGE).text
    english = world.runtime.languages["en"].prompts
    for name in HEARD_BY_CALLERS:
        assert f'id="say-{name}"' in page
    assert english["goodbye"] in page
    assert world.runtime.languages["es"].prompts["goodbye"] in page
    assert 'id="say-screening_intro"' not in page
    assert f"{len(HEARD_BY_CALLERS)} prompts in Spanish are not approved yet." in page
    assert reviewer.get("/voice-menu/de/review").status_code == 404


def test_a_verdict_is_kept_with_who_and_when_and_is_audited(
    world: World, reviewer: FlaskClient
) -> None:
    answer = send(reviewer, DANGER, {"verdict": "approved"})
    assert (answer.status_code, answer.location) == (303, f"{PAGE}#say-danger")
    assert "Approved by " in reviewer.get(PAGE).text
    assert (
        send(reviewer, DANGER, {"verdict": "change", "note": " Say “ahora” first. "}).status_code
        == 303
    )
    page = reviewer.get(PAGE).text
    assert "asked for a change, " in page
    assert "Say “ahora” first." in page
    assert f"{len(HEARD_BY_CALLERS)} prompts" in page
    with world.database.transaction() as session:
        query = session.query(AuditEntry).filter(AuditEntry.action.like("prompt.%"))
        said = [(e.action, e.subject, e.detail) for e in query.order_by(AuditEntry.seq)]
    assert [(action, subject) for action, subject, _ in said] == [
        ("prompt.approved", "prompt:es/danger"),
        ("prompt.change_asked", "prompt:es/danger"),
    ]
    assert "ahora" not in str(said)


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"verdict": "change", "note": " "}, "Say what is to be changed."),
        ({"verdict": "change", "note": "x" * 501}, "at most 500 letters"),
        ({"verdict": "perhaps"}, ""),
        ({}, ""),
    ],
)
def test_a_verdict_that_says_nothing_is_refused(
    world: World, reviewer: FlaskClient, form: dict[str, str], why: str
) -> None:
    answer = send(reviewer, DANGER, form)
    assert answer.status_code == 422
    assert why in answer.text
    with world.database.transaction() as session:
        assert prompt_reviews.standing(session, "es") == {}


def test_a_new_sound_is_not_reviewed(world: World, reviewer: FlaskClient) -> None:
    send(reviewer, DANGER, {"verdict": "approved"})
    recordings.put(world.runtime.settings.recordings_folder, "es", "danger", tone(1.0))
    page = reviewer.get(PAGE).text
    assert "It has changed since " in page
    assert f"{len(HEARD_BY_CALLERS)} prompts in Spanish are not approved yet." in page
    recordings.remove(world.runtime.settings.recordings_folder, "es", "danger")
    assert "Approved by " in reviewer.get(PAGE).text


def test_a_language_is_reviewed_when_all_its_prompts_are(
    world: World, reviewer: FlaskClient
) -> None:
    assert "Not yet reviewed by a native speaker." in reviewer.get("/voice-menu?language=es").text
    approve_all(world, "es")
    page = reviewer.get("/voice-menu?language=es").text
    assert "Not yet reviewed" not in page
    assert "Every prompt that callers hear has been approved." in page
    assert "Every prompt that callers hear in Spanish is approved." in reviewer.get(PAGE).text
    assert "Not yet reviewed by a native speaker." in reviewer.get("/voice-menu?language=ar").text


def test_a_changed_text_is_not_reviewed(world: World) -> None:
    approve_all(world, "es")
    spanish = world.runtime.languages["es"]
    changed = replace(spanish, prompts={**spanish.prompts, "goodbye": "Adiós."})
    runtime = replace(world.runtime, languages={**world.runtime.languages, "es": changed})
    add_person(world)
    client = create_app(runtime, [create_blueprint(runtime)]).test_client()
    sign_in(client)
    assert "1 prompt in Spanish is not approved yet." in client.get(PAGE).text


def test_who_may_not_review_sees_no_buttons(world: World) -> None:
    for role, status in ((Role.COUNSELOR, 403), (Role.AUDITOR, 403)):
        client = browser_of(world, role)
        assert client.get(PAGE).status_code == status
        assert send(client, DANGER, {"verdict": "approved"}).status_code == status
    with world.database.transaction() as session:
        assert prompt_reviews.standing(session, "es") == {}


def test_a_language_without_voice_asks_for_recordings(world: World) -> None:
    languages = load_languages(["en", "so"])
    runtime = replace(world.runtime, languages=languages)
    add_person(world)
    client = create_app(runtime, [create_blueprint(runtime)]).test_client()
    sign_in(client)
    page = client.get("/voice-menu?language=so").text
    count = len(HEARD_BY_CALLERS)
    assert (
        f"Callers cannot choose it until {count} more prompts that they hear are recorded." in page
    )
    assert "Nothing reads it: people listen to its messages." in page
    assert "needs a recording" in page
    assert 'href="/voice-menu/so/danger/sound"' not in page
    assert client.get("/voice-menu/so/danger/sound").status_code == 503
    recordings.put(runtime.settings.recordings_folder, "so", "danger", tone(1.0))
    page = client.get("/voice-menu?language=so").text
    assert f"until {count - 1} more prompts" in page
    assert 'href="/voice-menu/so/danger/sound"' in page

"""Nothing enters unsigned: every route of the voice menu, those of tomorrow included."""

from collections.abc import Callable

import pytest
from flask import Blueprint, Response
from flask.testing import FlaskClient
from sqlalchemy import func, select

from hotline.app import create_app
from hotline.context import Runtime
from hotline.reports.model import Call
from ivr.guard import SOUNDS, guard
from ivr.views import create_blueprint
from tests.unit.ivr.leg import Leg


def rules(runtime: Runtime) -> list[tuple[str, str]]:
    app = create_app(runtime, [create_blueprint(runtime)])
    return [
        (rule.endpoint, rule.rule.replace("<token>", "t").replace("<language>", "en"))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("ivr.")
    ]


def test_every_route_refuses_what_is_not_signed(client: FlaskClient, runtime: Runtime) -> None:
    guarded = [path for endpoint, path in rules(runtime) if endpoint not in SOUNDS]
    assert len(guarded) >= 13
    for path in guarded:
        for signature in ({}, {"X-Twilio-Signature": "AAAA"}):
            response = client.post(path, data={"CallSid": "CA1"}, headers=signature)
            assert response.status_code == 403, path
            assert response.data == b"This is not allowed.\n"
    with runtime.database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Call)) == 0


def test_sounds_take_no_post(client: FlaskClient, runtime: Runtime) -> None:
    for endpoint, path in rules(runtime):
        if endpoint in SOUNDS:
            assert client.post(path.replace("<file>", "f")).status_code in (403, 405)


def test_a_signature_over_another_url_is_refused(leg: Callable[[], Leg]) -> None:
    caller = leg().arrive()
    response = caller.client.post(
        "/voice/step?at=language-1",
        data={"CallSid": caller.call_id, "CallStatus": "in-progress", "Digits": "1"},
        headers={"X-Twilio-Signature": caller.signatures[-1]},
    )
    assert response.status_code == 403
    assert caller.press("1").says[0] == "danger"


def test_a_new_route_is_refused_unless_it_is_signed(runtime: Runtime) -> None:
    blueprint = Blueprint("later", __name__)
    guard(blueprint, runtime)
    blueprint.add_url_rule("/voice/later", view_func=lambda: Response("in"), methods=["GET"])
    assert create_app(runtime, [blueprint]).test_client().get("/voice/later").status_code == 403


@pytest.mark.parametrize("token", ["", ","])
def test_without_a_secret_nobody_enters(
    make_runtime: Callable[..., Runtime], sqlite_url: str, token: str
) -> None:
    runtime = make_runtime(sqlite_url, twilio_auth_token=token)
    client = create_app(runtime, [create_blueprint(runtime)]).test_client()
    assert client.post("/voice", data={"CallSid": "CA1"}).status_code == 403

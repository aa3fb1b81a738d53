"""A fresh proof before grave acts: which acts ask, what is carried along, what is not enough."""

import html
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hotline.audit import AuditEntry
from hotline.people import sessions
from hotline.people.model import Account, Role
from hotline.people.permissions import Action
from tests.integration.test_console_matrix import rules_of
from tests.support.console import (
    PASSWORD,
    World,
    add_person,
    browser_of,
    leave_message,
    message_of,
    send,
    sign_in,
)
from tests.support.factors import give_app, second_step, token_of

# POSTs under these permissions change people or duty, give something away, or keep a caller from a
# person.
GRAVE = {
    *(Action.REVEAL, Action.DISCLOSE, Action.MANAGE_ROSTER, Action.MANAGE_PEOPLE),
    Action.BLOCK_CALLER,
}
# What is grave by itself, whatever the permission.
GRAVE_TOO = {
    *("download", "statistics_csv", "statistics_pdf", "do_export_audit"),
    *("do_passphrase", "do_share", "new_factor", "do_add_app", "do_add_passkey"),
    *("do_end_own_session", "do_end_other_sessions"),
    *("do_remove_app", "do_remove_passkey", "do_new_codes"),
}
# A test ring changes nothing.
NOT_GRAVE = {"do_ring", "do_ring_change"}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


def later(world: World) -> None:
    """So long that the proof of sign-in is old, and the session is still there."""
    world.pass_s(sessions.FRESH.total_seconds() + 1)


def carried(page: TestResponse) -> dict[str, str]:
    """The hidden fields of the form that asks."""
    form = page.text.split('action="/step-up"')[1].split("</form>")[0]
    return {html.unescape(name): html.unescape(value) for name, value in HIDDEN.findall(form)}


def reveal(client: FlaskClient, report_id: str) -> TestResponse:
    return send(client, f"/reports/{report_id}/reveal", {"reason": "identify_caller_at_risk"})


def acts(world: World) -> list[str]:
    with world.database.transaction() as session:
        return [entry.action for entry in session.query(AuditEntry).order_by(AuditEntry.seq)]


def test_every_grave_route_asks(world: World) -> None:
    views = world.app().view_functions
    asking, grave = set(), set()
    for rule in rules_of(world):
        view, name = views[rule.endpoint], rule.endpoint.removeprefix("console.")
        if hasattr(view, "fresh"):
            asking.add(name)
        if "POST" in (rule.methods or ()) and view.needs in GRAVE:  # type: ignore[attr-defined]
            grave.add(name)
    assert asking == (grave | GRAVE_TOO) - NOT_GRAVE
    assert len(asking) > 20


def test_a_fresh_sign_in_is_proof(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world, text="call me at 217 555 0143")
    answer = reveal(client, report_id)
    assert answer.status_code == 200
    assert "Prove once more" not in answer.text


def test_what_was_sent_goes_on_after_the_proof(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world)
    later(world)
    form = {"name": "recipient", "given_to": "Officer “Q” & <co>", "parts": "words"}
    asked = send(client, f"/reports/{report_id}/disclosures", form)
    assert asked.status_code == 401
    assert "Prove once more" in asked.text
    fields = carried(asked)
    assert fields == form | {
        "proof_path": f"/reports/{report_id}/disclosures",
        "proof_method": "POST",
    }
    done = send(client, "/step-up", fields | {"proof_password": PASSWORD})
    assert done.status_code == 307
    assert done.location == f"/reports/{report_id}/disclosures"
    again = send(client, done.location, fields)  # as a browser does after a 307
    assert "Prove once more" not in again.text
    assert "Officer “Q” &amp; &lt;co&gt;" in again.text


def test_what_a_browser_sends_again_is_done(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world, text="call me at 217 555 0143")
    later(world)
    fields = carried(reveal(client, report_id)) | {"proof_password": PASSWORD}
    done = send(client, "/step-up", fields)
    assert done.status_code == 307
    page = send(client, done.location, fields)  # the whole body, the proof in it
    assert page.status_code == 200
    assert "report.revealed" in acts(world)
    assert "account.proved" in acts(world)


def test_nothing_is_done_before_the_proof(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world)
    later(world)
    reveal(client, report_id)
    answer = send(client, "/step-up", {"proof_password": "wrong", "proof_path": "/reports"})
    assert answer.status_code == 401
    assert "does not fit" in answer.text
    assert "Prove once more" in reveal(client, report_id).text
    assert "report.revealed" not in acts(world)


def test_whoever_has_a_factor_does_not_prove_it_with_the_password(
    world: World, client: FlaskClient
) -> None:
    with world.database.transaction() as session:
        ana = session.query(Account).one()
    app = give_app(world, ana)
    later(world)
    fields = {"proof_path": "/reports", "proof_method": "GET"}
    assert "proof_password" not in client.get("/step-up?next=/reports").text
    refused = send(client, "/step-up", fields | {"proof_password": PASSWORD})
    assert refused.status_code == 401
    code = app.code()
    assert send(client, "/step-up", fields | {"proof_code": code}).location == "/reports"
    later(world)
    again = send(client, "/step-up", fields | {"proof_code": code})
    assert again.status_code == 401


def test_the_code_of_the_door_is_not_a_second_proof(world: World) -> None:
    app = give_app(world, add_person(world))
    client = world.app().test_client()
    sign_in(client)
    code = app.code()
    second_step(client, code)
    answer = send(client, "/step-up", {"proof_code": code, "proof_path": "/reports"})
    assert answer.status_code == 401


def test_a_file_is_fetched_from_a_page_that_says_so(world: World, client: FlaskClient) -> None:
    message_id = message_of(world, leave_message(world))
    later(world)
    path = f"/messages/{message_id}/download"
    asked = client.get(path)
    assert asked.status_code == 303
    fields = carried(client.get(asked.location))
    page = send(client, "/step-up", fields | {"proof_password": PASSWORD})
    assert page.status_code == 200
    assert f'href="{path}"' in page.text
    assert client.get(path).mimetype == "audio/wav"


def test_a_file_that_is_asked_with_a_form_keeps_its_fields(world: World) -> None:
    auditor = browser_of(world, Role.AUDITOR)
    later(world)
    fields = carried(send(auditor, "/audit/export", {"action": "account.signed_in"}))
    page = send(auditor, "/step-up", fields | {"proof_password": PASSWORD})
    assert page.status_code == 200
    assert 'name="action" value="account.signed_in"' in page.text
    assert "proof_" not in page.text
    assert send(auditor, "/audit/export").mimetype == "text/csv"


@pytest.mark.parametrize("path", ["//evil.example/in", "https://evil.example/", "/\\evil.example"])
def test_it_leads_nowhere_else(world: World, client: FlaskClient, path: str) -> None:
    fields = {"proof_path": path, "proof_method": "POST", "proof_password": PASSWORD}
    assert send(client, "/step-up", fields).location == "/"


def test_the_token_of_before_is_worth_nothing(world: World, client: FlaskClient) -> None:
    before = token_of(client, world)
    send(client, "/step-up", {"proof_password": PASSWORD, "proof_path": "/reports"})
    assert token_of(client, world) != before
    assert client.get("/reports").status_code == 200
    with world.database.transaction() as session:
        assert sessions.look(session, before, world.now) is None
        assert len(sessions.valid_of(session, session.query(Account).one().id, world.now)) == 1


def test_wrong_passwords_have_to_wait(world: World, client: FlaskClient) -> None:
    fields = {"proof_path": "/reports", "proof_password": "wrong"}
    answers = [send(client, "/step-up", fields) for _ in range(8)]
    assert answers[-1].status_code == 429
    assert answers[-1].headers["Retry-After"]


def test_a_proof_lasts_ten_minutes(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world)
    world.pass_s((sessions.FRESH - timedelta(seconds=60)).total_seconds())
    assert "Prove once more" not in reveal(client, report_id).text
    world.pass_s(61)
    assert "Prove once more" in reveal(client, report_id).text

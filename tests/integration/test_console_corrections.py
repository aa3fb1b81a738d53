"""Corrections as the console takes them: kept, undone, refused with a sentence."""

import re

import pytest
from flask.testing import FlaskClient

from hotline.audit import AuditEntry
from hotline.dispatch.model import Dispatch
from hotline.people.model import Role
from hotline.privacy.cipher import DataKey
from hotline.reports import transcripts
from hotline.reports.casework.model import Correction
from hotline.reports.model import Message, Report
from tests.support.console import (
    World,
    browser_of,
    correct,
    give_reason,
    leave_message,
    message_of,
    send,
    start_dispatch,
    without_places,
)

SAID = "um hi he showed a pitcher of a gum at lunch"
UNHEARD = "The words could not be made out. Somebody has to listen."


def seen(page: str) -> dict[str, str]:
    """What a form of the page brings along."""
    return dict(re.findall(r'<input type="hidden" name="(known|over)" value="([^"]*)">', page)[:2])


def form(client: FlaskClient, report_id: str, first: int, last: int, text: str) -> dict[str, str]:
    """A correction as a form of the page sends it."""
    page = client.get(f"/reports/{report_id}").text
    return {**seen(page), "first": str(first), "last": str(last), "text": text}


def path(world: World, report_id: str) -> str:
    return f"/messages/{message_of(world, report_id)}/words"


def acts(world: World) -> list[str]:
    with world.database.transaction() as session:
        return [e.action for e in session.query(AuditEntry).order_by(AuditEntry.seq)]


def test_a_correction_stands_with_its_editor(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world, text=SAID)
    answer = send(client, path(world, report_id), form(client, report_id, 5, 8, "picture of a gun"))
    assert answer.status_code == 303
    assert answer.location.endswith(f"/reports/{report_id}#words-{message_of(world, report_id)}")
    page = without_places(client.get(f"/reports/{report_id}").text)
    assert 'title="The machine wrote “pitcher of a gum”. Ana corrected it, ' in page
    assert ">picture of a gun</span>" in page
    assert "Ana corrected words of a message." in page
    assert "written by a person" in page
    assert acts(world)[-2:] == ["message.corrected", "report.opened"]
    assert "picture of a gun" in client.get("/reports").text
    with world.database.transaction() as session:
        told = [f"{e.subject} {e.detail}" for e in session.query(AuditEntry)]
    assert "gun" not in " ".join(told)


def test_what_it_newly_says_raises_the_report_and_who_is_rung(
    world: World, client: FlaskClient
) -> None:
    report_id = leave_message(world, text=SAID)
    start_dispatch(world, report_id)
    send(client, path(world, report_id), form(client, report_id, 5, 8, "picture of a gun"))
    page = client.get(f"/reports/{report_id}").text
    assert "Danger to life" in page
    assert "Triage: weapons, danger to life." in page
    with world.database.transaction() as session:
        assert session.query(Dispatch).one().urgency == "life-safety"


def test_the_machines_words_come_back(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world, text=SAID)
    correction_id = correct(world, message_of(world, report_id), 5, 8, "picture of a gun")
    page = client.get(f"/reports/{report_id}").text
    assert f'action="/corrections/{correction_id}/undone"' in page
    for _ in range(2):
        answer = send(client, f"/corrections/{correction_id}/undone")
        assert answer.location.startswith(f"/reports/{report_id}#")
    page = without_places(client.get(f"/reports/{report_id}").text)
    assert "showed a pitcher of a gum" in page
    assert "w-fixed" not in page
    assert page.count("Ana took a correction of its words back.") == 1
    assert acts(world).count("message.correction_undone") == 1
    assert "a person has corrected these words since" in page


@pytest.mark.parametrize(
    ("first", "last", "text", "sentence"),
    [
        ("0", "0", "um", "That is what stands there already."),
        ("0", "99", "x", "Choose words of this message"),
        ("", "", "x", "Choose words of this message"),
        ("one", "2", "x", "Choose words of this message"),
        ("9" * 30, "9" * 30, "x", "Choose words of this message"),
        ("0", "0", "long " * 1500, "Write at most 6,000 letters"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    world: World, client: FlaskClient, first: str, last: str, text: str, sentence: str
) -> None:
    report_id = leave_message(world, text=SAID)
    sent = {**form(client, report_id, 0, 0, text), "first": first, "last": last}
    answer = send(client, path(world, report_id), sent)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert text.strip() in answer.text
    assert 'aria-invalid="true"' in answer.text
    with world.database.transaction() as session:
        assert session.query(Correction).count() == 0
    assert "message.corrected" not in acts(world)


def test_a_form_that_was_refused_can_be_sent_again(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world, text=SAID)
    refused = send(client, path(world, report_id), form(client, report_id, 0, 0, "um")).text
    assert "The machine wrote “" in refused
    again = {**seen(refused), "first": "0", "last": "0", "text": "mm"}
    assert send(client, path(world, report_id), again).status_code == 303


def test_two_people_at_the_same_words(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world, text=SAID)
    sent = form(client, report_id, 5, 8, "pitcher of gin")
    correct(world, message_of(world, report_id), 8, 8, "gun")
    answer = send(client, path(world, report_id), sent)
    assert answer.status_code == 409
    assert "A colleague changed these words while you wrote. Nothing was changed." in answer.text
    assert ">gun</bdi>" in answer.text
    assert ">pitcher of gin</textarea>" in answer.text
    assert "pitcher of gin" not in client.get(f"/reports/{report_id}").text
    instead = {**sent, **seen(answer.text)}
    assert send(client, path(world, report_id), instead).status_code == 303
    assert "pitcher of gin" in without_places(client.get(f"/reports/{report_id}").text)


def test_words_that_were_written_down_anew(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world, text=SAID)
    answer = send(
        client, path(world, report_id), {**form(client, report_id, 5, 8, "a gun"), "over": "other"}
    )
    assert answer.status_code == 409
    assert "These words were written down anew while you wrote." in answer.text
    assert ">a gun</textarea>" in answer.text
    assert 'name="first"' not in answer.text


def test_where_no_words_could_be_made_out(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world, text=None)
    assert "Write down what you hear." not in client.get(f"/reports/{report_id}").text
    with world.database.transaction() as session:
        session.get_one(Report, report_id).needs_listening = True
    page = client.get(f"/reports/{report_id}").text
    assert UNHEARD in page
    assert "Write down what you hear." in page
    sent = form(client, report_id, 0, -1, "he has\r\na gun")
    assert send(client, path(world, report_id), sent).status_code == 303
    page = without_places(client.get(f"/reports/{report_id}").text)
    assert UNHEARD not in page
    assert "Ana wrote it down (" in page
    assert "Written down by a person; the sound is what counts." in page
    assert ">he has a gun</textarea>" in page
    assert "Danger to life" in page
    assert "he has a gun" in client.get("/reports").text


def test_only_those_who_review_write(world: World) -> None:
    report_id = leave_message(world, text=None)
    with world.database.transaction() as session:
        session.get_one(Report, report_id).needs_listening = True
    auditor = browser_of(world, Role.AUDITOR)
    assert "Write down what you hear." not in auditor.get(f"/reports/{report_id}").text
    assert send(auditor, path(world, report_id)).status_code == 403


def test_what_is_masked_is_masked_in_corrections_too(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world, text="hi my name is maria he has a gum")
    message_id = message_of(world, report_id)
    correct(world, message_id, 4, 4, "marion")
    correct(world, message_id, 8, 8, "gun")
    page = without_places(client.get(f"/reports/{report_id}").text)
    assert "maria" not in page
    assert "marion" not in page
    assert "[a name]" in page  # in the sentence of what was corrected
    refused = send(client, path(world, report_id), form(client, report_id, 4, 4, "marion"))
    assert "maria" not in refused.text
    revealed = send(client, f"/reports/{report_id}/reveal", {"reason": "check_transcript"}).text
    assert "maria" in revealed
    assert "marion" in revealed


def test_what_a_correction_shows_to_be_a_name_is_masked_in_what_it_replaced(
    world: World, client: FlaskClient
) -> None:
    report_id = leave_message(world, text="hi i am named um maria he has a gun")
    correct(world, message_of(world, report_id), 1, 5, "my name is Maria")
    page = client.get(f"/reports/{report_id}").text
    assert "maria" not in page.lower()
    assert "The machine wrote “" in page


def test_what_is_typed_whole_is_masked_and_then_not_offered(
    world: World, client: FlaskClient
) -> None:
    report_id = leave_message(world, text=None)
    with world.database.transaction() as session:
        session.get_one(Report, report_id).needs_listening = True
    correct(world, message_of(world, report_id), 0, -1, "my name is maria he has a gun")
    page = client.get(f"/reports/{report_id}").text
    assert "maria" not in page
    assert "></textarea>" in page


def test_a_reason_in_corrected_words_is_marked_over_all_of_them(
    world: World, client: FlaskClient
) -> None:
    report_id = leave_message(world, text=SAID)
    give_reason(world, report_id, "pitcher of", "drugs", "urgent")
    correct(world, message_of(world, report_id), 5, 8, "picture of a gun")
    page = without_places(client.get(f"/reports/{report_id}").text)
    assert re.search(
        r'<mark class="w-why"><span class="w-fixed"[^>]*>picture of a gun</span>', page
    )
    assert "Drugs, urgent; a person has corrected these words since" in page


def test_corrections_of_an_earlier_transcript_are_told_beside_it(
    world: World, client: FlaskClient
) -> None:
    report_id = leave_message(world, text=SAID)
    message_id = message_of(world, report_id)
    correct(world, message_id, 8, 8, "gun")
    world.pass_s(5)
    with world.database.transaction() as session:
        message = session.get_one(Message, message_id)
        transcripts.drop(session, message)
        transcripts.write(
            session,
            world.vault,
            message,
            language="en",
            model="tiny",
            text="hello",
            words=[("hello", 0.1, 0.5, 0.9)],
            average_confidence=0.9,
            duration_s=1.0,
            now=world.now,
        )
    page = client.get(f"/reports/{report_id}").text
    assert "Over an earlier transcript of this message Somebody had corrected words (" in page
    assert "w-fixed" not in page
    assert "gun" not in page


def test_what_is_typed_is_never_markup(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world, text=SAID)
    nasty = "<script>alert(1)</script>\"'><img src=x>"
    send(client, path(world, report_id), form(client, report_id, 0, 0, nasty))
    page = client.get(f"/reports/{report_id}").text
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


def test_a_shredded_report_is_not_corrected(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world, text=SAID)
    correction_id = correct(world, message_of(world, report_id), 0, 0, "mm")
    sent = form(client, report_id, 1, 1, "ho")
    with world.database.transaction() as session:
        report = session.get_one(Report, report_id)
        report.reasons = None
        key = session.get_one(DataKey, report.data_key_id)
        key.wrapped = type(key.wrapped)(b"\0" * 60)
    assert send(client, path(world, report_id), sent).status_code == 404
    assert send(client, f"/corrections/{correction_id}/undone").status_code == 404
    with world.database.transaction() as session:
        assert session.query(Correction).one().undone_at is None


def test_what_is_not_there(world: World, client: FlaskClient) -> None:
    assert send(client, "/corrections/none/undone").status_code == 404
    assert send(client, "/messages/none/words").status_code == 404

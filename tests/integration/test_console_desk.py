"""What people do with a report, as a browser without a script meets it."""

import re

import pytest
from flask.testing import FlaskClient

from hotline.database.base import new_id
from hotline.dispatch import desk
from hotline.dispatch.model import Dispatch
from hotline.dispatch.words import DispatchState
from hotline.people.model import Account, Role
from hotline.privacy.cipher import DataKey
from hotline.reports.casework import drafts, notes
from hotline.reports.model import Report, ReportState
from tests.support.console import (
    World,
    add_person,
    browser_of,
    leave_message,
    miss,
    nobody_took,
    ring,
    sign_in,
    start_dispatch,
)
from tests.support.desk import SHARED, do, kinds, now_at, other_browser, over, taken_report

SORT = {"category": "bullying", "urgency": "routine", "lowering": "not_now"}


@pytest.fixture
def report_id(world: World) -> str:
    """A report that Counselor 1 took by phone."""
    return taken_report(world)


# --- notes and drafts -----------------------------------------------------------------------


def test_a_note_stands_on_the_page(world: World, client: FlaskClient, report_id: str) -> None:
    answer = do(client, report_id, "notes", {"note": "Told the <b>officer</b> at 21:22."})
    assert (answer.status_code, answer.location) == (303, f"/reports/{report_id}#notes")
    page = client.get(f"/reports/{report_id}").text
    assert "Told the &lt;b&gt;officer&lt;/b&gt; at 21:22." in page
    assert "Ana wrote a note." in page


@pytest.mark.parametrize(
    ("text", "says"),
    [(" ", "Write the note first."), ("x" * (notes.LONGEST + 2), "2 characters too long")],
)
def test_a_note_that_is_none_or_too_long_stays_typed(
    client: FlaskClient, report_id: str, text: str, says: str
) -> None:
    answer = do(client, report_id, "notes", {"note": text})
    assert answer.status_code == 422
    assert says in answer.text
    assert text.strip() in answer.text


def test_what_is_being_typed_is_kept_until_it_is_saved(
    world: World, client: FlaskClient, report_id: str
) -> None:
    path, form = f"/reports/{report_id}/drafts/note", {"note": "Told the off"}
    headers = {"Sec-Fetch-Site": "same-origin", "HX-Request": "true"}
    assert client.post(path, data=form, headers=headers).status_code == 204
    assert do(client, report_id, "drafts/reply", {"reply": "We have"}).status_code == 303
    page = client.get(f"/reports/{report_id}").text
    assert "Told the off</textarea>" in page
    assert "We have</textarea>" in page
    assert "Told the off" not in other_browser(world).get(f"/reports/{report_id}").text
    do(client, report_id, "notes", {"note": "Told the officer"})
    assert "Told the off</textarea>" not in client.get(f"/reports/{report_id}").text
    assert drafts.Field.REPLY.value not in kinds(world, report_id)


def test_an_auditor_sees_what_was_done_and_no_word_of_it(
    world: World, client: FlaskClient, report_id: str
) -> None:
    do(client, report_id, "notes", {"note": "Told the officer"})
    do(client, report_id, "replies", {"reply": "We have told the school."})
    do(client, report_id, "disclosures", SHARED)
    page = other_browser(world, "cy", Role.AUDITOR).get(f"/reports/{report_id}").text
    for seen in ("Ana wrote a note.", "Ana left a reply", "law enforcement: the words."):
        assert seen in page
    for hidden in ("Told the officer", "told the school", "Officer Diaz", "picture of a gun"):
        assert hidden not in page
    for form in ("/notes", "/replies", "/sorted", "/closed", "/assigned", "/taken", "/duplicate"):
        assert f'action="/reports/{report_id}{form}"' not in page


def test_a_counselor_writes_notes_and_does_not_decide(world: World, report_id: str) -> None:
    client = browser_of(world, Role.COUNSELOR)
    with world.database.transaction() as session:
        session.get_one(Report, report_id).assignee = session.query(Account).one().id
    page = client.get(f"/reports/{report_id}").text
    assert f'action="/reports/{report_id}/notes"' in page
    for form in ("/replies", "/sorted", "/closed", "/assigned", "/duplicate", "/disclosures"):
        assert f'action="/reports/{report_id}{form}"' not in page


def test_what_was_shredded_takes_nothing_more(
    world: World, client: FlaskClient, report_id: str
) -> None:
    with world.database.transaction() as session:
        key = session.get_one(DataKey, session.get_one(Report, report_id).data_key_id)
        key.wrapped = type(key.wrapped)(b"\0" * 60)
    assert client.get(f"/reports/{report_id}").status_code == 200
    assert do(client, report_id, "notes", {"note": "Told"}).status_code == 404


# --- sorting --------------------------------------------------------------------------------


def test_lowering_takes_a_reason(world: World, client: FlaskClient, report_id: str) -> None:
    answer = do(client, report_id, "sorted", over(world, report_id, {**SORT, "lowering": ""}))
    assert answer.status_code == 422
    assert "Choose why it is less urgent, then save." in answer.text
    assert '<option selected value="bullying">' in answer.text  # what was chosen stays
    assert now_at(world, report_id).urgency == "urgent"
    answer = do(client, report_id, "sorted", over(world, report_id, SORT))
    assert answer.status_code == 303
    page = client.get(f"/reports/{report_id}").text
    assert "Ana lowered it: routine. Why: what it tells of is over, or not near." in page


def test_raising_lets_the_stricter_policy_take_over(
    world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(desk, "reconsider", lambda books, report, now: asked.append(report.id))
    report_id = leave_message(world)
    raised = {"category": "weapons", "urgency": "life-safety", "lowering": ""}
    assert do(client, report_id, "sorted", over(world, report_id, raised)).status_code == 303
    assert do(client, report_id, "sorted", over(world, report_id, SORT)).status_code == 303
    assert asked == [report_id]


@pytest.mark.parametrize(
    "form", [{}, {**SORT, "category": "pigeons"}, {**SORT, "urgency": "now"}], ids=str
)
def test_what_cannot_be_chosen(client: FlaskClient, report_id: str, form: dict[str, str]) -> None:
    assert do(client, report_id, "sorted", form).status_code == 422


# --- two people on one report ---------------------------------------------------------------


def test_the_second_of_two_is_told_and_overwrites_nothing(
    world: World, client: FlaskClient, report_id: str
) -> None:
    mine = over(world, report_id, SORT)
    theirs = over(world, report_id, {**SORT, "category": "threat", "urgency": "life-safety"})
    assert do(other_browser(world), report_id, "sorted", theirs).status_code == 303
    answer = do(client, report_id, "sorted", mine)
    assert answer.status_code == 409
    assert "This report has changed while you had it open." in answer.text
    told = answer.text.partition('id="told"')[2].partition("</section>")[0]
    assert "Bo sorted it as: a threat." in told
    assert "Bo raised it: danger to life." in told
    assert '<option selected value="bullying">' in answer.text
    assert now_at(world, report_id).category == "threat"
    version = re.search(r'action="[^"]*/sorted">\s*<input[^>]*value="(\d+)"', answer.text)
    assert version is not None
    knowingly = {**mine, "version": version[1]}
    assert do(client, report_id, "sorted", knowingly).status_code == 303
    assert now_at(world, report_id).category == "bullying"


@pytest.mark.parametrize(
    ("what", "form"),
    [
        ("facts", {"school": ""}),
        ("assigned", {"assignee": ""}),
        ("closed", {"disposition": "school_acts"}),
    ],
)
def test_every_form_that_overwrites_asks_for_the_version(
    world: World, client: FlaskClient, report_id: str, what: str, form: dict[str, str]
) -> None:
    before = over(world, report_id, form)
    do(client, report_id, "sorted", over(world, report_id, SORT))
    for old in (before, form, {**form, "version": "x"}):
        answer = do(client, report_id, what, old)
        assert answer.status_code == 409
        assert "Nothing of yours is saved yet." in answer.text
    report = now_at(world, report_id)
    assert (report.state, report.version) == (ReportState.OPEN, 2)
    assert do(client, report_id, what, over(world, report_id, form)).status_code == 303


# --- who has it -----------------------------------------------------------------------------


def test_take_it_yourself(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world)
    start_dispatch(world, report_id)
    miss(world, report_id)
    ring(world, report_id)
    assert "Take it yourself" in client.get(f"/reports/{report_id}").text
    assert do(client, report_id, "taken", {}).status_code == 303
    page = client.get(f"/reports/{report_id}").text
    assert "Ana took it at the desk in 25 s." in page
    assert "You look after it." in page
    assert "We stopped ringing Counselor 2." in page
    assert "Take it yourself" not in page
    assert "Ana at the desk" in client.get("/reports").text


def test_who_is_late_hears_who_has_it(world: World, client: FlaskClient, report_id: str) -> None:
    answer = do(client, report_id, "taken", {})
    assert answer.status_code == 409
    told = answer.text.partition('id="told"')[2].partition("</section>")[0]
    assert "Counselor 1 took it in 9 s." in told
    assert "taken_at_desk" not in kinds(world, report_id)


def test_an_alarm_is_answered_by_taking_the_report(world: World, client: FlaskClient) -> None:
    report_id = nobody_took(world)
    assert do(client, report_id, "taken", {}).status_code == 303
    assert "I am on it" not in client.get("/reports").text
    assert "Ana took it at the desk" in client.get(f"/reports/{report_id}").text


def test_a_report_is_given_to_a_colleague(
    world: World, client: FlaskClient, report_id: str
) -> None:
    kim = add_person(world, "kim", Role.COUNSELOR)
    form = over(world, report_id, {"assignee": kim.id})
    assert do(client, report_id, "assigned", form).status_code == 303
    page = client.get(f"/reports/{report_id}").text
    assert "Kim looks after it." in page
    assert "Ana gave it to Kim." in page
    nobody = over(world, report_id, {"assignee": new_id()})
    assert do(client, report_id, "assigned", nobody).status_code == 422


def test_nobody_of_another_district_is_offered(
    world: World, client: FlaskClient, report_id: str
) -> None:
    kim = add_person(world, "kim", Role.COUNSELOR, district="south")
    with world.database.transaction() as session:
        session.get_one(Report, report_id).district = "north"
    assert kim.id not in client.get(f"/reports/{report_id}").text
    form = over(world, report_id, {"assignee": kim.id})
    assert do(client, report_id, "assigned", form).status_code == 422


def test_who_else_has_it_open(world: World, client: FlaskClient, report_id: str) -> None:
    other_browser(world).get(f"/reports/{report_id}")
    assert "Bo has this open too." in client.get(f"/reports/{report_id}").text
    world.pass_s(61)
    assert do(client, report_id, "presence", {}).text.strip() == ""


def test_an_open_page_keeps_no_session_awake(
    world: World, client: FlaskClient, report_id: str
) -> None:
    bo = other_browser(world)
    for _ in range(15):
        world.pass_s(60)
        do(client, report_id, "presence", {})
    answer = client.get(f"/reports/{report_id}")
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in")
    sign_in(bo, "bo")
    assert "Ana has this open too." not in bo.get(f"/reports/{report_id}").text


# --- how it ended ---------------------------------------------------------------------------


def test_closing_says_how_it_ended(world: World, client: FlaskClient, report_id: str) -> None:
    answer = do(client, report_id, "closed", over(world, report_id, {}))
    assert answer.status_code == 422
    assert "Choose how it ended, then close." in answer.text
    form = over(world, report_id, {"disposition": "school_acts"})
    assert do(client, report_id, "closed", form).status_code == 303
    page = client.get(f"/reports/{report_id}").text
    assert "<h1>Not sorted. The school acts on it.</h1>" in page
    assert "Ana closed it: The school acts on it." in page
    assert do(client, report_id, "reopened", {}).status_code == 303
    assert now_at(world, report_id).state is ReportState.OPEN
    assert "Ana opened it again." in client.get(f"/reports/{report_id}").text


def test_what_nobody_has_is_closed_only_by_whoever_takes_it(
    world: World, client: FlaskClient
) -> None:
    report_id = leave_message(world)
    start_dispatch(world, report_id)
    form = over(world, report_id, {"disposition": "test_call"})
    answer = do(client, report_id, "closed", form)
    assert answer.status_code == 422
    assert "Nobody has taken it. Take it with this box, then close." in answer.text
    assert 'value="test_call" checked' in answer.text or "checked" in answer.text
    assert do(client, report_id, "closed", {**form, "take": "y"}).status_code == 303
    assert now_at(world, report_id).state is ReportState.CLOSED
    with world.database.transaction() as session:
        row = session.query(Dispatch).one()
        assert (row.state, row.taken_by) == (DispatchState.TAKEN, None)


# --- duplicates -----------------------------------------------------------------------------


def test_duplicates_link_to_each_other(world: World, client: FlaskClient, report_id: str) -> None:
    other = now_at(world, leave_message(world))
    form = over(world, report_id, {"number": f" {other.number} "})
    assert do(client, report_id, "duplicate", form).status_code == 303
    assert f'<a href="/reports/{other.id}"><bdi>{other.number}' in (
        client.get(f"/reports/{report_id}").text
    )
    assert f'<a href="/reports/{report_id}">' in client.get(f"/reports/{other.id}").text
    back = over(world, other.id, {"number": now_at(world, report_id).number})
    answer = do(client, other.id, "duplicate", back)
    assert answer.status_code == 422
    assert "linked to this one already" in answer.text
    assert do(client, report_id, "not-duplicate", {}).status_code == 303
    assert now_at(world, report_id).duplicate_of is None


def test_a_report_of_another_district_is_not_found_by_its_number(world: World) -> None:
    client = browser_of(world, Role.SUPERVISOR, "north")
    mine, theirs = leave_message(world, district="north"), leave_message(world, district="south")
    for number in (now_at(world, theirs).number, "000000"):
        answer = do(client, mine, "duplicate", over(world, mine, {"number": number}))
        assert answer.status_code == 422
        assert "You can see no report of that number." in answer.text
    assert do(client, mine, "duplicate", {"number": "12"}).status_code == 422

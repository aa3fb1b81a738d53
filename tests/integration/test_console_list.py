"""The list as a browser meets it: views, filters in the address, words, what is new."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from hotline.database.base import new_id
from hotline.oncall.model import School
from hotline.people import sessions
from hotline.people.model import Account, Role
from hotline.reports import intake, search
from hotline.reports.model import MessageKind, Report, ReportState
from tests.support.console import (
    ARABIC,
    World,
    add_person,
    browser_of,
    leave_message,
    nobody_took,
    send,
    start_dispatch,
    take,
)

PATHS = ("/reports", "/board", "/reports/new?since=&seen=2026-11-24T02:00:00Z")
"""Pages that are read, and read anew, all the time."""


def change(world: World, report_id: str, **values: object) -> None:
    with world.database.transaction() as session:
        for name, value in values.items():
            setattr(session.get_one(Report, report_id), name, value)


def index(world: World, *report_ids: str) -> None:
    with world.database.transaction() as session:
        for report_id in report_ids:
            search.refresh(session, world.vault, session.get_one(Report, report_id))


def listed(client: FlaskClient, query: str = "show=all") -> list[str]:
    """The ids of the rows, from above."""
    return re.findall(r'id="r-([0-9a-f-]{36})"', client.get(f"/reports?{query}").text)


@pytest.mark.parametrize("path", PATHS)
def test_who_only_reads_waits_for_nobody_who_writes(
    world: World, client: FlaskClient, path: str
) -> None:
    leave_message(world)
    client.get(path)  # marks the session as seen
    with world.database.transaction() as session:
        session.connection()  # it begins: on SQLite nobody else writes meanwhile
        assert client.get(path).status_code == 200


def test_a_page_is_shown_although_its_reader_cannot_be_marked_as_seen(
    world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_message(world)
    tried = []

    def fails(*_: object) -> None:
        tried.append(True)
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(sessions, "mark_seen", fails)
    assert client.get("/board").status_code == 200
    assert tried == [True]


def account_of(world: World, name: str) -> str:
    with world.database.transaction() as session:
        return session.query(Account.id).filter(Account.name == name).scalar()


# --- views ----------------------------------------------------------------------------------


def test_a_supervisor_begins_with_what_waits_for_review(world: World, client: FlaskClient) -> None:
    done, waiting = leave_message(world), leave_message(world)
    send(client, f"/reports/{done}/reviewed")
    assert listed(client, "") == [waiting]
    assert listed(client) == [waiting, done]


def test_mine_is_what_i_took_and_what_i_was_given(world: World) -> None:
    client = browser_of(world, Role.SUPERVISOR)
    add_person(world, "rosa", Role.COUNSELOR, responder="counselor-1")
    rosa = world.app().test_client()
    send(rosa, "/sign-in", {"name": "rosa", "password": "seven calm grey herons"})
    taken, given, _ = (leave_message(world) for _ in range(3))
    start_dispatch(world, taken)
    take(world, taken)
    change(world, given, assignee=account_of(world, "supervisor"))
    assert listed(client, "show=mine") == [given]
    assert listed(rosa, "") == [taken]
    assert "One report is yours." in rosa.get("/reports").text


def test_nobody_has_what_was_given_up_until_somebody_looks_after_it(
    world: World, client: FlaskClient
) -> None:
    given_up, taken, sought, fresh = nobody_took(world), *(leave_message(world) for _ in range(3))
    start_dispatch(world, taken)
    take(world, taken)
    start_dispatch(world, sought)
    assert listed(client, "show=open") == [fresh, sought, given_up]
    for report_id in (given_up, sought):
        change(world, report_id, assignee=account_of(world, "ana"))
    assert listed(client, "show=open") == [fresh, sought]  # the search goes on: nobody has taken it
    change(world, fresh, state=ReportState.CLOSED)
    assert listed(client, "show=open") == [sought]


def test_more_than_99_are_not_counted(
    world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        leave_message(world, text=None)
    assert "Four reports need a person now." in client.get("/reports").text
    for module in ("finding", "headline"):
        monkeypatch.setattr(f"console.reports.{module}.COUNTED", 3)
    page = client.get("/reports").text
    assert "More than 2 reports need a person now.<br>More than 2 wait for review." in page
    assert '<span class="count">2+</span>' in page


def test_empty_views_say_what_to_do(world: World, client: FlaskClient) -> None:
    assert "No report has come in yet." in client.get("/reports?show=mine").text
    report_id = leave_message(world)
    assert "No report is yours." in client.get("/reports?show=mine").text
    send(client, f"/reports/{report_id}/reviewed")
    assert "<b>Nothing waits for review.</b>" in client.get("/reports").text
    page = client.get("/reports?show=all&category=weapons&language=ar").text
    assert "No report matches." in page
    assert "2 filters are set." in page


# --- filters --------------------------------------------------------------------------------


def test_every_filter_chooses(world: World, client: FlaskClient) -> None:
    with world.database.transaction() as session:
        session.add(School(id=new_id(), handle="east", name="East Middle", district="north"))
    one, other = leave_message(world, "ar", ARABIC), leave_message(world)
    ana = account_of(world, "ana")
    change(world, one, category="weapons", urgency="routine", school="east", assignee=ana)
    change(world, one, state=ReportState.CLOSED, created_at=world.now - timedelta(days=40))
    day = f"{world.now - timedelta(days=40):%Y-%m-%d}"
    for query in (
        "category=weapons",
        "urgency=routine",
        "language=ar",
        "school=east",
        "state=closed",
        "assignee=me",
        f"from={day}&to={day}",
        f"to={day}",
    ):
        assert listed(client, f"show=all&{query}") == [one], query
    assert listed(client, "show=all&assignee=nobody") == [other]
    assert listed(client, f"show=all&from={day}") == [other, one]
    page = client.get("/reports?show=all&category=weapons&school=east").text
    assert "Weapons, East Middle" in page
    assert 'href="/reports?show=all&amp;category=weapons"' in page  # without the school
    assert "Remove all 2 filters" in page


def test_what_cannot_be_has_a_sentence_beside_it(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world)
    answer = client.get("/reports?show=all&category=nonsense&from=tomorrow&q=gun")
    assert answer.status_code == 422
    assert 'id="f-category-wrong">There is nothing of that name. Choose from the' in answer.text
    assert 'id="f-from-wrong">Write the day like 2026-11-24.' in answer.text
    assert 'value="gun"' in answer.text
    assert listed(client, "show=all&urgency=nonsense") == [report_id]


def test_pages_keep_the_filters(
    world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.reports.listing.PAGE", 2)
    made = [leave_message(world, text=None) for _ in range(5)]
    for report_id in (made[0], made[2], made[4]):
        change(world, report_id, category="drugs")
    first = client.get("/reports?show=all&category=drugs").text
    older = re.search(r'class="button" href="([^"]*before=[^"]*)"', first)
    assert older is not None
    second = client.get(older[1].replace("&amp;", "&")).text
    assert re.findall(r'id="r-([0-9a-f-]{36})"', second) == [made[0]]
    assert 'href="/reports?show=all&amp;category=drugs">Newest reports' in second
    assert "hx-get" not in second  # what is new does not come on top of older pages


# --- words ----------------------------------------------------------------------------------


def test_words_and_numbers_find_reports(world: World, client: FlaskClient) -> None:
    gun, knife = leave_message(world), leave_message(world, "ar", ARABIC)
    index(world, gun, knife)
    assert listed(client, "show=all&q=picture+GUN") == [gun]
    assert listed(client, "show=all&q=سِكين") == [knife]
    assert listed(client, "show=all&q=gun&language=ar") == []
    with world.database.transaction() as session:
        number = session.get_one(Report, knife).number
    assert listed(client, f"show=all&q={number}") == [knife]


def test_what_is_quoted_is_masked_also_where_it_is_cut(world: World, client: FlaskClient) -> None:
    before = "he has been waiting behind the gym every day since monday and now call me at "
    number = "five five five oh one two three four five six"
    leave_message(world, text=f"{before}{number} please {'and so on ' * 100}")
    leave_message(world, text=f"hello my number is {number} and that is all i wanted to say to you")
    page = client.get("/reports").text
    assert "call me at" in page
    assert "five" not in page
    assert page.count(" …</q>") == 1


def test_an_auditor_finds_numbers_and_no_words(world: World) -> None:
    report_id = leave_message(world)
    index(world, report_id)
    auditor = browser_of(world, Role.AUDITOR)
    page = auditor.get("/reports").text
    assert report_id in page
    assert "picture of a gun" not in page
    assert "<q" not in page
    assert "checkbox" not in page
    assert "Words or report number" not in page
    assert listed(auditor, "show=all&q=gun") == []
    with world.database.transaction() as session:
        number = session.get_one(Report, report_id).number
    assert listed(auditor, f"show=all&q={number}") == [report_id]


def test_words_of_another_district_find_nothing(world: World) -> None:
    theirs, mine = leave_message(world, district="south"), leave_message(world, district="north")
    index(world, theirs, mine)
    client = browser_of(world, Role.SUPERVISOR, "north")
    assert listed(client, "show=all&q=gun") == [mine]


# --- what is new ----------------------------------------------------------------------------


def asked_again(page: str) -> str:
    found = re.search(r'hx-get="(/reports/new\?[^"]*)"', page)
    assert found is not None
    return found[1].replace("&amp;", "&")


def test_new_reports_wait_behind_a_button(world: World, client: FlaskClient) -> None:
    old = leave_message(world)
    again = asked_again(client.get("/reports?show=all&language=en").text)
    assert client.get(again).text == ""
    new = [leave_message(world) for _ in range(3)]
    leave_message(world, "ar", ARABIC)  # does not match
    button = client.get(again).text
    assert "Show 3 new" in button
    rows = re.search(r'hx-get="([^"]*)"', button)
    assert rows is not None
    answer = client.get(rows[1].replace("&amp;", "&")).text
    assert re.findall(r'id="r-([0-9a-f-]{36})"', answer) == new[::-1]
    assert f'id="r-{old}"' not in answer
    assert "3 new reports stand on top." in answer
    assert client.get(asked_again(answer)).text == ""


def test_who_was_still_speaking_is_new_when_they_are_done(
    world: World, client: FlaskClient
) -> None:
    """A report is begun with the call: a quicker caller's has the higher id."""
    with world.database.transaction() as session:
        call = intake.open_call(session, "CAslow", world.now)
        slow = intake.draft_report(session, world.vault, call, world.now)
        intake.begin_message(session, world.vault, call, MessageKind.MESSAGE, world.now)
        call_id = call.id
    quick = leave_message(world)
    page = client.get("/reports?show=all").text
    assert quick in page
    assert slow.id not in page
    world.pass_s(90)
    with world.database.transaction() as session:
        intake.send(session, world.vault, session.get_one(type(call), call_id), world.now, 0.0)
    assert "Show one new" in client.get(asked_again(page)).text
    assert client.get(asked_again(client.get("/reports?show=all").text)).text == ""


@pytest.mark.parametrize("query", ["", "since=x&seen=now", "seen=2026-11-24T00:00:00"])
def test_what_was_not_seen_cannot_be_asked_after(client: FlaskClient, query: str) -> None:
    for path in ("/reports/new", "/reports/newer"):
        assert client.get(f"{path}?{query}").status_code == 422


def test_an_empty_list_hears_of_the_first(world: World, client: FlaskClient) -> None:
    again = asked_again(client.get("/reports?show=all").text)
    leave_message(world)
    button = client.get(again).text
    assert "Show one new" in button
    assert "hx-get" not in button  # there are no rows yet to put it on top of

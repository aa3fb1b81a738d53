"""A new number: proposed by one person, approved by another, answered with 1; and what stops it."""

from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hotline.audit import AuditEntry
from hotline.carrier.port import LegState
from hotline.dispatch import drill
from hotline.dispatch.engine import Engine
from hotline.dispatch.wiring import ports_of
from hotline.oncall import responders
from hotline.oncall.model import CheckCall, Responder, RosterChange
from hotline.people.model import Account, Role
from tests.support.console import World, add_person, browser_of, send, sign_in, without_ids
from tests.support.inline import Inline
from tests.support.roster import responder_of, with_roster

TYPED, NEW = "+1 555 010 0177", "+15550100177"


@pytest.fixture
def admin(world: World) -> FlaskClient:
    """Ada's browser; her account, Bo's and Cy's are two days old."""
    with_roster(world)
    for name, role in (("ada", Role.ADMINISTRATOR), ("bo", Role.SUPERVISOR)):
        add_person(world, name, role)
    world.pass_s(timedelta(days=2).total_seconds())
    return enter(world, "ada")


def enter(world: World, name: str) -> FlaskClient:
    client = world.app().test_client()
    assert sign_in(client, name).status_code == 303
    return client


def propose(world: World, client: FlaskClient, typed: str = TYPED) -> str:
    """Propose a number for counselor 1; gives the change's id."""
    answer = send(client, f"/on-call/responders/{responder_of(world)}/number", {"number": typed})
    assert answer.status_code == 303
    with world.database.transaction() as session:
        query = select(RosterChange.id).where(RosterChange.ended_at.is_(None))
        return session.scalars(query).one()


def number(world: World) -> str:
    counselor_1 = responder_of(world)
    with world.database.transaction() as session:
        return responders.contact(session, world.vault, counselor_1).number


def actions(world: World) -> list[str]:
    with world.database.transaction() as session:
        entries = session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq))
        return [action for action in entries if action.startswith(("roster.", "responder."))]


def engine_of(world: World) -> Engine:
    return Engine(
        ports_of(world.runtime), lambda _: None, pool=Inline(), elapsed=world.clock.seconds
    )


def page_of(client: FlaskClient) -> str:
    return unescape(client.get("/on-call/responders").text)


def test_from_the_proposal_to_the_press_of_1(world: World, admin: FlaskClient) -> None:
    before = number(world)
    change = propose(world, admin)
    page = page_of(admin)
    assert "Ada proposed another number for Counselor 1" in page
    assert "It waits for a second person, and the number is not called until then." in page
    assert f"/on-call/changes/{change}/approved" not in page  # not by her
    assert "A change of the roster waits" not in page
    engine = engine_of(world)
    engine.tick()
    assert not world.runtime.carrier.calls  # type: ignore[attr-defined]

    bo = enter(world, "bo")
    assert "A change of the roster waits for a second person." in bo.get("/board").text
    page = page_of(bo)
    assert TYPED in page.replace("-", " ")
    assert "Ask Counselor 1, not by this number, whether it is theirs." in page
    assert send(bo, f"/on-call/changes/{change}/approved").status_code == 303
    assert "Bo approved it." in page_of(bo)
    assert "A change of the roster waits" not in bo.get("/board").text
    engine.tick()
    (call,) = world.runtime.carrier.calls.values()  # type: ignore[attr-defined]
    assert call.to == NEW
    assert number(world) == before
    with world.database.transaction() as session:
        row = session.scalars(select(CheckCall)).one()
        assert drill.confirm(session, world.vault, row, world.now)
    assert number(world) == NEW
    page = page_of(admin)
    assert "Changes under way" not in page
    assert "Number verified" in page
    shown = page.replace("+1 555-010-0911", "").replace("+1 555 010 0111", "")
    assert "555" not in without_ids(shown)
    assert actions(world) == ["roster.proposed", "roster.approved", "roster.changed"]


def test_a_number_nobody_answers_is_called_again(world: World, admin: FlaskClient) -> None:
    change = propose(world, admin)
    again = f"/on-call/changes/{change}/rung"
    assert send(admin, again).status_code == 409  # nobody has approved it
    send(enter(world, "bo"), f"/on-call/changes/{change}/approved")
    assert send(admin, again).status_code == 409  # it is being called
    engine, carrier = engine_of(world), world.runtime.carrier
    engine.tick()
    (call,) = carrier.calls.values()  # type: ignore[attr-defined]
    carrier.set_state(call, LegState.UNANSWERED)  # type: ignore[attr-defined]
    for _ in range(8):
        world.pass_s(1)
        engine.tick()
    assert "no answer" in page_of(admin)
    assert send(admin, again).status_code == 303
    engine.tick()
    assert [call.to for call in carrier.calls.values()] == [NEW, NEW]  # type: ignore[attr-defined]


def test_nobody_approves_their_own(world: World, admin: FlaskClient) -> None:
    change = propose(world, admin)
    answer = send(admin, f"/on-call/changes/{change}/approved")
    assert answer.status_code == 409
    assert "You proposed this change yourself." in answer.text
    counselor_1 = responder_of(world)
    with world.database.transaction() as session:
        bo = session.query(Account).filter(Account.name == "bo").one()
        bo.responder_id = counselor_1
    answer = send(enter(world, "bo"), f"/on-call/changes/{change}/approved")
    assert answer.status_code == 409
    assert "about your own number" in answer.text
    fresh = browser_of(world, Role.SUPERVISOR)
    answer = send(fresh, f"/on-call/changes/{change}/approved")
    assert answer.status_code == 409
    assert "less than a day ago" in answer.text
    assert actions(world) == ["roster.proposed"]


def test_it_can_be_withdrawn(world: World, admin: FlaskClient) -> None:
    change = propose(world, admin)
    assert send(admin, f"/on-call/changes/{change}/withdrawn").status_code == 303
    assert send(admin, f"/on-call/changes/{change}/withdrawn").status_code == 303
    assert "Changes under way" not in page_of(admin)
    bo = enter(world, "bo")
    assert send(bo, f"/on-call/changes/{change}/approved").status_code == 409
    assert send(bo, "/on-call/changes/none/approved").status_code == 404
    assert actions(world) == ["roster.proposed", "roster.withdrawn"]


def test_what_is_no_number_stays_typed(world: World, admin: FlaskClient) -> None:
    path = f"/on-call/responders/{responder_of(world)}/number"
    for typed in ("", "12", "+1 555-010-0911"):
        answer = send(admin, path, {"number": typed})
        assert answer.status_code == 422
        assert '<details class="change" open>' in answer.text
        assert f'value="{typed}"' in answer.text
        assert 'class="error"' in answer.text
    assert send(admin, "/on-call/responders/none/number", {"number": TYPED}).status_code == 404
    assert actions(world) == []


def test_somebody_new_waits_as_well(world: World, admin: FlaskClient) -> None:
    form = {
        "name": "Counselor 9",
        "handle": "counselor-9",
        "number": TYPED,
        "kind": "counselor",
        "languages": "en",
    }
    assert send(admin, "/first-steps/responder", form).status_code == 303
    page = page_of(admin)
    assert "Ada proposed Counselor 9" in page
    with world.database.transaction() as session:
        query = select(Responder.active).where(Responder.handle == "counselor-9")
        assert session.scalars(query).one() is False


def test_alone_and_where_it_is_switched_off_it_is_at_once(world: World) -> None:
    with_roster(world)
    client = browser_of(world, Role.ADMINISTRATOR)
    path = f"/on-call/responders/{responder_of(world)}/number"
    assert "It is rung at once." in client.get("/on-call/responders").text
    assert send(client, path, {"number": TYPED}).status_code == 303
    assert number(world) == NEW
    add_person(world, "bo", Role.COUNSELOR)  # somebody else, who cannot approve
    assert send(client, path, {"number": "+1 555 010 0178"}).status_code == 303
    assert number(world) == NEW
    assert "Nobody else can approve it yet" in page_of(client)
    settings = world.runtime.settings.model_copy(update={"roster_two_people": False})
    object.__setattr__(world.runtime, "settings", settings)
    assert send(client, path, {"number": "+1 555 010 0179"}).status_code == 303
    assert number(world) == "+15550100179"
    assert actions(world) == ["responder.changed", "roster.proposed", "responder.changed"]

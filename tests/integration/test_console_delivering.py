"""“Delivered to” on a report, how far it has come, and the board: who sees and does what."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hotline.audit import AuditEntry
from hotline.dispatch import delivery
from hotline.dispatch.sql import SqlBooks
from hotline.oncall import recipients
from hotline.oncall.model import Recipient
from hotline.oncall.roster import parse
from hotline.people.model import Role
from hotline.reports.delivery_model import Delivery
from hotline.reports.delivery_words import DeliveryEvent, DeliveryPlace
from hotline.tasks.model import Task, TaskKind
from tests.support.console import World, browser_of, leave_message, send
from tests.support.desk import do, kinds, other_browser, over, taken_report
from tests.support.sharing import POLICE, RECIPIENTS, SCHOOL_MAIL

SECRETS = (POLICE, POLICE[-7:], SCHOOL_MAIL)


@pytest.fixture
def world(world: World) -> World:
    """With recipients on the roster."""
    with world.database.transaction() as session:
        recipients.bring(session, world.vault, parse(RECIPIENTS).recipients)
    return world


def id_of(world: World, handle: str = "north-police") -> str:
    with world.database.transaction() as session:
        return session.scalars(select(Recipient.id).where(Recipient.handle == handle)).one()


def rows(world: World) -> list[Delivery]:
    with world.database.transaction() as session:
        return list(session.scalars(select(Delivery).order_by(Delivery.id)))


def deliver(world: World, client: FlaskClient, report_id: str, *handles: str) -> int:
    form = {
        "recipients": [id_of(world, handle) for handle in handles],
        "delivery_basis": "imminent_danger",
    }
    return do(client, report_id, "deliveries", form).status_code  # type: ignore[arg-type]


def tell(world: World, event: DeliveryEvent) -> None:
    with world.database.transaction() as session:
        row = session.scalars(select(Delivery)).one()
        delivery.tell(SqlBooks(session, world.vault), row, event, 1, world.now)


def page(client: FlaskClient, report_id: str) -> str:
    return client.get(f"/reports/{report_id}").text


def test_a_supervisor_delivers(world: World) -> None:
    client, report_id = browser_of(world, Role.SUPERVISOR), taken_report(world)
    shown = page(client, report_id)
    assert "It has not been delivered to anybody outside." in shown
    assert re.search(
        rf'value="{id_of(world)}"[^>]*checked|checked[^>]*value="{id_of(world)}"', shown
    )
    assert deliver(world, client, report_id, "north-police", "north-office") == 303
    police, office = rows(world)
    assert (police.place, office.place) == (DeliveryPlace.WAITING, DeliveryPlace.LETTER)
    with world.database.transaction() as session:
        tasks = [t.kind for t in session.scalars(select(Task)) if "deliver" in t.kind]
    assert sorted(tasks) == [TaskKind.DELIVER, TaskKind.DELIVER, TaskKind.DELIVER_MAIL]
    shown = page(client, report_id)
    assert "North police desk" in shown
    assert not [secret for secret in SECRETS if secret in shown]
    assert kinds(world, report_id)[-2:] == ["delivery_asked", "delivery_asked"]
    with world.database.transaction() as session:
        acts = session.scalars(select(AuditEntry.action)).all()
    assert "report.delivered" in acts


def test_whom_it_is_being_brought_to_is_left_alone(world: World) -> None:
    client, report_id = browser_of(world, Role.SUPERVISOR), taken_report(world)
    for _ in range(2):
        assert deliver(world, client, report_id, "north-police") == 303
    assert len(rows(world)) == 1
    tell(world, DeliveryEvent.BARRED)
    assert deliver(world, client, report_id, "north-police") == 303
    assert len(rows(world)) == 2


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"delivery_basis": "imminent_danger"}, "Choose at least one."),
        ({"recipients": "nobody", "delivery_basis": "imminent_danger"}, "nobody"),
        ({"recipients": "", "delivery_basis": ""}, "Choose why it may be given."),
    ],
)
def test_what_is_missing_is_said(world: World, form: dict[str, str], said: str) -> None:
    client, report_id = browser_of(world, Role.SUPERVISOR), taken_report(world)
    answer = do(client, report_id, "deliveries", form)
    assert answer.status_code == 422
    assert said in answer.text
    assert rows(world) == []


def test_a_closed_report_is_not_delivered(world: World) -> None:
    client, report_id = browser_of(world, Role.SUPERVISOR), taken_report(world)
    form = over(world, report_id, {"disposition": "help_given"})
    assert do(client, report_id, "closed", form).status_code == 303
    assert "Deliver it now" not in page(client, report_id)
    assert deliver(world, client, report_id, "north-police") == 409
    assert rows(world) == []


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SUPERVISOR}))
def test_others_deliver_nothing(world: World, role: Role) -> None:
    report_id = taken_report(world)
    assert deliver(world, browser_of(world, role), report_id, "north-police") == 403
    assert rows(world) == []


def test_somebody_says_that_it_has_arrived(world: World) -> None:
    client, report_id = browser_of(world, Role.SUPERVISOR), taken_report(world)
    deliver(world, client, report_id, "north-police")
    (row,) = rows(world)
    path = f"deliveries/{row.id}/confirmed"
    assert do(client, report_id, path, {}).status_code == 303
    assert rows(world)[0].place is DeliveryPlace.ACKNOWLEDGED
    shown = page(client, report_id)
    assert "They have it, says" in shown
    assert "Danger to health or safety" in shown  # in “Shared with”
    assert do(client, report_id, path, {}).status_code == 303  # once more means nothing
    assert kinds(world, report_id).count("delivery_acknowledged") == 1
    other = leave_message(world)
    assert do(client, other, path, {}).status_code == 404


def test_the_stages_of_a_report_are_shown(world: World) -> None:
    client, report_id = browser_of(world, Role.SUPERVISOR), leave_message(world)
    reached = [
        re.findall(r'data-s="(taken|later)"><b>(\w+)', _stages(page(client, report_id)))
        for _ in range(2)
    ]
    assert [name for shape, name in reached[0] if shape == "taken"] == ["Received"]
    assert [name for shape, name in reached[1] if shape == "taken"] == ["Received", "Vetting"]
    assert [name for _, name in reached[1]] == [
        *("Received", "Vetting", "Delivered", "Acknowledged", "Outcome")
    ]


def test_an_auditor_who_looks_vets_nothing(world: World) -> None:
    report_id, auditor = leave_message(world), browser_of(world, Role.AUDITOR)
    page(auditor, report_id)
    assert 'data-s="taken"><b>Vetting' not in _stages(page(auditor, report_id))


def _stages(text: str) -> str:
    _, _, rest = text.partition('id="stages"')
    return rest.partition("</section>")[0]


def test_the_board_shows_what_nobody_has_confirmed(world: World) -> None:
    client, report_id = browser_of(world, Role.SUPERVISOR), taken_report(world)
    deliver(world, client, report_id, "north-police")
    assert "Delivered, and not confirmed" not in client.get("/board").text
    tell(world, DeliveryEvent.BARRED)
    board = client.get("/board").text
    assert "Delivered, and not confirmed" in board
    assert "nobody at North police desk has confirmed it" in board
    assert not [secret for secret in SECRETS if secret in board]


def test_the_board_shows_outcomes_that_are_late(world: World) -> None:
    client, report_id = browser_of(world, Role.SUPERVISOR), taken_report(world)
    assert "The outcome is late" not in client.get("/board").text
    world.pass_s(73 * 3600)
    client = other_browser(world)
    assert "The outcome is late" in client.get("/board").text
    form = over(world, report_id, {"disposition": "help_given"})
    assert do(client, report_id, "closed", form).status_code == 303
    assert "The outcome is late" not in client.get("/board").text


@pytest.mark.parametrize("role", Role)
def test_the_recipients_are_shown_without_number_or_address(world: World, role: Role) -> None:
    shown = browser_of(world, role).get("/on-call/recipients").text
    assert "North police desk" in shown
    assert "For: bullying." in shown
    assert "By mail." in shown
    assert not [secret for secret in SECRETS if secret in shown]


def test_it_is_there_in_spanish(world: World) -> None:
    client, report_id = browser_of(world, Role.SUPERVISOR), taken_report(world)
    shown = client.get(f"/reports/{report_id}", headers={"Accept-Language": "es"}).text
    assert "Hasta dónde ha llegado" in shown
    assert "Entregarlo" in shown


def test_signing_in_is_needed(world: World) -> None:
    client = world.app().test_client()
    assert send(client, f"/reports/{leave_message(world)}/deliveries").location.startswith(
        "/sign-in"
    )

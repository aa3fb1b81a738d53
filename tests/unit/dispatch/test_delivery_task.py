"""A delivery as the dispatcher does it: mail, an engine killed on the way, two databases."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import delete, select

from hotline.carrier.port import LegState
from hotline.context import Runtime
from hotline.dispatch import delivering, delivery, delivery_task, desk, wiring
from hotline.dispatch.engine import Engine
from hotline.dispatch.model import Alarm
from hotline.dispatch.sql import SqlBooks
from hotline.dispatch.words import DispatchState
from hotline.oncall import recipients
from hotline.oncall.model import Recipient
from hotline.oncall.roster import parse
from hotline.reports import deliveries, timeline, vetting
from hotline.reports.casework.disclosing import Basis
from hotline.reports.delivery_model import Delivery, DeliveryCall, Vetting
from hotline.reports.delivery_words import LETTER_S, DeliveryEvent, DeliveryPlace
from hotline.reports.model import Report
from hotline.tasks.model import Task, TaskKind, TaskState
from tests.conftest import MakeRuntime
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.inline import Inline
from tests.support.office import Office
from tests.support.smtp import HOST, Smtp, open_smtp

PHONE, MAIL = "+15550100177", "desk@police.example.org"
BOTH = f"""
[[recipient]]
handle = "police"
kind = "law-enforcement"
name = "Police desk"
phone = "{PHONE}"
mail = "{MAIL}"
"""
MAILED = BOTH.replace(f'phone = "{PHONE}"\n', "")
RUNG = BOTH.replace(f'mail = "{MAIL}"\n', "")


@pytest.fixture
def smtp() -> Iterator[Smtp]:
    """A mail server on loopback."""
    with open_smtp() as server:
        yield server


def mailing(make_runtime: MakeRuntime, url: str, smtp: Smtp) -> Runtime:
    """A runtime that mails through the server."""
    return make_runtime(
        url,
        mail_host=HOST,
        mail_port=smtp.port,
        mail_tls="none",
        mail_from="hotline@example.org",
        mail_to="duty@example.org",
    )


def asked(runtime: Runtime, roster: str, urgency: str = "life-safety") -> str:
    """A report that is brought to the recipients of the roster; gives the delivery's id."""
    report_id = Office(runtime).sent_report().id
    with runtime.database.transaction() as session:
        session.execute(delete(Task))  # nobody is sought: this is about the delivery alone
        session.get_one(Report, report_id).urgency = urgency
        recipients.bring(session, runtime.vault, parse(roster).recipients)
        report = session.get_one(Report, report_id)
        row = session.scalars(select(Recipient)).one()
        now = runtime.clock()
        made = delivering.ask(session, runtime.vault, report, row, Basis.IMMINENT_DANGER, None, now)
        assert made is not None
        assert delivering.by_itself(session, runtime.vault, report, now) == []  # once
        return made.id


def engine_of(runtime: Runtime, clock: VirtualClock) -> Engine:
    return Engine(wiring.ports_of(runtime), lambda _: None, pool=Inline(), elapsed=clock.seconds)


def go_on(engine: Engine, clock: VirtualClock, seconds: float, step: float = 1.0) -> None:
    for _ in range(int(seconds / step)):
        clock.advance(step)
        engine.tick()


def row_of(runtime: Runtime, delivery_id: str) -> Delivery:
    with runtime.database.transaction() as session:
        return session.get_one(Delivery, delivery_id)


def kinds(runtime: Runtime) -> list[str]:
    with runtime.database.transaction() as session:
        report_id = session.scalars(select(Report.id)).one()
        told = [event.kind for event in timeline.read(session, report_id)]
        return [kind for kind in told if kind.startswith(("delivery_", "alarm_"))]


def test_the_mail_holds_a_link_and_nothing_of_the_report(
    make_runtime: MakeRuntime, database_url: str, smtp: Smtp, clock: VirtualClock
) -> None:
    runtime = mailing(make_runtime, database_url, smtp)
    delivery_id = asked(runtime, MAILED)
    go_on(engine_of(runtime, clock), clock, 2)
    (mail,) = smtp.mails
    row = row_of(runtime, delivery_id)
    assert mail.recipients == [MAIL]
    text = mail.message.get_content()
    assert f"http://127.0.0.1:8080/reports/{row.report_id}#deliveries" in text
    with runtime.database.transaction() as session:
        report = session.get_one(Report, row.report_id)
        known = vetting.read(session, report, None)
    whole = mail.message.as_string().lower()
    for word in (report.category, report.urgency, report.number, "weapon", "police desk"):
        assert word.lower() not in whole
    assert row.place is DeliveryPlace.LETTER
    assert row.mailed_at is not None
    assert [one.stage.value for one in known if one.at] == ["received", "delivered"]


def test_a_mail_that_nobody_answers_is_an_alarm(
    make_runtime: MakeRuntime, sqlite_url: str, smtp: Smtp, clock: VirtualClock
) -> None:
    runtime = mailing(make_runtime, sqlite_url, smtp)
    delivery_id = asked(runtime, MAILED)
    engine = engine_of(runtime, clock)
    go_on(engine, clock, LETTER_S[True] - 60, 30)
    assert row_of(runtime, delivery_id).place is DeliveryPlace.LETTER
    go_on(engine, clock, 120, 30)
    assert row_of(runtime, delivery_id).place is DeliveryPlace.UNREACHED
    assert kinds(runtime) == [
        *("delivery_asked", "delivery_mailed", "delivery_unreached", "alarm_raised")
    ]
    with runtime.database.transaction() as session:
        row = deliveries.locked(session, delivery_id)
        assert row is not None
        books = SqlBooks(session, runtime.vault)
        delivery.tell(books, row, DeliveryEvent.CONFIRMED, 4, clock(), by="ana")
    with runtime.database.transaction() as session:
        alarm = session.scalars(select(Alarm)).one()
        assert (alarm.reason, alarm.acknowledged_by) == ("not_delivered", "ana")


def test_a_server_that_does_not_take_it_is_tried_again(
    make_runtime: MakeRuntime, sqlite_url: str, smtp: Smtp, clock: VirtualClock
) -> None:
    runtime = mailing(make_runtime, sqlite_url, smtp)
    smtp.says["MAIL"] = ["451 4.3.0 later", "451 4.3.0 later"]
    delivery_id = asked(runtime, MAILED)
    engine = engine_of(runtime, clock)
    go_on(engine, clock, 2)
    assert row_of(runtime, delivery_id).mail_error is not None
    go_on(engine, clock, 60, 5)
    assert len(smtp.mails) == 1
    assert row_of(runtime, delivery_id).mail_error is None


def test_without_a_mail_server_it_is_unreached_soon(runtime: Runtime, clock: VirtualClock) -> None:
    delivery_id = asked(runtime, MAILED)
    go_on(engine_of(runtime, clock), clock, 200, 5)
    row = row_of(runtime, delivery_id)
    assert (row.place, row.mail_error) == (DeliveryPlace.UNREACHED, "not_set")
    assert "delivery_not_mailed" in kinds(runtime)


def test_both_ways_are_gone(
    make_runtime: MakeRuntime,
    sqlite_url: str,
    smtp: Smtp,
    clock: VirtualClock,
    carrier: FakeCarrier,
) -> None:
    runtime = mailing(make_runtime, sqlite_url, smtp)
    asked(runtime, BOTH)
    go_on(engine_of(runtime, clock), clock, 2)
    assert [call.to for call in carrier.calls.values()] == [PHONE]
    assert len(smtp.mails) == 1


def test_what_fails_there_keeps_nobody_from_being_rung(
    runtime_on_both: Runtime, clock: VirtualClock
) -> None:
    runtime = runtime_on_both
    office = Office(runtime)
    office.on_duty(["c1"])
    report_id = office.sent_report().id
    with runtime.database.transaction() as session:
        recipients.bring(session, runtime.vault, parse(RUNG).recipients)
        session.scalars(select(Recipient)).one().hours = {"timezone": "Nowhere", "between": []}
        report = session.get_one(Report, report_id)
        report.urgency = "life-safety"
        row = desk.start(SqlBooks(session, runtime.vault), report, clock())
        assert row.state is DispatchState.RINGING
    with runtime.database.transaction() as session:
        assert session.scalars(select(Alarm.reason)).one() == "not_delivered"
        assert session.scalars(select(Delivery)).all() == []


class Killed(BaseException):
    """The process is gone at this line: nothing of it handles that."""


@pytest.mark.parametrize("after_the_ring", [False, True])
def test_a_dispatcher_killed_while_it_rings_rings_no_phone_twice(
    runtime_on_both: Runtime, clock: VirtualClock, carrier: FakeCarrier, after_the_ring: bool
) -> None:
    runtime = runtime_on_both
    delivery_id = asked(runtime, RUNG)
    ports = wiring.ports_of(runtime)

    def dies(**asked: object) -> str:
        if after_the_ring:
            carrier.place_call(**asked)  # type: ignore[arg-type]
        raise Killed

    dying = replace(ports, carrier=_Dying(carrier, dies))  # type: ignore[arg-type]
    first = Engine(dying, lambda _: None, pool=Inline(), elapsed=clock.seconds)
    with pytest.raises(Killed):
        go_on(first, clock, 3)
    second = engine_of(runtime, clock)
    go_on(second, clock, 30)
    assert len(carrier.calls) == after_the_ring
    row = row_of(runtime, delivery_id)
    assert (row.place, row.rings) == (DeliveryPlace.RINGING, 1)
    go_on(second, clock, delivery_task.LIMIT_S[DeliveryPlace.RINGING], 2)
    assert row_of(runtime, delivery_id).rings == 2
    assert len(carrier.calls) == after_the_ring + 1


class _Dying:
    """The carrier up to the moment in which whoever asks it dies."""

    def __init__(self, carrier: FakeCarrier, place_call: object) -> None:
        self._carrier = carrier
        self.place_call = place_call

    def __getattr__(self, name: str) -> object:
        return getattr(self._carrier, name)


def test_whoever_stops_it_hangs_up_a_phone_that_rings(
    runtime: Runtime, clock: VirtualClock, carrier: FakeCarrier
) -> None:
    delivery_id = asked(runtime, RUNG)
    engine = engine_of(runtime, clock)
    go_on(engine, clock, 2)
    with runtime.database.transaction() as session:
        row = deliveries.locked(session, delivery_id)
        assert row is not None
        books = SqlBooks(session, runtime.vault)
        delivery.tell(books, row, DeliveryEvent.STOPPED, 4, clock(), by="ana")
    go_on(engine, clock, 2)
    (call,) = carrier.calls.values()
    assert call.state is LegState.CANCELLED
    with runtime.database.transaction() as session:
        task = session.scalars(select(Task).where(Task.kind == TaskKind.DELIVER)).one()
        assert task.state is TaskState.DONE


def test_what_is_kept_of_a_delivery_holds_no_content(runtime: Runtime, clock: VirtualClock) -> None:
    asked(runtime, BOTH)
    go_on(engine_of(runtime, clock), clock, 2)
    with runtime.database.transaction() as session:
        for table in (Delivery, DeliveryCall, Vetting):
            for row in session.scalars(select(table)):
                said = str({one.key: getattr(row, one.key) for one in table.__table__.columns})
                assert PHONE not in said
                assert MAIL not in said
                assert "Police desk" not in said

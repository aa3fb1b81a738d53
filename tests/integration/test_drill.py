"""Test calls from the command to the phone and back: real rows and webhooks, a scripted carrier."""

from collections.abc import Callable
from functools import partial

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select

from hotline import audit
from hotline.app import create_app
from hotline.carrier.port import Busy, LegState, Refused, Uncertain
from hotline.cli import main
from hotline.context import Runtime
from hotline.dispatch import desk, drill
from hotline.dispatch.drill import DrillError, Outcome
from hotline.dispatch.model import Attempt
from hotline.oncall.model import CheckCall, Responder
from ivr.views import create_blueprint
from tests.fakes.carrier import FakeCall, FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.office import Office, number_of
from tests.unit.ivr.leg import Leg


class Phones:
    """People at their phones; what each does happens while the command waits."""

    def __init__(self, runtime: Runtime, carrier: FakeCarrier, clock: VirtualClock) -> None:
        self.runtime, self.carrier, self.clock = runtime, carrier, clock
        self.web: FlaskClient = create_app(runtime, [create_blueprint(runtime)]).test_client()
        self.people: dict[str, Callable[[FakeCall], object]] = {}
        self.waited_s = 0.0

    def pause(self, seconds: float) -> None:
        """Let time go by; whoever rings now does what they do, once."""
        self.clock.advance(seconds)
        self.waited_s += seconds
        for call in self.carrier.live_calls():
            act = self.people.pop(call.to, None)
            if act is not None:
                act(call)

    def drill(self, *handles: str, wait: bool = True) -> list[Outcome]:
        """Run the drill to its end."""
        return list(drill.drill(self.runtime, handles, wait=wait, pause=self.pause))

    def answers(self, call: FakeCall, *keys: str) -> None:
        """Picks up and presses these keys."""
        leg = Leg(self.web, self.runtime, call.id)
        self.carrier.set_state(call, LegState.ANSWERED)
        leg.post(call.url)
        leg.press(*keys)
        self.ends(call, LegState.COMPLETED)

    def ends(self, call: FakeCall, state: LegState, *, told: bool = True) -> None:
        """The leg is over, and the carrier tells us so (or not)."""
        self.carrier.set_state(call, state)
        if told:
            words = {"unanswered": "no-answer", "cancelled": "canceled"}
            status = words.get(state.value, state.value)
            Leg(self.web, self.runtime, call.id).post(call.status_url, CallStatus=status)


@pytest.fixture
def office(runtime_on_both: Runtime) -> Office:
    """An office on each kind of database."""
    made = Office(runtime_on_both)
    made.on_duty(["c1", "c2"], ["c3"])
    return made


@pytest.fixture
def phones(office: Office, carrier: FakeCarrier, clock: VirtualClock) -> Phones:
    return Phones(office.runtime, carrier, clock)


def confirmed(office: Office) -> set[str]:
    with office.runtime.database.transaction() as session:
        query = select(Responder.handle).where(Responder.confirmed_at.is_not(None))
        return set(session.scalars(query))


def test_everybody_is_rung_and_told_apart(
    phones: Phones, office: Office, carrier: FakeCarrier
) -> None:
    phones.people = {
        number_of("c1"): lambda call: phones.answers(call, "1"),
        number_of("c2"): lambda call: phones.answers(call, "", ""),
        number_of("c3"): partial(phones.ends, state=LegState.BUSY),
    }
    outcomes = phones.drill()
    assert carrier.rung() == [number_of(handle) for handle in ("c1", "c2", "c3")]
    assert {(o.handle, o.confirmed, o.said) for o in outcomes} == {
        ("c1", True, "pressed 1 after 0 s"),
        ("c2", False, "picked up, but nobody pressed 1"),
        ("c3", False, "busy"),
    }
    assert confirmed(office) == {"c1"}
    assert phones.waited_s <= 1.0


def test_one_is_rung_alone_and_the_audit_knows(phones: Phones, office: Office) -> None:
    phones.people = {number_of("c2"): lambda call: phones.answers(call, "1")}
    assert [o.confirmed for o in phones.drill("c2", "c2")] == [True]
    with office.runtime.database.transaction() as session:
        entry = session.scalars(select(audit.AuditEntry)).one()
        person = session.scalars(select(Responder).where(Responder.handle == "c2")).one()
        row = session.scalars(select(CheckCall)).one()
        assert (entry.actor, entry.action) == ("cli", "oncall.drilled")
        assert (entry.subject, entry.detail) == (f"responder:{person.id}", {"check": row.id})
        assert audit.verify(session) == 1


def test_a_phone_that_rings_out_is_not_confirmed_any_more(phones: Phones, office: Office) -> None:
    phones.people = {number_of("c1"): lambda call: phones.answers(call, "1")}
    phones.drill("c1")
    phones.people = {number_of("c1"): partial(phones.ends, state=LegState.UNANSWERED)}
    assert phones.drill("c1") == [Outcome("c1", False, "no answer")]
    assert confirmed(office) == set()


def test_an_end_that_nobody_tells_is_asked_for(phones: Phones) -> None:
    lost = partial(phones.ends, state=LegState.UNANSWERED, told=False)
    phones.people = {number_of("c1"): lost}
    assert phones.drill("c1") == [Outcome("c1", False, "no answer")]
    assert phones.waited_s <= drill.ASK_EVERY_S + 1


def test_a_phone_that_never_ends_is_given_up(phones: Phones) -> None:
    assert phones.drill("c1") == [Outcome("c1", False, "nobody pressed 1 in time")]
    assert phones.waited_s == drill.RING_S + drill.PRESS_S


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Refused("21211"), "the carrier refuses to ring this number"),
        (Busy("20429"), "the carrier refuses to ring this number"),
        (Uncertain("timeout"), "nobody pressed 1 in time"),
    ],
    ids=["refused", "busy", "uncertain"],
)
def test_a_carrier_that_does_not_ring_it(
    phones: Phones, office: Office, carrier: FakeCarrier, error: Exception, said: str
) -> None:
    def before(method: str) -> None:
        if method == "place_call":
            raise error

    carrier.before = before
    assert phones.drill("c1") == [Outcome("c1", False, said)]
    assert confirmed(office) == set()


def test_a_carrier_without_capacity_is_asked_again(phones: Phones, carrier: FakeCarrier) -> None:
    refusals = iter([Busy("20429"), Busy("20429")])

    def before(method: str) -> None:
        if method == "place_call" and (error := next(refusals, None)):
            raise error

    carrier.before = before
    phones.people = {number_of("c1"): lambda call: phones.answers(call, "1")}
    assert [o.confirmed for o in phones.drill("c1")] == [True]


def test_a_call_whose_placing_nobody_is_sure_of_may_be_answered(
    phones: Phones, carrier: FakeCarrier
) -> None:
    def on_place(call: FakeCall) -> None:
        carrier.set_state(call, LegState.RINGING)
        raise Uncertain("timeout")

    carrier.on_place = on_place
    phones.people = {number_of("c1"): lambda call: phones.answers(call, "1")}
    assert [o.confirmed for o in phones.drill("c1")] == [True]


def test_whoever_is_on_a_call_of_the_hotline_is_left_alone(
    phones: Phones, office: Office, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    _, report = office.waiting_caller()
    attempt = next(a for a in office.attempts(report) if a.position == 0)
    with office.runtime.database.transaction() as session:
        assert desk.accept(office.books(session), session.get_one(Attempt, attempt.id), clock())
        row = session.get_one(Attempt, attempt.id)
        row.answered_at = clock()
        handle = session.get_one(Responder, attempt.responder_id).handle
    said = "on a call of the hotline now; not rung"
    assert phones.drill(handle) == [Outcome(handle, False, said)]
    assert carrier.rung() == []


def test_without_waiting_nothing_is_said_of_those_who_were_rung(
    phones: Phones, carrier: FakeCarrier
) -> None:
    assert phones.drill("c1", wait=False) == []
    assert carrier.rung() == [number_of("c1")]


def test_somebody_unknown_is_refused_before_anybody_is_rung(
    phones: Phones, carrier: FakeCarrier
) -> None:
    with pytest.raises(DrillError, match="no responder 'nobody'"):
        phones.drill("c1", "nobody")
    assert carrier.rung() == []


# --- the command ----------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [[], ["c1", "--all"]], ids=["nobody", "both"])
def test_the_command_wants_handles_or_all(arguments: list[str]) -> None:
    done = CliRunner().invoke(main, ["oncall", "drill", *arguments])
    assert done.exit_code == 2
    assert "Give the handles of those to ring, or --all." in done.output


def test_the_command_prints_a_line_a_person_and_fails_if_one_is_missing(
    phones: Phones, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hotline.runtime.open_runtime", lambda settings: office.runtime)
    monkeypatch.setattr("hotline.dispatch.drill.time.sleep", phones.pause)
    monkeypatch.setattr("hotline.dispatch.drill.drill", partial(drill.drill, pause=phones.pause))
    phones.people = {number_of("c1"): lambda call: phones.answers(call, "1")}
    done = CliRunner().invoke(main, ["oncall", "drill", "c1"])
    assert (done.exit_code, done.output) == (0, "c1  confirmed: pressed 1 after 0 s\n")
    phones.people = {number_of("c2"): partial(phones.ends, state=LegState.BUSY)}
    done = CliRunner().invoke(main, ["oncall", "drill", "c2"])
    assert (done.exit_code, done.output) == (1, "c2  NOT CONFIRMED: busy\n")
    done = CliRunner().invoke(main, ["oncall", "drill", "nobody"])
    assert done.exit_code == 2
    assert "hotline roster show" in done.stderr

"""Stand-ins: afterwards exactly this person is on call for exactly that time, or it is refused."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.oncall import responders, schedules, standins
from hotline.oncall.calendar import Override, Rotation, Schedule, Window, final, on_call
from hotline.oncall.model import ResponderKind
from hotline.oncall.pieces import pieces
from hotline.oncall.standins import Refusal, StandInError, Stretch
from tests.support.oncall import DAY, HOUR, PEOPLE
from tests.support.oncall import schedules as any_schedule

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAYS = Rotation(
    ("ada", "ben"), "day", 1, date(2026, 11, 23), time(8), (Window((1,), time(8), time(18)),)
)
PLAN = Schedule("counselors", "UTC", (DAYS,))
TUESDAY = Stretch(datetime(2026, 11, 24, 8, tzinfo=UTC), datetime(2026, 11, 24, 18, tzinfo=UTC))
GAP = Stretch(TUESDAY.end, TUESDAY.end + 10 * HOUR)
EARLY = TUESDAY.start - DAY


def crowd(plan: Schedule, at: datetime) -> set[str]:
    return set(on_call(plan, at))


@given(any_schedule(), PEOPLE | st.just("zoe"), st.data())
def test_exactly_the_taker_is_there_exactly_then(
    made: tuple[Schedule, datetime], taker: str, data: st.DataObject
) -> None:
    plan, near = made
    start, end = near - 2 * DAY, near + 2 * DAY
    piece = data.draw(st.sampled_from(pieces(plan, replace(plan, overrides=()), start, end)))
    stretch = Stretch(piece.start, piece.end, piece.person)
    there = {p for span in final(plan, piece.start, piece.end) for p in span.people}
    override = asked(plan, taker, stretch, start)
    if isinstance(override, Refusal):
        event(override)
        # Rotations alone never stand in the way.
        assert override is (Refusal.ALREADY if taker in there else Refusal.TANGLED)
        assert taker in there or plan.overrides
        return
    assert taker not in there
    after = replace(plan, overrides=(*plan.overrides, override))
    edges = {s.start for p in (plan, after) for s in final(p, start - DAY, end + DAY)}
    for at in (*edges, piece.start, piece.end):
        inside = piece.start <= at < piece.end
        wanted = crowd(plan, at) - {piece.person} | {taker} if inside else crowd(plan, at)
        assert crowd(after, at) == wanted, at


def asked(plan: Schedule, person: str, stretch: Stretch, now: datetime) -> Override | Refusal:
    try:
        return standins.stand_in({plan.name: plan}, plan.name, person, stretch, now)
    except StandInError as error:
        return error.why


def refused(person: str, stretch: Stretch, now: datetime = EARLY, plan: Schedule = PLAN) -> Refusal:
    with pytest.raises(StandInError) as caught:
        standins.stand_in({plan.name: plan}, plan.name, person, stretch, now)
    return caught.value.why


def test_what_cannot_be_is_refused() -> None:
    whole = replace(TUESDAY, replaces="ben")
    assert refused("zoe", whole, whole.end) is Refusal.PAST
    assert refused("zoe", Stretch(whole.end, whole.start, "ben")) is Refusal.BACKWARD
    assert refused("ben", whole) is Refusal.ALREADY
    assert refused("zoe", replace(TUESDAY, replaces="ada")) is Refusal.CHANGED
    assert refused("zoe", TUESDAY) is Refusal.CHANGED
    assert refused("zoe", replace(GAP, end=GAP.end + DAY * 7)) is Refusal.CHANGED


def test_whoever_is_on_call_in_another_schedule_is_on_call() -> None:
    other = replace(PLAN, name="nights")
    plans = {"counselors": replace(PLAN, rotations=()), "nights": other}
    with pytest.raises(StandInError) as caught:
        standins.stand_in(plans, "counselors", "ben", TUESDAY, EARLY)
    assert caught.value.why is Refusal.ALREADY


def test_where_one_override_would_move_two_the_roster_file_must_say_it() -> None:
    """Ada's place went to Ben and Ben's to Ada: who takes Ada's place would take both."""
    rows = tuple(Rotation((p,), "week", 1, date(2026, 1, 5), time(8)) for p in ("ada", "ben"))
    swapped = (
        Override(TUESDAY.start, TUESDAY.end, "cleo", "ada"),
        Override(TUESDAY.start, TUESDAY.end, "ada", "ben"),
    )
    plan = Schedule("counselors", "UTC", rows, swapped)
    assert refused("zoe", replace(TUESDAY, replaces="ada"), plan=plan) is Refusal.TANGLED


def test_of_a_running_shift_the_rest_is_taken() -> None:
    whole = replace(TUESDAY, replaces="ben")
    found = standins.stand_in({"counselors": PLAN}, "counselors", "zoe", whole, NOON)
    assert found == Override(NOON, whole.end, "zoe", "ben")


# --- rows -----------------------------------------------------------------------------------


def hire(session: Session, runtime: Runtime, handle: str) -> None:
    responders.put(
        session,
        runtime.vault,
        handle=handle,
        kind=ResponderKind.COUNSELOR,
        name=handle.capitalize(),
        number="+15550100001",
        languages=["en"],
    )


def test_a_stand_in_is_written_once_and_taken_back(runtime_on_both: Runtime) -> None:
    whole = replace(TUESDAY, replaces="ben")
    with runtime_on_both.database.transaction() as session:
        for handle in ("zoe", "cleo"):
            hire(session, runtime_on_both, handle)
        schedules.put(session, "counselors", PLAN)
        written = standins.write(session, "counselors", "zoe", whole, EARLY)
        plan = schedules.read_all(session)["counselors"]
        assert on_call(plan, NOON) == ("zoe",)
        with pytest.raises(StandInError, match="changed meanwhile"):
            standins.write(session, "counselors", "cleo", whole, EARLY)
        planned = schedules.read_all(session, sources=("calendar",))["counselors"]
        assert on_call(planned, NOON) == ("ben",)
        assert standins.take_back(session, written) == "counselors"
        assert standins.take_back(session, written) is None
        assert on_call(schedules.read_all(session)["counselors"], NOON) == ("ben",)


def test_only_the_consoles_own_overrides_are_taken_back(runtime_on_both: Runtime) -> None:
    override = Override(TUESDAY.start, TUESDAY.end, "zoe", "ben")
    with runtime_on_both.database.transaction() as session:
        schedules.put(session, "counselors", PLAN)
        for source in ("roster", "calendar"):
            key = schedules.add_override(session, "counselors", override, source)  # type: ignore[arg-type]
            assert standins.take_back(session, key) is None
        assert standins.take_back(session, "none") is None


def test_who_is_not_in_service_stands_in_for_nobody(runtime_on_both: Runtime) -> None:
    with runtime_on_both.database.transaction() as session:
        schedules.put(session, "counselors", PLAN)
        with pytest.raises(StandInError, match="nobody of that handle"):
            standins.write(session, "counselors", "zoe", GAP, EARLY)
        with pytest.raises(schedules.ScheduleError):
            standins.write(session, "unknown", "zoe", GAP, EARLY)

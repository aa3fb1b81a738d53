"""The same webhooks on SQLite and on PostgreSQL, and several of them at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from hotline.app import create_app
from hotline.context import Runtime
from hotline.dispatch import desk, roster
from hotline.dispatch.model import Attempt
from hotline.dispatch.sql import SqlBooks
from hotline.oncall.roster import parse
from hotline.reports.model import Call, Message, Report
from hotline.tasks import heartbeat
from hotline.tasks.model import Task, TaskKind
from ivr.views import create_blueprint
from tests.unit.ivr.conftest import ROSTER
from tests.unit.ivr.leg import Leg

NewLeg = Callable[[str], Leg]
THREADS = 6


@pytest.fixture
def leg_on_both(runtime_on_both: Runtime) -> NewLeg:
    """Make legs by the carrier's id of the call; two legs of one id are one call."""
    runtime = runtime_on_both
    with runtime.database.transaction() as session:
        roster.apply(session, runtime.vault, parse(ROSTER))
        heartbeat.beat(session, heartbeat.DISPATCHER, runtime.clock())
    app = create_app(runtime, [create_blueprint(runtime)])
    return lambda call_id: Leg(app.test_client(), runtime, call_id)


def count(runtime: Runtime, table: type) -> int:
    with runtime.database.transaction() as session:
        return len(list(session.scalars(select(table))))


def at_once(work: Callable[[int], list[str]]) -> list[list[str]]:
    """What each of several threads heard."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, range(THREADS)))


def test_a_message_and_a_return(leg_on_both: NewLeg, runtime_on_both: Runtime) -> None:
    caller = leg_on_both("CA1").arrive().press("1", "2")
    caller.recording_arrives(caller.one("Record").attrib["recordingStatusCallback"], "RE1")
    caller.post("/voice")
    caller.record(5).press("1")
    spoken = "".join(name[-1] for name in caller.says if name.startswith("digit_"))
    caller.hang_up()
    again = leg_on_both("CA2").arrive().press("3", "3", spoken[:6], spoken[6:12])
    assert again.hears[0] == "ar/status_waiting"
    assert count(runtime_on_both, Report) == 1


def test_a_caller_is_joined_with_the_responder(
    leg_on_both: NewLeg, runtime_on_both: Runtime
) -> None:
    caller = leg_on_both("CA1").arrive().press("1", "1").record(3)
    with runtime_on_both.database.transaction() as session:
        token = session.scalars(select(Attempt)).one().token
    responder = leg_on_both("CA2")
    responder.post(f"/voice/responder/{token}")
    responder.press("1")
    caller.silence()
    assert caller.one("Conference").text == responder.one("Conference").text


def test_one_call_that_arrives_several_times_at_once_is_one_call(
    leg_on_both: NewLeg, runtime_on_both: Runtime
) -> None:
    heard = at_once(lambda _: leg_on_both("CA1").arrive().says)
    assert {says[0] for says in heard} == {"offer_language"}
    assert count(runtime_on_both, Call) == 1


def test_one_key_that_arrives_several_times_at_once_counts_once(
    leg_on_both: NewLeg, runtime_on_both: Runtime
) -> None:
    caller = leg_on_both("CA1").arrive().press("1", "2").record(5)
    action = caller.one("Gather").attrib["action"]

    def send(_: int) -> list[str]:
        twin = leg_on_both("CA1")
        assert twin.post(action, Digits="1").status_code == 200
        return twin.says

    heard = at_once(send)
    assert len({tuple(says) for says in heard}) == 1
    assert heard[0][0] == "sent"
    assert count(runtime_on_both, Message) == 1
    with runtime_on_both.database.transaction() as session:
        kinds = [task.kind for task in session.scalars(select(Task))]
    assert kinds.count(TaskKind.START_DISPATCH) == 1


def test_the_recorder_and_the_responder_at_once_never_part_the_two(
    leg_on_both: NewLeg, runtime_on_both: Runtime
) -> None:
    """Whoever comes first decides: both meet, or the report is taken and a message is recorded."""
    caller = leg_on_both("CA1").arrive().press("1", "1").record(3)
    with runtime_on_both.database.transaction() as session:
        attempt = session.scalars(select(Attempt)).one()
        token = attempt.token
    responder = leg_on_both("CA2")
    responder.post(f"/voice/responder/{token}")
    moves = (lambda: caller.press("1"), lambda: responder.press("1"))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda move: move(), moves))
    assert caller.has("Conference") == responder.has("Conference")
    assert caller.has("Conference") or (caller.has("Record") and responder.says[0] == "taken")
    with runtime_on_both.database.transaction() as session:
        books = SqlBooks(session, runtime_on_both.vault)
        pressed = session.get_one(Attempt, attempt.id)
        assert desk.accept(books, pressed, runtime_on_both.clock())

"""Leaving a number over the telephone: what is fetched, what stands in the rows, what is gone."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import select

from hotline.context import Runtime
from hotline.reports import callback, timeline
from hotline.reports.callback_model import Callback
from hotline.reports.model import Call, Report
from tests.unit.ivr.leg import Leg

NewLeg = Callable[[], Leg]
DIGITS, NUMBER = "2175550142", "+12175550142"


def asked(leg: NewLeg) -> Leg:
    """A caller who has left a message and heard its numbers to the end."""
    return leg().arrive().press("1", "2").record(5).press("1").silence()


def receipt(caller: Leg) -> str:
    return "".join(name[-1] for name in caller.says if name.startswith("digit_"))[:12]


def kept(runtime: Runtime) -> list[str]:
    """The numbers that are in force."""
    with runtime.database.transaction() as session:
        rows = [callback.of(session, report) for report in session.scalars(select(Report.id))]
        return [callback.number(session, runtime.vault, row) for row in rows if row is not None]


def test_a_caller_leaves_a_number(leg: NewLeg, runtime: Runtime) -> None:
    caller = asked(leg)
    assert caller.says == ["callback_offer"]
    assert caller.one("Gather").attrib["finishOnKey"] == "#"
    caller.press(DIGITS)
    assert [s for s in caller.says if "/" not in s] == ["callback_heard", "callback_keys"]
    assert kept(runtime) == []
    assert caller.press("1").says == ["callback_is_kept", "goodbye"]
    assert kept(runtime) == [NUMBER]


def test_the_digits_are_one_private_sound(leg: NewLeg, runtime: Runtime) -> None:
    caller = asked(leg).press(DIGITS)
    (sound,) = (path for path in caller.hears if path.startswith("/voice/left/"))
    assert not any("digit_" in heard for heard in caller.hears)
    answer = caller.client.get(sound)
    assert answer.data[:4] == b"RIFF"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "X-Prompt-Text" not in answer.headers
    caller.press("1")
    assert caller.client.get(sound).status_code == 404  # read back once, and never again
    assert caller.client.get("/voice/left/nobody.wav").status_code == 404


def test_the_sound_is_gone_when_the_caller_is(leg: NewLeg, runtime: Runtime) -> None:
    caller = asked(leg).press(DIGITS)
    (sound,) = (path for path in caller.hears if path.startswith("/voice/left/"))
    caller.hang_up()
    assert caller.client.get(sound).status_code == 404
    with runtime.database.transaction() as session:
        assert session.scalars(select(Callback)).all() == []
    assert kept(runtime) == []


def test_the_number_is_in_no_address_row_or_event(leg: NewLeg, runtime: Runtime) -> None:
    caller = asked(leg).press(DIGITS)
    document = json.dumps([caller.step.attrib, caller.hears, caller._action()])
    assert DIGITS not in document
    with runtime.database.transaction() as session:
        call, report = session.scalars(select(Call)).one(), session.scalars(select(Report)).one()
        told = [(e.kind, e.detail) for e in timeline.read(session, report.id)]
        assert DIGITS[-7:] not in json.dumps([call.menu, told])
        assert not any(d.get("where") == "callback" for _, d in told)


def test_a_repeated_webhook_changes_nothing(leg: NewLeg, runtime: Runtime) -> None:
    caller = asked(leg).press(DIGITS)
    before = caller.hears
    assert caller.again().hears == before
    caller.press("1").again()
    assert kept(runtime) == [NUMBER]
    with runtime.database.transaction() as session:
        assert len(session.scalars(select(Callback)).all()) == 1


@pytest.mark.parametrize("digits", ["911", "9005551234", "011442079460018", "8765551234"])
def test_a_number_that_may_not_be_called_is_asked_for_again(
    leg: NewLeg, runtime: Runtime, digits: str
) -> None:
    caller = asked(leg).press(digits)
    assert caller.says == ["callback_refused"]
    caller.press(DIGITS, "1")
    assert kept(runtime) == [NUMBER]


def test_whoever_comes_back_deletes_it(leg: NewLeg, runtime: Runtime) -> None:
    first = leg().arrive().press("1", "2").record(5).press("1")
    digits = receipt(first)
    first.silence().press(DIGITS, "1").hang_up()
    back = leg().arrive().press("1", "3", digits[:6], digits[6:])
    assert back.says[-1] == "return_callback"
    back.press("4", "1")
    assert back.says[0] == "callback_deleted"
    assert kept(runtime) == []
    assert back.press("4").says == ["callback_offer"]


def test_a_failure_carries_no_digit_of_it(
    leg: NewLeg, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The step is asked for again at an address of ours, which holds no number."""

    def fails(*_: object) -> bool:
        raise RuntimeError(DIGITS)

    caller = asked(leg)
    monkeypatch.setattr(callback, "enter", fails)
    caller.press(DIGITS)
    assert caller.says == ["technical"]
    assert DIGITS not in (caller.one("Redirect").text or "")
    monkeypatch.undo()
    assert caller.redirected().says == ["callback_offer"]  # asked once more

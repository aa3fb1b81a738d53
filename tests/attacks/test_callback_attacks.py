"""Attacks on calling back: having the hotline ring whom it should not, or oftener than anybody
wants, and doing again what was done once."""

import pytest
from sqlalchemy import select

from hotline.dispatch import callback as calling_back
from hotline.dispatch.sql import SqlBooks
from hotline.oncall.model import Responder
from hotline.reports import (
    callback,
    callback_calls,
    callback_numbers,
    callback_rings,
    timeline,
)
from hotline.reports.callback_model import Callback, CallbackCall
from hotline.reports.model import Report
from ivr import turns
from tests.attacks.attack import Attack, each
from tests.support.calling_back import DIGITS, NUMBER, Phones
from tests.unit.ivr.house import House, bridge_ends
from tests.unit.ivr.leg import Leg

ROSA = "+15550100111"
PREMIUM, JAMAICA = "9005551234", "8765551234"


@pytest.fixture
def phones(house: House) -> Phones:
    """A hotline on duty that calls back."""
    return Phones(house)


def asked(phones: Phones) -> Leg:
    """A caller who has left a message and is asked for a number."""
    return phones.house.caller().press("2").record(5).press("1").silence()


def kept(phones: Phones) -> int:
    """How many numbers were ever kept."""
    with phones.runtime.database.reading() as session:
        rows = session.scalars(select(Callback).where(Callback.kept_at.is_not(None)))
        return len(rows.all())


def call_back(phones: Phones, report_id: str) -> bool:
    """Rosa calls back, and nobody answers. False: she may not."""
    runtime = phones.runtime
    with runtime.database.transaction() as session:
        report, now = session.get_one(Report, report_id), runtime.clock()
        who = session.scalars(select(Responder.id).where(Responder.handle == "counselor-1")).one()
        limits = callback.limits_of(runtime.settings)
        if callback_calls.unable(session, runtime.vault, report, who, limits, now):
            return False
        call = callback_calls.begin(session, report, who, now)
        calling_back.begun(SqlBooks(session, runtime.vault), call, now, by="ana")
    phones.rung(ROSA).press("1")
    phones.rung(NUMBER).silence().silence()
    phones.house.later(1)
    return True


def reports(phones: Phones) -> list[str]:
    """All reports, oldest first."""
    with phones.runtime.database.reading() as session:
        return list(session.scalars(select(Report.id).order_by(Report.id)))


# --- whom it rings --------------------------------------------------------------------------


def premium_number(phones: Phones) -> bool:
    """Leaves a number that earns them money when the hotline rings it."""
    asked(phones).press(PREMIUM, "1")
    return kept(phones) > 0


def another_country(phones: Phones) -> bool:
    """Leaves an island's number that looks like one of the country."""
    asked(phones).press(JAMAICA, "1")
    return kept(phones) > 0


def a_whole_town(phones: Phones) -> bool:
    """Comes back to one report again and again, and leaves another number each time."""
    first = phones.house.caller().press("2").record(5).press("1")
    digits = "".join(name[-1] for name in first.says if name.startswith("digit_"))[:12]
    phones.house.hangs_up(first)
    for last in range(4):
        back = phones.house.caller().press("3", digits[:6], digits[6:]).press("4")
        back = back.press("2") if "callback_kept" in back.says else back
        back.press(f"217555014{last}")
        if back.has("Gather"):
            back.press("1")
        phones.house.hangs_up(back)
    return kept(phones) > 3


def somebody_else_all_day(phones: Phones) -> bool:
    """Leaves the number of somebody they hate, in one report after the other."""
    for _ in range(4):
        phones.leaves()
    for report_id in reports(phones):
        call_back(phones, report_id)
    return phones.calls_to(NUMBER) > phones.runtime.settings.callback_rings_a_day


def again_after_a_refusal(phones: Phones) -> bool:
    """Leaves a number whose owner has pressed 9 once more."""
    phones.leaves()
    phones.asks()
    own = phones.rung(ROSA).press("1")
    phones.rung(NUMBER).press("9")
    assert own.redirected().says == ["callback_declined"]
    phones.leaves()
    return call_back(phones, reports(phones)[-1])


# --- what can be learned, and done again -------------------------------------------------------


def digits_on_the_timeline(phones: Phones) -> bool:
    """Reads the first key of the number where a report's keys are told."""
    phones.leaves()
    with phones.runtime.database.reading() as session:
        report = session.scalars(select(Report)).one()
        events = [e.detail for e in timeline.read(session, report.id)]
    return any(d.get("where") == "callback" for d in events)


def every_number(patch: pytest.MonkeyPatch) -> None:
    """Whatever is keyed in may be called."""
    patch.setattr(callback_numbers, "checked", lambda digits, own, allowed=(): f"+1{digits}")


def as_often_as_asked(patch: pytest.MonkeyPatch) -> None:
    """No ring of before counts."""
    patch.setattr(callback_rings, "may_ring", lambda *_: True)


ATTACKS = (
    Attack("premium_number", premium_number, every_number),
    Attack("another_country", another_country, every_number),
    Attack("a_whole_town", a_whole_town, lambda p: p.setattr(callback, "OF_A_REPORT", 9)),
    Attack("somebody_else_all_day", somebody_else_all_day, as_often_as_asked),
    Attack("again_after_a_refusal", again_after_a_refusal, as_often_as_asked),
    Attack(
        "digits_on_the_timeline", digits_on_the_timeline, lambda p: p.setattr(turns, "SECRET", ())
    ),
)


@each(ATTACKS)
def test_it_fails(phones: Phones, attack: Attack[Phones]) -> None:
    assert not attack.does(phones)


@each(ATTACKS)
def test_it_succeeds_without_the_mitigation(
    phones: Phones, attack: Attack[Phones], monkeypatch: pytest.MonkeyPatch
) -> None:
    attack.without(monkeypatch)
    assert attack.does(phones)


def test_replays_of_a_whole_call_back_ring_and_join_nobody(phones: Phones) -> None:
    """Everything a carrier sent, sent again when it is over."""
    phones.leaves()
    phones.asks()
    own = phones.rung(ROSA)
    sent = [own.last]
    own.press("1")
    sent.append(own.last)
    caller = phones.rung(NUMBER)
    sent.append(caller.last)
    caller.press("1")
    sent.append(caller.last)
    own.redirected()
    sent.append(own.last)
    bridge_ends(own)
    calls, told = len(phones.house.carrier.calls), phones.told
    for url, form in sent:
        leg = Leg(phones.house.client, phones.runtime, "CA" + "f" * 32)
        leg.post(url, **form)
        assert not leg.has("Dial")
        assert leg.has("Hangup")
    phones.go_on(5)
    assert len(phones.house.carrier.calls) == calls
    assert phones.told == told
    with phones.runtime.database.reading() as session:
        assert len(session.scalars(select(CallbackCall)).all()) == 1


def test_a_token_of_one_side_is_none_of_the_other(phones: Phones) -> None:
    """Whoever was called back cannot press 1 as the responder, nor the other way round."""
    phones.leaves()
    phones.asks()
    own = phones.rung(ROSA)
    call = phones.last
    for path in (
        f"/voice/callback/{call.caller_token}/key",
        f"/voice/callback/caller/{call.token}/key",
    ):
        leg = Leg(phones.house.client, phones.runtime, own.call_id)
        leg.post(path, Digits="1")
        assert leg.has("Hangup")
    phones.go_on(3)
    assert phones.calls_to(f"+1{DIGITS}") == 0

"""A roster applied: everything as the file says, all or nothing, and each change told."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import tomli_w
from sqlalchemy import select

from hotline.context import Runtime
from hotline.dispatch import outlook, policy, roster, routes
from hotline.dispatch.roster_check import check
from hotline.dispatch.routing import Facts
from hotline.oncall import roster_rows, schedules
from hotline.oncall.model import District, Responder, School
from hotline.oncall.roster import RosterError, parse
from tests.support.office import Office

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "roster.example.toml"
PERSON = """
[[responder]]
handle = "c{n}"
kind = "counselor"
name = "Name {n}"
number = "+1555010000{n}"
languages = ["en"]
"""
ONE, TWO = PERSON.format(n=1), PERSON.format(n=2)
POLICY = "[policy.default]\nsteps = [{ targets = ['c1'], ring_s = %s }]\n"


def apply(runtime: Runtime, text: str) -> list[str]:
    with runtime.database.transaction() as session:
        return roster.apply(session, runtime.vault, parse(text))


def test_who_is_not_in_it_any_more_is_switched_off(runtime_on_both: Runtime) -> None:
    both = ONE + TWO + POLICY % 20
    assert apply(runtime_on_both, both) == ["c1: added", "c2: added", "policy default: added"]
    lines = apply(runtime_on_both, ONE + POLICY % 30)
    assert lines == ["c2: switched off", "policy default: steps changed"]
    with runtime_on_both.database.transaction() as session:
        query = select(Responder.handle).where(Responder.active)
        assert session.scalars(query).all() == ["c1"]
        assert policy.current(session).steps[0].ring_s == 30
    assert apply(runtime_on_both, both) == ["c2: switched on", "policy default: steps changed"]


def test_the_second_time_nothing_changes(runtime_on_both: Runtime) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert "schedule counselors: added" in apply(runtime_on_both, text)
    assert apply(runtime_on_both, text) == []


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ('["en"]', '["en", "es"]', "c1: languages now en, es"),
        ('"counselor"', '"law-enforcement"', "c1: kind now law-enforcement"),
        ("Name 1", "Ana", "c1: name changed"),
        ("+15550100001", "+15550100009", "c1: number changed, to be confirmed"),
        ("[policy", 'pin = "4711"\n[policy', "c1: PIN given"),
        ("ring_s = 20", "ring_s = 21", "policy default: steps changed"),
        ("[policy.default]", "[policy.default]\nrounds = 3", "policy default: rounds changed"),
        ("[policy.default]", "[policy.night]\nsteps = [{ targets = ['c1'] }]\n[policy.default]",
            "policy night: added"),
        ("[policy.default]", "[[route]]\npolicy = 'default'\n[policy.default]", "routes: changed"),
    ],
)  # fmt: skip
def test_a_change_is_told_in_a_line_both_ways(
    runtime: Runtime, before: str, after: str, line: str
) -> None:
    text = ONE + POLICY % 20
    apply(runtime, text)
    changed = text.replace(before, after)
    assert apply(runtime, changed) == [line]
    (back,) = apply(runtime, text)
    assert back.split(":")[0] == line.split(":")[0]
    assert apply(runtime, text) == []
    assert not {"4711", "+1555", "Ana"}.intersection(f"{line} {back}".split())


def test_only_another_number_has_to_be_confirmed_again(runtime: Runtime) -> None:
    def confirmed() -> datetime | None:
        with runtime.database.transaction() as session:
            return session.scalars(select(Responder)).one().confirmed_at

    apply(runtime, ONE)
    with runtime.database.transaction() as session:
        session.scalars(select(Responder)).one().confirmed_at = NOW
    apply(runtime, ONE.replace("Name 1", "Ana") + 'pin = "4711"')
    assert confirmed() == NOW
    apply(runtime, ONE.replace("0001", "0002"))
    assert confirmed() is None


def test_places_and_schedules_that_are_not_in_it_any_more_are_removed(
    runtime_on_both: Runtime,
) -> None:
    apply(runtime_on_both, EXAMPLE.read_text(encoding="utf-8"))
    lines = apply(runtime_on_both, ONE + POLICY % 20)
    for line in (
        "counselor-1: switched off",
        "district north: removed",
        "school north-high: removed",
        "resource crisis-team: removed",
        "schedule counselors: removed",
        "policy life-safety: removed",
        "routes: changed",
    ):
        assert line in lines
    with runtime_on_both.database.transaction() as session:
        assert session.scalars(select(District)).all() == []
        assert session.scalars(select(School)).all() == []
        assert schedules.read_all(session) == {}
        assert routes.current(session) == []
        assert policy.names(session) == ["default"]


@pytest.mark.parametrize("wrong", [POLICY % 1, "[[route]]\npolicy = 7\n" + POLICY % 20])
def test_a_roster_that_cannot_be_followed_changes_nothing(
    runtime_on_both: Runtime, wrong: str
) -> None:
    with pytest.raises(RosterError, match=r"ring_s|policy of route 1"):
        apply(runtime_on_both, ONE + wrong)
    with runtime_on_both.database.transaction() as session:
        assert session.scalars(select(Responder)).all() == []


def test_what_is_in_force_can_be_applied_again(runtime_on_both: Runtime) -> None:
    runtime = runtime_on_both
    apply(runtime, EXAMPLE.read_text(encoding="utf-8"))
    with runtime.database.transaction() as session:
        whole = tomli_w.dumps(roster.in_force(session, runtime.vault, secrets=True))
        hidden = tomli_w.dumps(roster.in_force(session, runtime.vault))
    assert check(whole, NOW).problems == ()
    assert apply(runtime, whole) == []
    assert "+1555010030" in whole
    assert "4711" in whole
    assert whole.index('"crisis-team"') < whole.index('"after-school"')
    people = [line for line in hidden.splitlines() if line.startswith(("number", "pin"))]
    assert 'number = "ends in 01"' in people
    assert not any("+" in line or "4711" in line for line in people)


def test_the_pin_is_sealed_and_opened(runtime: Runtime) -> None:
    apply(runtime, ONE + 'pin = "4711"')
    with runtime.database.transaction() as session:
        row = session.scalars(select(Responder)).one()
        assert row.pin is not None
        assert b"4711" not in bytes(row.pin)
        assert [e.pin for e in roster_rows.people(session, runtime.vault)] == ["4711"]


def test_the_outlook_of_file_and_database_agree(runtime: Runtime) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    apply(runtime, text)
    written = outlook.from_file(check(text, NOW))
    with runtime.database.transaction() as session:
        stored = outlook.from_database(session, runtime.vault, NOW)
    assert stored.policies == written.policies
    assert stored.rules == written.rules
    assert stored.roster.schedules == written.roster.schedules
    assert {h: p.languages for h, p in stored.roster.people.items()} == {
        h: p.languages for h, p in written.roster.people.items()
    }
    danger = Facts("weapons", "life-safety", "en")
    assert stored.chosen(danger, NOW) == ("life-safety", "chosen by route 1")
    assert stored.chosen(Facts("drugs", "urgent", "en"), NOW) == ("default", "no route fits")
    assert str(stored.zone()) == str(stored.zone("default")) == "America/Chicago"
    with pytest.raises(outlook.OutlookError, match="did you mean 'drugs'"):
        stored.chosen(Facts("drug", "urgent", "en"), NOW)
    with pytest.raises(outlook.OutlookError, match="did you mean 'default'"):
        stored.named("defalt")


def test_whose_phone_rings_for_somebody_is_busy(runtime: Runtime) -> None:
    office = Office(runtime)
    office.on_duty(["c1"], ["c2"])
    office.waiting_caller()
    with runtime.database.transaction() as session:
        view = outlook.from_database(session, runtime.vault, runtime.clock())
    assert view.roster.busy == {"c1"}
    assert str(view.zone()) == "UTC"

"""A roster applied: people and policies as the file says, all or nothing."""

import pytest
from sqlalchemy import select

from hotline.context import Runtime
from hotline.dispatch import policy, roster
from hotline.oncall.model import Responder
from hotline.oncall.roster import RosterError, parse

PERSON = """
[[responder]]
handle = "c{n}"
kind = "counselor"
name = "Name {n}"
number = "+1555010000{n}"
languages = ["en"]
"""
POLICY = "[policy.default]\nsteps = [{ targets = ['c1'], ring_s = %s }]\n"


def apply(runtime: Runtime, text: str) -> list[str]:
    with runtime.database.transaction() as session:
        return roster.apply(session, runtime.vault, parse(text))


def test_who_is_not_in_it_any_more_is_switched_off(runtime_on_both: Runtime) -> None:
    both = PERSON.format(n=1) + PERSON.format(n=2) + POLICY % 20
    assert apply(runtime_on_both, both) == ["c1 set", "c2 set", "policy default set"]
    lines = apply(runtime_on_both, PERSON.format(n=1) + POLICY % 30)
    assert "c2 switched off" in lines
    with runtime_on_both.database.transaction() as session:
        query = select(Responder.handle).where(Responder.active)
        assert session.scalars(query).all() == ["c1"]
        assert policy.current(session).steps[0].ring_s == 30


def test_a_policy_that_cannot_be_followed_changes_nothing(runtime_on_both: Runtime) -> None:
    with pytest.raises(RosterError, match="ring_s"):
        apply(runtime_on_both, PERSON.format(n=1) + POLICY % 1)
    with runtime_on_both.database.transaction() as session:
        assert session.scalars(select(Responder)).all() == []

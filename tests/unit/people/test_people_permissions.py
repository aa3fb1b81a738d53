"""Who may do what."""

import pytest

from hotline.people.model import Role
from hotline.people.permissions import ALLOWED, Action, may


def test_every_role_is_listed() -> None:
    assert set(ALLOWED) == set(Role)


@pytest.mark.parametrize("action", [Action.LISTEN, Action.REVIEW, Action.ACKNOWLEDGE_ALARM])
def test_an_auditor_hears_and_changes_nothing(action: Action) -> None:
    assert not may(Role.AUDITOR, action)
    assert may(Role.SUPERVISOR, action)


def test_only_an_administrator_manages_people() -> None:
    assert [role for role in Role if may(role, Action.MANAGE_PEOPLE)] == [Role.ADMINISTRATOR]


def test_only_a_supervisor_sees_what_is_masked() -> None:
    assert [role for role in Role if may(role, Action.REVEAL)] == [Role.SUPERVISOR]

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


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
@pytest.mark.parametrize("action", [Action.READ_WORDS, Action.LISTEN, Action.REVEAL])
def test_who_runs_and_who_checks_the_line_reads_no_words(role: Role, action: Action) -> None:
    assert not may(role, action)


def test_everybody_has_a_page_to_begin_with() -> None:
    assert all(may(role, Action.SEE_BOARD) for role in Role)


def test_who_may_read_words_may_see_what_is_masked_in_them_for_a_reason() -> None:
    assert [r for r in Role if may(r, Action.REVEAL)] == [Role.COUNSELOR, Role.SUPERVISOR]

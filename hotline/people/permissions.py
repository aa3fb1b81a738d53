"""What each role may do. Pure: a table and one question."""

from enum import StrEnum

from hotline.people.model import Role


class Action(StrEnum):
    """Something a signed-in person may be allowed to do."""

    READ_REPORTS = "read_reports"
    LISTEN = "listen"
    REVIEW = "review"
    ACKNOWLEDGE_ALARM = "acknowledge_alarm"
    MANAGE_PEOPLE = "manage_people"
    READ_AUDIT = "read_audit"
    REVEAL = "reveal"


_SUPERVISOR = frozenset(
    {Action.READ_REPORTS, Action.LISTEN, Action.REVIEW, Action.ACKNOWLEDGE_ALARM}
)

# Only who reviews reports has a reason to see what is masked.
# An auditor sees what was done and never hears a voice, which identifies a child.
ALLOWED: dict[Role, frozenset[Action]] = {
    Role.SUPERVISOR: _SUPERVISOR | {Action.REVEAL},
    Role.ADMINISTRATOR: _SUPERVISOR | {Action.MANAGE_PEOPLE, Action.READ_AUDIT},
    Role.AUDITOR: frozenset({Action.READ_REPORTS, Action.READ_AUDIT}),
}


def may(role: Role, action: Action) -> bool:
    """Whether the role may do the action."""
    return action in ALLOWED[role]

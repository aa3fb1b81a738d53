"""What each role may do. Pure: a table and one question.

Whose reports somebody sees, of those they may read, says `console.scope`.
"""

from enum import StrEnum

from hotline.people.model import Role


class Action(StrEnum):
    """Something a signed-in person may be allowed to do."""

    READ_REPORTS = "read_reports"
    """That there is a report, what became of it and who had it."""
    READ_WORDS = "read_words"
    """What was said and written in it, with what is personal masked."""
    REVEAL = "reveal"
    """What is masked, each time with a reason."""
    LISTEN = "listen"
    REVIEW = "review"
    """Correct words, set category and urgency, fill in facts, mark reviewed, name a duplicate."""
    NOTE = "note"
    ASSIGN = "assign"
    REPLY = "reply"
    DISCLOSE = "disclose"
    CLOSE = "close"
    HOLD = "hold"
    """Keep a report from being deleted, and let it go again."""
    CALL_BACK = "call_back"
    """Have the hotline connect one's own phone with a caller who left a number for that."""
    BLOCK_CALLER = "block_caller"
    """Keep a report's telephone from ringing people for the rest of the day, and undo it."""
    ACKNOWLEDGE_ALARM = "acknowledge_alarm"
    SEE_BOARD = "see_board"
    SEE_ROSTER = "see_roster"
    """Who is on call, and by which policy they are rung."""
    TAKE_SHIFT = "take_shift"
    MANAGE_ROSTER = "manage_roster"
    """Stand-ins for others, and test rings."""
    SEE_MENU = "see_menu"
    REVIEW_MENU = "review_menu"
    """Approve a prompt, or ask for a change."""
    MANAGE_MENU = "manage_menu"
    PUT_NOTICE = "put_notice"
    """Have callers hear a notice before the menu, and take it down."""
    SEE_STATISTICS = "see_statistics"
    READ_AUDIT = "read_audit"
    MANAGE_PEOPLE = "manage_people"
    SEE_SYSTEM = "see_system"
    """Settings, health, the first-run checklist."""
    BREAK_GLASS = "break_glass"
    """Ask the carrier, two together, for the number of a live call; where it is turned on."""
    OWN_SHIFT = "own_shift"
    """One's own duty, next shift and calls."""
    OWN_ACCOUNT = "own_account"
    """One's own language, theme, shortcuts and password."""


_EVERYBODY = frozenset({Action.SEE_BOARD, Action.SEE_ROSTER, Action.OWN_ACCOUNT})
_COUNSELOR = _EVERYBODY | {
    *(Action.READ_REPORTS, Action.READ_WORDS, Action.REVEAL, Action.LISTEN, Action.NOTE),
    *(Action.ACKNOWLEDGE_ALARM, Action.TAKE_SHIFT, Action.OWN_SHIFT, Action.CALL_BACK),
}

ALLOWED: dict[Role, frozenset[Action]] = {
    Role.COUNSELOR: _COUNSELOR,
    Role.SUPERVISOR: _COUNSELOR
    | {
        *(Action.REVIEW, Action.ASSIGN, Action.REPLY, Action.DISCLOSE, Action.CLOSE),
        *(Action.HOLD, Action.PUT_NOTICE, Action.BLOCK_CALLER),
        *(Action.MANAGE_ROSTER, Action.SEE_MENU, Action.REVIEW_MENU, Action.SEE_STATISTICS),
    },
    # An auditor sees what was done, and neither reads nor hears a word of a caller.
    Role.AUDITOR: _EVERYBODY | {Action.READ_REPORTS, Action.READ_AUDIT, Action.SEE_STATISTICS},
    # Whoever gives out accounts and runs the machine does not read reports.
    Role.ADMINISTRATOR: _EVERYBODY
    | {
        *(Action.MANAGE_ROSTER, Action.SEE_MENU, Action.REVIEW_MENU, Action.MANAGE_MENU),
        *(Action.READ_AUDIT, Action.PUT_NOTICE),
        *(Action.MANAGE_PEOPLE, Action.SEE_SYSTEM, Action.ACKNOWLEDGE_ALARM),
        *(Action.BREAK_GLASS,),
    },
}


def may(role: Role, action: Action) -> bool:
    """Whether the role may do the action."""
    return action in ALLOWED[role]

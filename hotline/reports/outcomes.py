"""How reports end: the closed list of dispositions. Pure; the console says them in sentences."""

from enum import StrEnum


class Disposition(StrEnum):
    """How a report ended. Needed to close it."""

    HELP_GIVEN = "help_given"
    """Somebody spoke with the child and helped; no more is needed."""
    HANDED_TO_LAW_ENFORCEMENT = "handed_to_law_enforcement"
    SCHOOL_ACTS = "school_acts"
    HANDED_TO_SERVICES = "handed_to_services"
    """Medical or human services have it."""
    NO_DANGER_FOUND = "no_danger_found"
    """It was looked into, and nobody was in danger."""
    NO_ACTION_POSSIBLE = "no_action_possible"
    """Too little was said to do anything."""
    DUPLICATE = "duplicate"
    """Another report tells of the same and goes on."""
    TEST_CALL = "test_call"

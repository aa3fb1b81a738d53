"""The doors of the console: rules that are right for a trial, and not for real callers."""

from collections.abc import Iterator

from hotline.doctor.finding import Finding, for_real_callers, ok, warn
from hotline.settings import Settings
from hotline.texts import marked


def console_doors(settings: Settings) -> Iterator[Finding]:
    """Everybody needs a second factor, and a number of the roster takes two people."""
    if not for_real_callers(settings):
        return
    if settings.second_factor == "required":
        yield ok("console_doors", marked("Everybody signs in with a second factor."))
    else:
        yield warn(
            "console_doors",
            marked("A password alone opens the console."),
            marked("Set HOTLINE_SECOND_FACTOR=required (docs/second-factors.md)."),
        )
    if settings.roster_two_people:
        yield ok("console_doors", marked("A changed number of a responder takes two people."))
    else:
        yield warn(
            "console_doors",
            marked("One person alone can change whose phone is rung."),
            marked("Set HOTLINE_ROSTER_TWO_PEOPLE=true (docs/roster.md)."),
        )

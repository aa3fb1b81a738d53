"""A roster for console tests: two schedules in Chicago, a gap on Friday, a stand-in on Wednesday.

The world's present is Monday 23 November 2026, 20:06 in Chicago.
"""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select

from hotline.dispatch import policy
from hotline.dispatch.words import Step
from hotline.oncall import responders, schedules
from hotline.oncall.calendar import Override, Rotation, Schedule
from hotline.oncall.model import Responder, ResponderKind
from tests.support.console import World

CHICAGO = ZoneInfo("America/Chicago")
COUNSELORS = "counselors"
DESKS = "law-enforcement"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 in Chicago."""
    return datetime(2026, 11, day, hour, minute, tzinfo=CHICAGO)


def with_roster(world: World) -> None:
    """Counselors 3 to 6, both schedules, and a policy that rings them."""
    with world.database.transaction() as session:
        for number in range(3, 7):
            responders.put(
                session,
                world.vault,
                handle=f"counselor-{number}",
                kind=ResponderKind.COUNSELOR,
                name=f"Counselor {number}",
                number=f"+1555010000{number}",
                languages=["en", "es"] if number % 2 else ["en"],
            )
        turns = tuple(f"counselor-{n}" for n in (1, 2, 3, 4))
        days = Rotation(turns, "day", 1, date(2026, 11, 2), time(8))
        gap = Override(at(27, 15), at(28, 0), None)
        counselors = Schedule(COUNSELORS, CHICAGO.key, (days,), (gap,))
        schedules.put(session, COUNSELORS, counselors)
        desk = Rotation(("police",), "week", 1, date(2026, 11, 2), time(0))
        schedules.put(session, DESKS, Schedule(DESKS, CHICAGO.key, (desk,)))
        steps = (Step(("counselor-1", f"schedule:{COUNSELORS}"), 25.0),)
        last = Step((f"schedule:{DESKS}",), 30.0)
        policy.put(session, policy.DEFAULT, policy.Policy(steps, 2, last, ("counselor-6",)))


def stand_in(world: World) -> str:
    """Counselor 6 stands in for Counselor 2 on Wednesday, 13:00 to 19:00; the override's id."""
    override = Override(at(25, 13), at(25, 19), "counselor-6", "counselor-4")
    with world.database.transaction() as session:
        return schedules.add_override(session, COUNSELORS, override)


def responder_of(world: World, handle: str = "counselor-1") -> str:
    """The id of a responder."""
    with world.database.transaction() as session:
        return session.scalars(select(Responder.id).where(Responder.handle == handle)).one()


def override_of(world: World) -> str:
    """An override that the console wrote, in a schedule that is made if need be."""
    with world.database.transaction() as session:
        if schedules.read(session, COUNSELORS) is None:
            turns = Rotation(("counselor-1",), "day", 1, date(2026, 11, 2), time(8))
            schedules.put(session, COUNSELORS, Schedule(COUNSELORS, "UTC", (turns,)))
        override = Override(at(25, 13), at(25, 19), "counselor-2", "counselor-1")
        return schedules.add_override(session, COUNSELORS, override)

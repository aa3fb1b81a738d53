"""`hotline oncall`: who is on call, and what is wrong with it."""

import sys
from datetime import timedelta

import click

from hotline.commands import oncall_changes
from hotline.commands.drill import drill
from hotline.commands.oncall_common import Office, both, day, in_utc, midnight, moment, office
from hotline.commands.plain import plain
from hotline.mistakes import Mistake
from hotline.oncall import calendar

DAYS = click.IntRange(1, 366)
# So many problems of one sort and schedule are printed; the rest is counted.
PRINTED = 5


@click.group()
def oncall() -> None:
    """Who is on call: schedules, gaps, overrides, calendar files."""


@oncall.command()
@click.option("--at", help="A moment, 2026-11-01T01:30 for example; default: now.")
@click.option("--schedule", "name", help="Only this schedule.")
@plain
def who(at: str | None, name: str | None) -> None:
    """Say who is on call. A time without an offset is the local time of each schedule."""
    with office() as desk:
        for schedule in _wanted(desk, name):
            asked = moment(at, schedule.zone) if at else desk.now
            people = ", ".join(calendar.on_call(schedule, asked)) or "nobody"
            local = f"{asked.astimezone(schedule.zone):%a %d %b %Y %H:%M %Z}"
            read = f"local time of {schedule.timezone}"
            click.echo(f"{schedule.name}: {people}, {local} ({read}; {asked:%Y-%m-%d %H:%M} UTC)")


@oncall.command()
@click.option("--days", default=60, show_default=True, type=DAYS, help="How far ahead to look.")
@click.option("--from", "first", help="The day to begin with; default: now.")
@click.option("--all", "every", is_flag=True, help="Print every problem, however many.")
@plain
def gaps(days: int, first: str | None, every: bool) -> None:
    """Say what is wrong with who is on call; exit 1 if anything is."""
    from hotline.oncall import coverage

    with office() as desk:
        found = {s.name: s for s in _wanted(desk, None)}
        start = midnight(day(first), next(iter(found.values())).zone) if first else desk.now
        end = start + timedelta(days=days)
        used = _rung(desk) or None
        problems = coverage.problems(found.values(), desk.people(), start, end, used)
    counts: dict[tuple[str, str], int] = {}
    for problem in problems:
        sort = (problem.schedule, problem.kind)
        counts[sort] = counts.get(sort, 0) + 1
        if every or counts[sort] <= PRINTED:
            click.echo(problem.sentence)
            click.echo(f"    {in_utc(problem.start, problem.end)}")
    for (name, kind), count in counts.items():
        if count > PRINTED and not every:
            click.echo(f"{name}: {count - PRINTED} more of {kind}; --all prints them.")
    if problems:
        sys.exit(1)
    click.echo(f"Somebody who can be rung is on call at every moment of the next {days} days.")


@oncall.command()
@click.argument("name")
@click.option("--from", "first", help="The day to begin with; default: today.")
@click.option("--days", default=7, show_default=True, type=DAYS, help="How many days.")
@plain
def show(name: str, first: str | None, days: int) -> None:
    """Print the final schedule NAME, overrides included."""
    with office() as desk:
        schedule = desk.named(name)
        today = day(first) if first else desk.now.astimezone(schedule.zone).date()
    start = midnight(today, schedule.zone)
    end = midnight(today + timedelta(days=days), schedule.zone)
    click.echo(f"{name}, local time of {schedule.timezone}")
    for span in calendar.final(schedule, start, end):
        people = ", ".join(span.people) or "NOBODY"
        click.echo(f"{both(span.start, span.end, schedule.zone)}  {people}")


@oncall.command()
@click.argument("name")
@click.option("--days", default=60, show_default=True, type=DAYS, help="How many days.")
@plain
def export(name: str, days: int) -> None:
    """Print schedule NAME as an iCalendar file (.ics)."""
    from hotline.oncall import feed

    with office() as desk:
        text = feed.export(desk.named(name), desk.now, desk.now + timedelta(days=days), desk.now)
    click.echo(text, nl=False)


def _wanted(desk: Office, name: str | None) -> list[calendar.Schedule]:
    from hotline.oncall import schedules

    if name is not None:
        return [desk.named(name)]
    found = list(schedules.read_all(desk.session).values())
    if not found:
        raise Mistake("There is no schedule yet; put one into the roster and apply it.")
    return found


def _rung(desk: Office) -> set[str]:
    """The schedules that a policy rings."""
    from hotline.dispatch import policy

    prefix = "schedule:"
    plans = [policy.current(desk.session, name).plan for name in policy.names(desk.session)]
    targets = {target for plan in plans for step in plan for target in step.targets}
    return {target.removeprefix(prefix) for target in targets if target.startswith(prefix)}


oncall.add_command(drill)
for _command in oncall_changes.COMMANDS:
    oncall.add_command(_command)

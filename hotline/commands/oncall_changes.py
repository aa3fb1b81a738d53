"""`hotline oncall …`, the commands that change who is on call: override, swap, undo, import."""

from datetime import timedelta
from pathlib import Path

import click

from hotline.commands.oncall_common import Office, both, day, moment, office
from hotline.commands.plain import plain
from hotline.mistakes import Mistake
from hotline.oncall import calendar


@click.command()
@click.argument("name")
@click.option("--from", "start", required=True, help="2026-12-24T18:00, the schedule's local time.")
@click.option("--to", "end", required=True, help="When it ends, in the same form.")
@click.option("--person", help="Handle of who is on call then.")
@click.option("--nobody", is_flag=True, help="Nobody is on call then.")
@click.option("--instead-of", help="Whose place is taken; default: everybody's.")
@click.option("--besides", is_flag=True, help="On top of those who are on call.")
@plain
def override(
    name: str,
    start: str,
    end: str,
    person: str | None,
    nobody: bool,
    instead_of: str | None,
    besides: bool,
) -> None:
    """Put somebody on call in schedule NAME for a while."""
    if nobody == (person is not None):
        raise Mistake("Give either --person HANDLE or --nobody.")
    with office() as desk:
        schedule = desk.named(name)
        for handle in filter(None, (person, instead_of)):
            desk.known(handle)
        begin, finish = moment(start, schedule.zone), moment(end, schedule.zone)
        _write(desk, schedule, calendar.Override(begin, finish, person, instead_of, besides))


@click.command()
@click.argument("name")
@click.argument("one")
@click.argument("one_day")
@click.argument("other")
@click.argument("other_day")
@plain
def swap(name: str, one: str, one_day: str, other: str, other_day: str) -> None:
    """Swap the turns that two people have on a day in schedule NAME.

    For example: hotline oncall swap counselors counselor-1 2026-12-21 counselor-2 2026-12-28
    """
    with office() as desk:
        schedule = desk.named(name)
        mine = calendar.turn(schedule, desk.known(one), day(one_day))
        theirs = calendar.turn(schedule, desk.known(other), day(other_day))
        for written in calendar.swap(mine, theirs):
            _write(desk, schedule, written)


@click.command()
@click.argument("name")
@plain
def overrides(name: str) -> None:
    """List the overrides of schedule NAME that have not ended, with their ids."""
    from hotline.oncall import schedules

    with office() as desk:
        schedule = desk.named(name)
        known = schedules.overrides(desk.session, name)
        left = {key: entry for key, entry in known.items() if entry.end > desk.now}
    for key, entry in left.items():
        click.echo(f"{key}  {_sentence(entry, schedule)}")
    if not left:
        click.echo(f"{name} has no override.")


@click.command()
@click.argument("name")
@click.argument("override_id")
@plain
def undo(name: str, override_id: str) -> None:
    """Take an override of schedule NAME back (its id: `hotline oncall overrides NAME`)."""
    from hotline.oncall import schedules

    with office() as desk:
        desk.named(name)
        if not schedules.remove_override(desk.session, name, override_id):
            raise Mistake(f"{name} has no such override; see `hotline oncall overrides {name}`.")
        desk.record("schedule.override_removed", name, override=override_id)
    click.echo("The override is gone.")


@click.command("import")
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--days", default=60, show_default=True, type=click.IntRange(1, 366))
@plain
def import_calendar(name: str, file: Path, days: int) -> None:
    """Let the events of an iCalendar FILE say who is on call in schedule NAME from now on.

    An event's title names the person by their handle. Where there is no event the rotations go on.
    An event that names nobody of the roster stops the import; nothing is changed then.
    """
    from hotline.oncall import feed, schedules

    try:
        text = file.read_bytes()
    except OSError:
        raise Mistake(f"There is no readable calendar at {file}; check the name.") from None
    with office() as desk:
        schedule = desk.named(name)
        end = desk.now + timedelta(days=days)
        read = feed.read(text, schedule, desk.people(), desk.now, end)
        if read.problems:
            raise Mistake("\n".join((*read.problems, "Nothing was imported.")))
        schedules.replace_overrides(desk.session, name, "calendar", read.overrides, desk.now)
        desk.record("schedule.imported", name, overrides=str(len(read.overrides)))
    click.echo(f"{name}: {len(read.overrides)} stretches of time from the calendar.")


def _write(desk: Office, schedule: calendar.Schedule, written: calendar.Override) -> None:
    from hotline.oncall import schedules

    key = schedules.add_override(desk.session, schedule.name, written)
    desk.record("schedule.overridden", schedule.name, override=key)
    click.echo(_sentence(written, schedule))


def _sentence(written: calendar.Override, schedule: calendar.Schedule) -> str:
    instead = f" instead of {written.replaces}" if written.replaces else " instead of everybody"
    how = " besides the others" if written.besides else instead
    when = both(written.start, written.end, schedule.zone)
    return f"{schedule.name}: {written.person or 'nobody'}{how}, {when}"


COMMANDS: tuple[click.Command, ...] = (override, overrides, swap, undo, import_calendar)

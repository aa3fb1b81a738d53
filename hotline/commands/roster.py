"""`hotline roster`: the file of people, schedules, policies and routes."""

import sys
from contextlib import closing
from pathlib import Path

import click

from hotline.commands.plain import plain
from hotline.mistakes import Mistake

File = click.Path(path_type=Path)


@click.group()
def roster() -> None:
    """Responders, schedules, policies and routes, kept in a file."""


@roster.command("check")
@click.argument("file", type=File)
@plain
def check_roster(file: Path) -> None:
    """Say everything that is wrong with FILE, the next 60 days included; exit 1 if anything is."""
    from hotline.context import utc_now
    from hotline.dispatch.roster_check import check

    problems = check(read_file(file), utc_now()).problems
    for line in _lines(file, problems):
        click.echo(line)
    if problems:
        sys.exit(1)
    click.echo(f"{file}: no problem, in the next 60 days either.")


@roster.command("apply")
@click.argument("file", type=File)
@plain
def apply_roster(file: Path) -> None:
    """Bring people, schedules, policies and routes to what FILE says, in one transaction."""
    from hotline.context import utc_now
    from hotline.dispatch import roster as in_force
    from hotline.dispatch.roster_check import check
    from hotline.runtime import open_runtime
    from hotline.settings import load_settings

    checked = check(read_file(file), utc_now())
    if checked.problems:
        click.echo("\n".join(_lines(file, checked.problems)), err=True)
        raise Mistake("Nothing was changed; mend this and apply the roster again.")
    with (
        closing(open_runtime(load_settings())) as runtime,
        runtime.database.transaction() as session,
    ):
        changes = in_force.apply(session, runtime.vault, checked.roster)
    click.echo("\n".join(changes) or "nothing changed")


@roster.command("show")
@click.option("--numbers", is_flag=True, help="Numbers and PINs in full, fit to be applied again.")
@plain
def show_roster(numbers: bool) -> None:
    """Print the roster in force in the form of the file."""
    import tomli_w

    from hotline.dispatch import roster as in_force
    from hotline.runtime import open_runtime
    from hotline.settings import load_settings

    with (
        closing(open_runtime(load_settings())) as runtime,
        runtime.database.transaction() as session,
    ):
        whole = in_force.in_force(session, runtime.vault, secrets=numbers)
    click.echo(tomli_w.dumps(whole) or "# Nobody is on the roster yet.")


def read_file(file: Path) -> str:
    """The text of a roster file. Raises Mistake when there is none."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise Mistake(f"There is no readable roster at {file}; check the name.") from None


def _lines(file: Path, problems: tuple[tuple[int, str], ...]) -> list[str]:
    return [f"{file}:{line}: {sentence}" for line, sentence in problems]

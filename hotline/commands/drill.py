"""`hotline oncall drill`: ring responders, ask for a press of 1, and say whose number works."""

import sys

import click

from hotline.commands.plain import plain


@click.command("drill")
@click.argument("handles", nargs=-1, metavar="HANDLE…")
@click.option("--all", "everybody", is_flag=True, help="Every responder in service.")
@click.option("--wait/--no-wait", default=True, help="Wait until the calls are over (the default).")
@plain
def drill(handles: tuple[str, ...], everybody: bool, wait: bool) -> None:
    """Ring responders and ask them to press 1, so that their numbers are confirmed.

    Prints one line a person. Exit code 1 when somebody did not press 1.
    """
    from hotline.dispatch import drill as drills
    from hotline.runtime import open_runtime
    from hotline.settings import load_settings

    if everybody == bool(handles):
        raise click.UsageError("Give the handles of those to ring, or --all.")
    runtime = open_runtime(load_settings())
    missing = False
    try:
        for outcome in drills.drill(runtime, handles, wait=wait):
            mark = "confirmed" if outcome.confirmed else "NOT CONFIRMED"
            click.echo(f"{outcome.handle}  {mark}: {outcome.said}")
            missing = missing or not outcome.confirmed
    finally:
        runtime.close()
    sys.exit(1 if missing else 0)

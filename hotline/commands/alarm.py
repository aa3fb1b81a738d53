"""`hotline alarm`: whether an alarm would arrive by every way besides the telephone."""

import sys

import click

from hotline.commands.plain import plain, refuse

SAID = {"post": "HOTLINE_ALARM_URL", "mail": "HOTLINE_MAIL_TO"}


@click.group()
def alarm() -> None:
    """The ways to tell an alarm, besides the phones that ring."""


@alarm.command("try")
@plain
def try_ways() -> None:
    """Post and mail a test alarm, where that is set, and say what became of each.

    No phone rings, and no alarm is open because of it. Exit code 1 when a way does not work.
    """
    from hotline.database.base import new_id
    from hotline.dispatch import mail
    from hotline.dispatch.outside import Outside, ways_of
    from hotline.runtime import open_runtime
    from hotline.settings import load_settings

    settings = load_settings()
    ways = ways_of(settings)
    if not ways:
        refuse("Neither HOTLINE_ALARM_URL nor HOTLINE_MAIL_HOST is set; alarms ring phones only.")
    runtime = open_runtime(settings)
    raised_at = runtime.clock().isoformat()
    fact = {"alarm": new_id(), "reason": mail.TEST, "report": None, "raised_at": raised_at}
    failed = False
    try:
        outside = Outside(runtime)
        for way in ways:
            code = outside.tell_by(way, {**fact, "round": 0})
            click.echo(f"{SAID[way]}  {'taken' if code is None else f'NOT TAKEN: {code}'}")
            failed = failed or code is not None
    finally:
        runtime.close()
    sys.exit(1 if failed else 0)

"""`hotline doctor`: look at everything, say what is wrong and how it is mended."""

import json
import sys

import click

from hotline.commands.plain import plain

MARKS = {"bad": "✗ bad ", "warn": "! warn", "ok": "✓ ok  "}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="All findings as JSON.")
@plain
def doctor(as_json: bool) -> None:
    """Examine this installation: settings, data, models, voices, processes.

    Prints the worst first, each with what to do about it. Exit code 1 when anything is bad.
    """
    from hotline.doctor.examination import CHECKS, examine
    from hotline.doctor.finding import Level
    from hotline.settings import load_settings
    from ivr.voice_check import voices

    found = examine(load_settings, (*CHECKS, voices))
    if as_json:
        click.echo(json.dumps([finding.to_dict() for finding in found], indent=2))
    else:
        for finding in found:
            click.echo(f"{MARKS[finding.level]}  {finding.check:<15} {finding.says}")
            if finding.mend:
                click.echo(f"{'':<24} → {finding.mend}")
    sys.exit(1 if any(finding.level is Level.BAD for finding in found) else 0)

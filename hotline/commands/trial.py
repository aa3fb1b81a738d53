"""`hotline trial`: a stand-in calls the hotline that runs here, before there is any carrier."""

import sys

import click

from hotline.commands.plain import plain


@click.command("trial")
@click.option("--say", metavar="TEXT", help="What the caller says; default: words of the demo.")
@click.option(
    "--language",
    type=click.Choice(["en", "es", "ar"]),
    default="en",
    help="Which the caller speaks.",
)
@plain
def trial(say: str | None, language: str) -> None:
    """Let a stand-in call the hotline that `hotline up` runs here, without any carrier.

    The phones of your roster are answered by stand-ins too, who press 1. The report stays. Exit
    code 1 when nobody has taken it.
    """
    from hotline.demo import trial as trials
    from hotline.settings import load_settings

    sys.exit(trials.run(load_settings(), language, say))

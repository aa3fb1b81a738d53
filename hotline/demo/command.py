"""`hotline demo` on the command line."""

import sys
from pathlib import Path

import click

from hotline.demo.options import DEFAULT_SCENARIO, DEFAULT_SPEED, DemoOptions


@click.command()
@click.option("--scenario", default=DEFAULT_SCENARIO, show_default=True, help="Which one to play.")
@click.option("--list", "listing", is_flag=True, help="Name the scenarios and stop.")
@click.option("--audio", type=click.Path(path_type=Path), help="A recording the caller says.")
@click.option("--language", help="Language the caller chooses (en, es, ar); default: scenario's.")
@click.option(
    "--json",
    "json_out",
    is_flag=False,
    flag_value="-",
    type=click.Path(path_type=Path),
    help="Write the result there; without a path it is all that standard output gets.",
)
@click.option("--keep", is_flag=True, help="Use HOTLINE_DATA_DIR and leave it for inspection.")
@click.option(
    "--speed",
    type=click.FloatRange(0.5, 20),
    default=DEFAULT_SPEED,
    show_default=True,
    help="How many times faster than life the telephone runs.",
)
@click.option(
    "--record",
    type=click.Choice(["stream", "verb"]),
    default="stream",
    show_default=True,
    help="How the caller is recorded: streamed to us, or by the carrier.",
)
@click.option("--verbose", is_flag=True, help="Also show the processes and what they log.")
def demo(
    scenario: str,
    listing: bool,
    audio: Path | None,
    language: str | None,
    json_out: Path | None,
    keep: bool,
    speed: float,
    record: str,
    verbose: bool,
) -> None:
    """Play a call from a caller's mouth to a human who has taken it, and check every step."""
    from hotline.demo import run
    from hotline.demo.scenarios import SCENARIOS

    if listing:
        width = max(map(len, SCENARIOS))
        click.echo("\n".join(f"{s.name:{width}}  {s.title}" for s in SCENARIOS.values()))
        return
    options = DemoOptions(scenario, audio, language, json_out, keep, speed, verbose, record)
    sys.exit(run.run(options))

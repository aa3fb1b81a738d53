"""`hotline simulate` on the command line."""

import os
import sys

import click

SHOWN = 3
"""Failing runs whose shortest scenario is looked for and printed."""


@click.command()
@click.option("--runs", type=click.IntRange(1), default=2000, show_default=True, help="How many.")
@click.option("--seed", type=int, default=1, show_default=True, help="All chance comes from it.")
@click.option("--run", type=click.IntRange(0), help="Replay this run of the seed and tell it all.")
@click.option("--jobs", type=click.IntRange(1), help="Processes; default: one per processor.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
@click.option("--mutants", is_flag=True, help="Break dispatch on purpose; every break is caught.")
@click.option("--day", is_flag=True, help="Instead, one busy day of a whole state.")
@click.option("--wave", is_flag=True, help="Instead, many calls in ten minutes about one threat.")
@click.option("--calls", type=click.IntRange(1), help="Callers: of a day 1000, of a wave 300.")
def simulate(
    seed: int,
    runs: int,
    run: int | None,
    jobs: int | None,
    as_json: bool,
    mutants: bool,
    day: bool,
    wave: bool,
    calls: int | None,
) -> None:
    """Play dispatch against hostile carriers, crashes and people, and check its promises."""
    processes = jobs or os.cpu_count() or 1
    if day:
        sys.exit(_day(seed, calls))
    if wave:
        sys.exit(_wave(seed, calls))
    if mutants:
        sys.exit(_mutants(seed, processes))
    if run is not None:
        sys.exit(_replay(seed, run))
    sys.exit(_simulate(seed, runs, processes, as_json=as_json))


def _simulate(seed: int, runs: int, jobs: int, *, as_json: bool) -> int:
    from hotline.simulate import report
    from hotline.simulate.many import simulate_all

    tally = simulate_all(seed, runs, jobs)
    if as_json:
        click.echo(report.as_json(tally, seed))
        return 1 if tally.failing else 0
    for number, _ in tally.failing[:SHOWN]:
        click.echo(_shortest(seed, number))
    click.echo(report.as_text(tally, seed))
    return 1 if tally.failing else 0


def _shortest(seed: int, run: int) -> str:
    """The smallest scenario found that fails like this run, and its story."""
    from hotline.simulate import chance, report
    from hotline.simulate.play import play
    from hotline.simulate.shrink import shrink

    smallest = shrink(chance.scenario(seed, run))
    story = report.story(play(smallest, telling=True))
    title = f"Run {run} of seed {seed}, made as short as it was found to fail:"
    return f"{title}\n{report.described(smallest)}\n{story}\n"


def _replay(seed: int, run: int) -> int:
    from hotline.simulate import chance, report
    from hotline.simulate.play import play

    scenario = chance.scenario(seed, run)
    outcome = play(scenario, telling=True)
    click.echo(f"Run {run} of seed {seed}:\n{report.described(scenario)}\n{report.story(outcome)}")
    if outcome.violation is None:
        return 0
    click.echo(_shortest(seed, run))
    return 1


def _day(seed: int, given: int | None) -> int:
    from hotline.simulate import day, report
    from hotline.simulate.kept import play_and_count

    calls = given or day.CALLS
    outcome, kept = play_and_count(day.scenario(seed, calls))
    click.echo(report.day(outcome, kept, calls))
    return 0 if outcome.violation is None and not kept.under_way else 1


def _wave(seed: int, given: int | None) -> int:
    from hotline.simulate import report, wave

    calls = given or wave.CALLS
    outcome, came = wave.play_wave(wave.scenario(seed, calls))
    click.echo(report.wave(outcome, came, calls))
    kept = not came.left and came.longest_s <= came.worst_s
    return 0 if outcome.violation is None and kept else 1


def _mutants(seed: int, jobs: int) -> int:
    from hotline.simulate import report
    from hotline.simulate.mutants import hunt_all

    caught = hunt_all(seed, jobs)
    click.echo(report.mutants(caught, seed))
    return 0 if all(c.violation is not None for c in caught) else 1

"""`hotline policy`: which policies there are, and what one would do at a moment."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hotline.commands.plain import plain
from hotline.commands.roster import File, read_file
from hotline.mistakes import Mistake

if TYPE_CHECKING:
    from hotline.dispatch.explain import Explanation
    from hotline.dispatch.outlook import Outlook
    from hotline.dispatch.policy import Policy


@click.group()
def policy() -> None:
    """Who is rung, in which order: the policies of the roster."""


@policy.command("list")
@plain
def list_policies() -> None:
    """Name the policies, and the routes that lead to each."""
    outlook = _in_force()
    if not outlook.policies:
        raise Mistake("There is no policy yet; apply a roster with `hotline roster apply FILE`.")
    for name, found in outlook.policies.items():
        led = [str(i + 1) for i, rule in enumerate(outlook.rules) if rule.policy == name]
        when = [f"route {', '.join(led)}"] if led else []
        when += ["whenever no route fits"] if name == "default" else []
        steps = f"steps: {len(found.steps)}, rounds: {found.rounds}"
        click.echo(f"{name}  {steps}; {' and '.join(when) or 'no route leads to it'}")


@policy.command("explain")
@click.argument("name", required=False)
@click.option("--at", help="A moment, 2026-11-01T01:30 for example; default: now.")
@click.option("--category", default="unsorted", show_default=True, help="What it is about.")
@click.option("--urgency", default="urgent", show_default=True, help="How urgent it is.")
@click.option("--language", default="en", show_default=True, help="The caller's language.")
@click.option("--district", help="Handle of the district whose line was dialed.")
@click.option("--school", help="Handle of the school.")
@click.option("--roster", "file", type=File, help="A roster file instead of the one in force.")
@plain
def explain_policy(name: str | None, at: str | None, file: Path | None, **about: Any) -> None:
    """Show who would be rung when, and how long it takes at most until a human has it.

    Without NAME the routes choose the policy.
    """
    from hotline.context import utc_now
    from hotline.dispatch.explain import explain
    from hotline.dispatch.routing import Facts

    outlook = _of_file(file) if file else _in_force()
    moment = _moment(at, outlook, name) if at else utc_now()
    facts = Facts(**about)
    by_route, why = outlook.chosen(facts, moment)
    name, why = (name, "asked for") if name else (by_route, why)
    found = outlook.named(name)
    told = explain(found.plan, outlook.roster, facts.language, moment)
    local = moment.astimezone(outlook.zone(name))
    click.echo(f"Policy {name} ({why}), {local:%a %d %b %Y %H:%M} {local.tzinfo}\n")
    click.echo("\n".join([*_rings(told, found, local), "", *_figures(told, found, local)]))


def _rings(told: "Explanation", found: "Policy", local: datetime) -> list[str]:
    from hotline.dispatch.explain import in_words

    cells = [("after", "at", "step", "whom", "why")]
    for row in told.rows:
        at = f"{_later(local, row.offset_s):%H:%M:%S}"
        label = found.labels[row.position]
        cells.append((in_words(row.offset_s), at, label, row.who, row.why))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(f"{text:{width}}" for text, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


def _figures(told: "Explanation", found: "Policy", local: datetime) -> list[str]:
    from hotline.dispatch.explain import in_words

    alarm = f"{_later(local, told.alarm_s):%H:%M:%S}"
    phones = ", ".join(found.alarm) or "nobody, since the policy has no alarm"
    return [
        f"If nobody picks up: the alarm after {in_words(told.alarm_s)}, at {alarm} ({phones}).",
        f"Worst case: {in_words(told.worst_s)} ({told.worst_s:.0f} s) until a human has it or the "
        "alarm is raised,",
        "however slow carrier and people are, at any time of the next 60 days.",
    ]


def _later(local: datetime, seconds: float) -> datetime:
    """So many seconds later, also where the clocks change in between."""
    later = local.astimezone(UTC) + timedelta(seconds=seconds)
    return later.astimezone(local.tzinfo)


def _moment(at: str, outlook: "Outlook", name: str | None) -> datetime:
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise Mistake(f"{at!r} is not a moment; write it like 2026-11-01T01:30.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=outlook.zone(name))


def _of_file(file: Path) -> "Outlook":
    from hotline.context import utc_now
    from hotline.dispatch.outlook import from_file
    from hotline.dispatch.roster_check import check

    checked = check(read_file(file), utc_now())
    if checked.problems:
        count = len(checked.problems)
        click.echo(f"{file} has problems ({count}); see `hotline roster check {file}`.", err=True)
    return from_file(checked)


def _in_force() -> "Outlook":
    from hotline.context import utc_now
    from hotline.dispatch.outlook import from_database
    from hotline.runtime import open_runtime
    from hotline.settings import load_settings

    runtime = open_runtime(load_settings())
    with runtime.database.transaction() as session:
        return from_database(session, runtime.vault, utc_now())

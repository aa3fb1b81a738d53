"""`hotline purge`: delete the reports whose time is over."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hotline.commands.plain import plain, refuse
from hotline.mistakes import Mistake

if TYPE_CHECKING:
    from hotline.reports.purging import Judged

REASONS = {"hold": "legal hold", "time": "their time is not over", "open": "not closed"}


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would be deleted, and delete nothing.")
@click.option(
    "--replay-tombstones",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="After a restore: delete again what this file names.",
)
@plain
def purge(dry_run: bool, file: Path | None) -> None:
    """Delete for good what is past its time (HOTLINE_KEEP_…), except what a legal hold keeps.

    The auditor does this every day by itself.
    """
    from hotline.reports import purging
    from hotline.runtime import open_runtime
    from hotline.settings import load_settings

    if dry_run and file is not None:
        raise Mistake("Give either --dry-run or --replay-tombstones.")
    settings = load_settings()
    runtime = open_runtime(settings)
    now, clocks = runtime.clock(), purging.clocks_of(settings)
    database = runtime.database
    try:
        if file is not None:
            gone = purging.replay(database, file, now, "cli")
            click.echo(f"Deleted again: {len(gone)}.")
        elif dry_run:
            _show(purging.judged(database, clocks, now), "to be deleted")
        else:
            done = purging.purge(database, clocks, now, settings.tombstones, "cli")
            _show(done, "deleted")
    except OSError:
        refuse("The file of tombstones cannot be used; mend it or set HOTLINE_TOMBSTONE_FILE.")
    finally:
        runtime.close()


def _show(found: "Iterable[Judged]", what: str) -> None:
    """A line for each report that goes, and how many are kept for which reason."""
    gone, kept = 0, Counter[str]()
    for one in found:
        verdict = one.verdict
        if verdict.kept is not None:
            kept[verdict.kept.value] += 1
            continue
        gone += 1
        since = f"{verdict.due_at:%Y-%m-%d}" if verdict.due_at else ""
        click.echo(f"{one.report_id}  {verdict.retention.value}, due since {since}")
    click.echo(f"Reports {what}: {gone}.")
    for reason, count in sorted(kept.items()):
        click.echo(f"Kept ({REASONS[reason]}): {count}.")

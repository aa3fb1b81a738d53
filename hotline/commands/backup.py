"""`hotline backup` and `hotline restore`: a copy of everything, elsewhere, and back again."""

import errno
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hotline.commands.plain import plain, refuse

if TYPE_CHECKING:
    from hotline.backup.restoring import Restored

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@click.group(invoke_without_command=True)
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to put it; default: HOTLINE_BACKUP_FOLDER.",
)
@click.option(
    "--keep",
    type=click.IntRange(1),
    help="Afterwards remove all but so many of the newest from there.",
)
@click.pass_context
@plain
def backup(context: click.Context, folder: Path | None, keep: int | None) -> None:
    """Back up the database, encrypted to HOTLINE_BACKUP_RECIPIENT, while everything runs.

    The key ring is not in it: keep its copy in another place.
    """
    if context.invoked_subcommand is not None:
        return
    from hotline.backup import making, place
    from hotline.context import utc_now
    from hotline.settings import load_settings

    settings = load_settings()
    folder = folder or settings.backup_folder
    if folder is None:
        refuse("Say where to put the backup: `--to FOLDER`, or set HOTLINE_BACKUP_FOLDER.")
    try:
        made = making.make(settings, folder, utc_now().replace(microsecond=0))
        removed = place.remove_old(folder, keep) if keep else 0
    except OSError as error:
        refuse(_unwritten(error, f"The backup in {folder}", "make room, or choose another folder"))
    facts = made.manifest.facts
    click.echo(f"{made.path}  {made.written.size} bytes, SHA-256 {made.written.sha256}")
    click.echo(f"It holds {facts.reports} reports and {facts.audit_seq} entries of the audit.")
    if removed:
        click.echo(f"Older backups removed: {removed}.")


@backup.command()
@plain
def key() -> None:
    """Print a new pair: the public key for the setting, the identity to be kept offline.

    Nothing is stored. Run it on a machine that is not the server, if there is one.
    """
    from hotline.backup import age

    pair = age.new_pair()
    click.echo(f"# public key: {pair.recipient}")
    click.echo(pair.identity)
    click.echo(f"Set HOTLINE_BACKUP_RECIPIENT={pair.recipient} on the server.", err=True)
    click.echo("Keep the line AGE-SECRET-KEY-1… offline, in two places, and never on the", err=True)
    click.echo("server: it opens every backup, and without it no backup opens.", err=True)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--identity",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The file that was kept offline; it opens the backup.",
)
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Restore into this data directory instead of HOTLINE_DATA_DIR.",
)
@click.option(
    "--tombstones",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Deletions since the backup; those in the data directory are read anyway.",
)
@click.option("--check", is_flag=True, help="Only open and verify it; restore nothing.")
@plain
def restore(
    file: Path, identity: Path, data_dir: Path | None, tombstones: Path | None, check: bool
) -> None:
    """Restore the backup FILE into an empty database, with the key ring already in place.

    Nothing may run meanwhile. Exit code 1: it was restored, and something of it needs you.
    """
    from hotline.backup import restoring
    from hotline.context import utc_now
    from hotline.settings import load_settings

    settings = load_settings(**({"data_dir": data_dir} if data_dir else {}))
    try:
        with restoring.opened(settings, file, identity) as found:
            if check:
                _say_what_is_in(found.manifest.facts.reports, found.manifest.facts.audit_seq)
                return
            done = restoring.restore(settings, found, utc_now(), tombstones)
    except OSError as error:
        refuse(_unwritten(error, "The backup", "make room, or choose another place"))
    sys.exit(0 if _told(done) else 1)


def _say_what_is_in(reports: int, entries: int) -> None:
    click.echo(f"The backup is whole: {reports} reports, {entries} entries of the audit.")


def _told(done: "Restored") -> bool:
    """Say what was restored; whether all is well."""
    facts, made_at = done.manifest.facts, done.manifest.made_at
    click.echo(f"Restored as of {made_at:%Y-%m-%d %H:%M:%S} UTC: {facts.reports} reports.")
    click.echo(f"Deleted again by tombstones: {done.deleted_again}.")
    click.echo(f"Sessions ended: {done.signed_out}. Recordings of prompts: {done.recordings}.")
    if done.broken_at is None:
        click.echo(f"The audit chain of {done.entries} entries verifies.")
    else:
        click.echo(
            f"The audit chain is broken at entry {done.broken_at}: it was so in the backup. Keep "
            "this file, and compare with an older one.",
            err=True,
        )
    if done.lost:
        click.echo(
            f"Records need master keys that are not here: {', '.join(done.lost)}. Put them back "
            "behind the newest key (docs/keys.md); until then those records stay closed.",
            err=True,
        )
    return done.broken_at is None and not done.lost


def _unwritten(error: OSError, what: str, mend: str) -> str:
    reason = error.strerror or str(error)
    if error.errno in FULL:
        reason = "there is no room"
    return f"{what} could not be written or read ({reason}); {mend}. Nothing was left half done."

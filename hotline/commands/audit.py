"""`hotline audit`: whether nobody has changed the record, and what to keep elsewhere for that."""

import sys
from pathlib import Path

import click

from hotline.commands.plain import plain, refuse


@click.group()
def audit() -> None:
    """Who did what: check the chain of the audit, and export its anchor."""


@audit.command()
@click.option(
    "--anchor",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Anchors kept elsewhere; without them a cut-off end does not show.",
)
@plain
def verify(file: Path | None) -> None:
    """Read the whole chain. Exit code 1: an entry was edited, moved, removed or cut off."""
    from hotline import audit as chain
    from hotline import audit_anchors
    from hotline.runtime import open_runtime
    from hotline.settings import load_settings

    try:
        anchors = audit_anchors.parse(file.read_text()) if file else []
    except (OSError, UnicodeDecodeError):
        refuse("The file of anchors cannot be read; check its name and who may read it.")
    runtime = open_runtime(load_settings())
    try:
        with runtime.database.reading() as session:
            count = chain.verify_against(session, [anchor.head for anchor in anchors])
    except chain.ChainBroken as broken:
        click.echo(
            f"The chain is broken at entry {broken.seq}: it was edited, moved, removed or cut off. "
            "Keep this database as it is, and restore a copy beside it to compare.",
            err=True,
        )
        sys.exit(1)
    finally:
        runtime.close()
    held = f" and contains {len(anchors)} anchors" if anchors else ""
    click.echo(f"The chain of {count} entries verifies{held}.")


@audit.command()
@plain
def anchor() -> None:
    """Print number and digest of the last entry: append it to a file kept elsewhere."""
    from hotline import audit_anchors
    from hotline.runtime import open_runtime
    from hotline.settings import load_settings

    runtime = open_runtime(load_settings())
    try:
        with runtime.database.reading() as session:
            found = audit_anchors.of(session, runtime.clock())
    finally:
        runtime.close()
    click.echo(audit_anchors.line(found))

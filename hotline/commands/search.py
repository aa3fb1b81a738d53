"""`hotline search`: the index by which reports are found."""

import click

from hotline.commands.plain import plain


@click.group()
def search() -> None:
    """Finding reports by what was said."""


@search.command()
@plain
def rebuild() -> None:
    """Index every report anew: after an update that says so, or when masks have changed."""
    from hotline.reports import search as index
    from hotline.runtime import open_runtime
    from hotline.settings import load_settings

    runtime = open_runtime(load_settings())
    try:
        count = index.rebuild(runtime.database, runtime.vault)
    finally:
        runtime.close()
    click.echo(f"Indexed reports: {count}.")

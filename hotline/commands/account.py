"""`hotline account`: a way back in for whoever has the machine's terminal."""

import click

from hotline.commands.plain import plain
from hotline.mistakes import Mistake


@click.group()
def account() -> None:
    """Accounts of the console; they are managed on its page People."""


@account.command("code")
@click.argument("name")
@plain
def code(name: str) -> None:
    """Print a code with which NAME chooses a new password, for the last administrator who forgot.

    The old password stops working at once and all sessions end. The audit says that it was done
    at the terminal.
    """
    from hotline.people import accounts, management
    from hotline.people.accounts import WrongInput
    from hotline.runtime import open_runtime
    from hotline.settings import load_settings

    runtime = open_runtime(load_settings())
    try:
        with runtime.database.transaction() as session:
            found = accounts.by_name(session, name)
            row = management.locked(session, found.id) if found is not None else None
            if row is None:
                raise Mistake(f"There is no account {name!r}; the page People lists them.")
            try:
                made = management.new_code(session, None, row, runtime.clock())
            except WrongInput as refused:
                raise Mistake(str(refused)) from None
        click.echo(f"Open {runtime.settings.public_url}/welcome and enter")
        click.echo(f"    {made}")
        click.echo("It works once, within 24 hours, for this name alone.")
    finally:
        runtime.close()

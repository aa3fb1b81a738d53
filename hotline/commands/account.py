"""`hotline account`: a way back in for whoever has the machine's terminal."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from hotline.commands.plain import plain
from hotline.mistakes import Mistake

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from hotline.people.model import Account

Made = TypeVar("Made")


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
    from hotline.people import management
    from hotline.settings import load_settings

    made = _with(name, lambda session, row, now: management.new_code(session, None, row, now))
    click.echo(f"Open {load_settings().public_url}/welcome and enter")
    click.echo(f"    {made}")
    click.echo("It works once, within 24 hours, for this name alone.")


@account.command("reset-factors")
@click.argument("name")
@plain
def reset_factors(name: str) -> None:
    """Take the second factors of NAME away, for the last administrator who lost their device.

    All sessions end. At the next sign-in NAME sets up a new one and is told of this. The audit says
    that it was done at the terminal.
    """
    from hotline.people import factors

    _with(name, lambda session, row, now: factors.reset(session, None, row, now))
    click.echo(f"{name} sets up a second factor at the next sign-in.")


def _with(name: str, step: "Callable[[Session, Account, datetime], Made]") -> "Made":
    """What a step gives, with the account held. Raises Mistake."""
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
            return step(session, row, runtime.clock())
    except WrongInput as refused:
        raise Mistake(str(refused)) from None
    finally:
        runtime.close()

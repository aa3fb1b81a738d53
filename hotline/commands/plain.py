"""How every command ends when something is wrong: one sentence on stderr and exit code 2."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

import click

from hotline.mistakes import Mistake

Command = Callable[..., Any]


def plain(command: Command) -> Command:
    """Turn a mistake that a person can mend into one sentence on stderr and exit code 2."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except Mistake as error:
            refuse(str(error))
        except Exception as error:
            if "CannotOpen" in (kind.__name__ for kind in type(error).__mro__):
                refuse(f"{error}. `hotline doctor` says whether a key is missing.")
            if type(error).__name__ != "OperationalError":  # SQLAlchemy's, not imported here
                raise
            refuse("The database does not answer; check HOTLINE_DATABASE_URL and its server.")

    return wrapped


def refuse(sentence: str) -> NoReturn:
    """Say the sentence and end with exit code 2."""
    click.echo(sentence, err=True)
    sys.exit(2)

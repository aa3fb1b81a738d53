"""Every table of the project in one metadata, for migrations to be compared with and written from.

`python -m tests.support.models "what changes"` writes the next revision from the models as they
are; read and mend it before you commit it.
"""

import importlib
import pkgutil
import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import MetaData

import hotline
from hotline.database import migrations
from hotline.database.base import Base

OTHERS = (
    *("hotline.privacy.cipher", "hotline.privacy.locks", "hotline.audit"),
    *("hotline.reports.callback_model", "hotline.reports.delivery_model"),
    "hotline.reports.text_model",
)


def all_tables() -> MetaData:
    """The metadata with every model imported: each `model` module, and those that are named."""
    names = [m.name for m in pkgutil.walk_packages(hotline.__path__, "hotline.")]
    for name in names:
        if name.endswith(".model") or name in OTHERS:
            importlib.import_module(name)
    return Base.metadata


def write_revision(message: str, revision_id: str) -> None:
    """Write the next revision: what the models say and the revisions so far do not."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'scratch.sqlite'}"
        migrations.upgrade(url)
        settings = migrations.config(url, all_tables())
        command.revision(settings, message, autogenerate=True, rev_id=revision_id)


if __name__ == "__main__":
    write_revision(sys.argv[1], sys.argv[2])

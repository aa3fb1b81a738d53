"""What a backup's manifest says of the database, read in the very snapshot that is backed up."""

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from hotline import audit
from hotline.backup.manifest import Facts
from hotline.database import migrations
from hotline.mistakes import Mistake
from hotline.privacy import rewrap
from hotline.reports.model import Report


def of(connection: Connection) -> Facts:
    """The facts of a database, or of a copy of one. Raises Mistake where there are no tables."""
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        raise Mistake("The database has no tables yet, so there is nothing to back up.")
    with Session(connection) as session:
        seq, digest = audit.head(session)
        reports = session.scalar(select(func.count(Report.id))) or 0
        return Facts(revision, reports, seq, digest, tuple(sorted(rewrap.in_use(session))))


def is_known(url: str, revision: str) -> bool:
    """Whether this version of Hotline has the revision, so that it can migrate on from it."""
    script = ScriptDirectory.from_config(migrations.config(url))
    return any(known.revision == revision for known in script.walk_revisions())

"""What nobody has is counted without reading the reports and the searches themselves.

Revision 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op


revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NOT_CLOSED = sa.text("state != 'closed'")
COLUMNS = ["id", "state", "district", "assignee", "purged_at"]


def upgrade() -> None:
    """Bring the tables forward."""
    op.drop_index("ix_report_not_closed", "report")
    _index_of_not_closed(COLUMNS)
    op.create_index("ix_dispatch_report_id_state", "dispatch", ["report_id", "state"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_dispatch_report_id_state", "dispatch")
    op.drop_index("ix_report_not_closed", "report")
    _index_of_not_closed(["id"])


def _index_of_not_closed(columns: list[str]) -> None:
    op.create_index(
        "ix_report_not_closed",
        "report",
        columns,
        sqlite_where=NOT_CLOSED,
        postgresql_where=NOT_CLOSED,
    )

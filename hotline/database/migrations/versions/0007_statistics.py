"""Statistics: one index that holds what reports are counted by.

Revision 0007, after 0006.
"""

from alembic import op


revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

COLUMNS = [
    *("created_at", "id", "state", "district", "disposition", "category", "urgency"),
    *("language", "school", "live", "needs_listening", "duplicate_of"),
]


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_index("ix_report_counted", "report", COLUMNS)


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_report_counted", "report")

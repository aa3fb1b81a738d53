"""What became of the last try to tell an alarm by each way.

Revision 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op


revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "alarm_way",
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("way", name=op.f("pk_alarm_way")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("alarm_way")

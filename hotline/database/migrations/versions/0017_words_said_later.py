"""What triage said of each message, and what the caller has said since somebody took the report.

Revision 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op


revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


ONLY = sa.text("unread_at IS NOT NULL")
UNREAD = {"sqlite_where": ONLY, "postgresql_where": ONLY}


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("message") as batch_op:
        batch_op.add_column(sa.Column("urgency", sa.String(), nullable=True))
    with op.batch_alter_table("dispatch") as batch_op:
        no = sa.false()
        batch_op.add_column(sa.Column("said_more", sa.Boolean(), nullable=False, server_default=no))
        batch_op.add_column(sa.Column("unread_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_dispatch_unread", ["unread_at"], **UNREAD)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("dispatch") as batch_op:
        batch_op.drop_index("ix_dispatch_unread")
        batch_op.drop_column("unread_at")
        batch_op.drop_column("said_more")
    with op.batch_alter_table("message") as batch_op:
        batch_op.drop_column("urgency")

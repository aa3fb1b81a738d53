"""How loud a message is from its beginning to its end, for the wave that a page draws.

A column is only added, so that a process of the version before can go on.

Revision 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op


revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("peaks", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_column("peaks")

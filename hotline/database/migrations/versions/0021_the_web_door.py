"""By which way a report came, and wrong numbers and PINs counted for all ways together.

Revision 0021, after 0020.
"""

import sqlalchemy as sa
from alembic import op


revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("report") as batch_op:
        door = sa.Column("door", sa.String(length=32), nullable=False, server_default="phone")
        batch_op.add_column(door)
    op.create_table(
        "wrong_pair",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=6), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_pair")),
    )
    with op.batch_alter_table("wrong_pair") as batch_op:
        batch_op.create_index(batch_op.f("ix_wrong_pair_at"), ["at"], unique=False)
        batch_op.create_index("ix_wrong_pair_number_at", ["number", "at"], unique=False)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("wrong_pair") as batch_op:
        batch_op.drop_index("ix_wrong_pair_number_at")
        batch_op.drop_index(batch_op.f("ix_wrong_pair_at"))
    op.drop_table("wrong_pair")
    with op.batch_alter_table("report") as batch_op:
        batch_op.drop_column("door")

"""How the clocks of machines with a dispatcher are set.

Revision 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op


revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "machine_clock",
        sa.Column("boot_id", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("boot_id", name=op.f("pk_machine_clock")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("machine_clock")

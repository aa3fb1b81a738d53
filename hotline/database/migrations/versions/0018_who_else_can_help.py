"""Who else can help: what callers are told of, by district.

Revision 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op


revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "resource",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("district", sa.String(), nullable=True),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource")),
        sa.UniqueConstraint("handle", name=op.f("uq_resource_handle")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("resource")

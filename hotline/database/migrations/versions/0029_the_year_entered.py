"""What people enter for the figures of a year.

Revision 0029, after 0028.
"""

import sqlalchemy as sa
from alembic import op


revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "year_entry",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("begins", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_year_entry")),
    )
    op.create_index("ix_year_entry_of", "year_entry", ["year", "begins", "district"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_year_entry_of", table_name="year_entry")
    op.drop_table("year_entry")

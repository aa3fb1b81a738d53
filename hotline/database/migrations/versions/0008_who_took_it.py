"""Whose attempt took a report stands with its dispatch; search knows how frequent each word is.

Revision 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op


revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WORDS_KNOWN = 1000
"""PostgreSQL keeps ten times so many words with their frequencies (default 100). With the default
it takes a rare word for a usual one and reads all entries to find fifty."""


def upgrade() -> None:
    """Bring the tables forward."""
    with op.batch_alter_table("dispatch") as table:
        table.add_column(sa.Column("responder_id", sa.String(), nullable=True))
        table.create_foreign_key(
            "fk_dispatch_responder_id_responder", "responder", ["responder_id"], ["id"]
        )
        table.create_index("ix_dispatch_responder_id", ["responder_id"])
    op.execute(
        "UPDATE dispatch SET responder_id ="
        " (SELECT attempt.responder_id FROM attempt WHERE attempt.id = dispatch.taken_by)"
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE search_entry ALTER COLUMN tokens SET STATISTICS {WORDS_KNOWN}")


def downgrade() -> None:
    """Take it back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE search_entry ALTER COLUMN tokens SET STATISTICS -1")
    with op.batch_alter_table("dispatch") as table:
        table.drop_index("ix_dispatch_responder_id")
        table.drop_constraint("fk_dispatch_responder_id_responder", type_="foreignkey")
        table.drop_column("responder_id")

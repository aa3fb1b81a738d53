"""Numbers of responders are proposed by one person and approved by another.

Revision 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op


revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "roster_change",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("responder_id", sa.String(), sa.ForeignKey("responder.id"), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("proposed_by", sa.String(), sa.ForeignKey("account.id"), nullable=False),
        sa.Column("proposed_at", moment, nullable=False),
        sa.Column("approved_by", sa.String(), sa.ForeignKey("account.id"), nullable=True),
        sa.Column("approved_at", moment, nullable=True),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("ended", sa.String(), nullable=True),
    )
    op.create_index(op.f("ix_roster_change_responder_id"), "roster_change", ["responder_id"])
    with op.batch_alter_table("check_call") as table:
        table.add_column(sa.Column("change_id", sa.String(), nullable=True))
        table.create_foreign_key(
            op.f("fk_check_call_change_id_roster_change"), "roster_change", ["change_id"], ["id"]
        )


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("check_call") as table:
        table.drop_constraint(op.f("fk_check_call_change_id_roster_change"), type_="foreignkey")
        table.drop_column("change_id")
    op.drop_index(op.f("ix_roster_change_responder_id"), "roster_change")
    op.drop_table("roster_change")

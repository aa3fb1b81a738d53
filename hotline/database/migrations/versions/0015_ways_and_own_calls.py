"""What became of the last try to tell an alarm by each way; calls of the hotline to itself.

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
    op.create_table(
        "synthetic_call",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("carrier_call_id", sa.String(), nullable=True),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("call_id", sa.String(36), nullable=True),
        sa.Column("report_id", sa.String(36), nullable=True),
        sa.Column("leg", sa.String(), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proven_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("transcribed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synthetic_call")),
        sa.UniqueConstraint("token", name=op.f("uq_synthetic_call_token")),
        sa.UniqueConstraint("call_id", name=op.f("uq_synthetic_call_call_id")),
        sa.UniqueConstraint("report_id", name=op.f("uq_synthetic_call_report_id")),
    )
    op.create_index("ix_synthetic_call_leg", "synthetic_call", ["leg"])
    op.create_index("ix_synthetic_call_placed_at", "synthetic_call", ["placed_at"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("synthetic_call")
    op.drop_table("alarm_way")

"""Streamed recordings: a message's audio in parts, the stream's own row, what a transcript is of.

Tables and columns are only added, so that a process of the version before can go on: a recording
that it stores without a row in `audio_part` is read as one part (hotline/reports/audio.py).

Revision 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "audio_stream",
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("max_s", sa.Double(), nullable=False),
        sa.Column("silence_s", sa.Double(), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("heard_s", sa.Double(), nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_audio_stream_message_id_message")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_audio_stream")),
    )
    op.create_table(
        "audio_part",
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("first_seq", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("streamed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_audio_part_message_id_message")
        ),
        sa.PrimaryKeyConstraint("message_id", "part", name=op.f("pk_audio_part")),
    )
    with op.batch_alter_table("transcript", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parts", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=True))
    # The version before sorted the words of a transcript in the transaction that wrote it.
    op.execute("UPDATE transcript SET assessed_at = created_at")


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("transcript", schema=None) as batch_op:
        batch_op.drop_column("assessed_at")
        batch_op.drop_column("parts")

    op.drop_table("audio_part")
    op.drop_table("audio_stream")

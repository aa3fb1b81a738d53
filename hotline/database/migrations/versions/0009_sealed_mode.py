"""Sealed mode: data keys that only people open, and what stays readable beside them.

Revision 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

from hotline.database.types import SealedBytes, UtcDateTime


revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ROWS = ("audio_chunk", "transcript", "correction")


def upgrade() -> None:
    """Bring the tables forward."""
    for table in ROWS:  # no foreign key: SQLite would copy all sound to make one
        op.add_column(table, sa.Column("data_key_id", sa.String(length=36), nullable=True))
    op.add_column("transcript", sa.Column("masked", SealedBytes(), nullable=True))
    op.add_column("message", sa.Column("sealed_at", UtcDateTime(), nullable=True))
    op.create_table(
        "key_holder",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=True),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("private", SealedBytes(), nullable=True),
        sa.Column("derivation", sa.String(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_holder")),
        sa.UniqueConstraint("account_id", name=op.f("uq_key_holder_account_id")),
    )
    op.create_table(
        "sealed_key",
        sa.Column("data_key_id", sa.String(length=36), nullable=False),
        sa.Column("holder_id", sa.String(length=36), nullable=False),
        sa.Column("sealed", SealedBytes(), nullable=False),
        sa.ForeignKeyConstraint(
            ["data_key_id"], ["data_key.id"], name=op.f("fk_sealed_key_data_key_id_data_key")
        ),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["key_holder.id"], name=op.f("fk_sealed_key_holder_id_key_holder")
        ),
        sa.PrimaryKeyConstraint("data_key_id", "holder_id", name=op.f("pk_sealed_key")),
    )
    op.create_index(op.f("ix_sealed_key_holder_id"), "sealed_key", ["holder_id"])
    op.create_table(
        "unlocked",
        sa.Column("session_id", sa.String(length=36), nullable=False),
        sa.Column("holder_id", sa.String(length=36), nullable=False),
        sa.Column("private", SealedBytes(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["console_session.id"],
            name=op.f("fk_unlocked_session_id_console_session"),
        ),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["key_holder.id"], name=op.f("fk_unlocked_holder_id_key_holder")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_unlocked")),
    )


def downgrade() -> None:
    """Take it back: what is sealed to people stays closed."""
    op.drop_table("unlocked")
    op.drop_index(op.f("ix_sealed_key_holder_id"), "sealed_key")
    op.drop_table("sealed_key")
    op.drop_table("key_holder")
    op.drop_column("message", "sealed_at")
    op.drop_column("transcript", "masked")
    for table in ROWS:
        op.drop_column(table, "data_key_id")

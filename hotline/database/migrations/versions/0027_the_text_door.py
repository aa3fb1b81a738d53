"""The text door: conversations, the texts that came, the texts that go out.

Revision 0027, after 0026.
"""

import sqlalchemy as sa
from alembic import op


revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

COUNTED = [
    *("created_at", "id", "state", "district", "disposition", "category", "urgency"),
    *("language", "school", "live", "needs_listening", "duplicate_of"),
]
INDEXED = {
    "text_conversation": ("report_id", "seen_at"),
    "text_message": ("conversation_id", "came_at"),
    "text_out": ("conversation_id", "report_id"),
}


def upgrade() -> None:
    """Bring the tables forward."""
    _text_conversation()
    _text_message()
    _text_out()
    op.create_table(
        "text_secret",
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("data_key_id", sa.String(36), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        _foreign("text_secret", "data_key"),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_text_secret")),
    )
    for table, columns in INDEXED.items():
        for column in columns:
            op.create_index(f"ix_{table}_{column}", table, [column])
    op.drop_index("ix_report_counted", "report")
    op.create_index("ix_report_counted", "report", [*COUNTED, "door"])


def _text_conversation() -> None:
    op.create_table(
        "text_conversation",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("report_id", sa.String(), nullable=True),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("receipt", sa.LargeBinary(), nullable=True),
        _moment("began_at", nullable=False),
        _moment("seen_at", nullable=False),
        _moment("answered_at"),
        _moment("stopped_at"),
        sa.Column("data_key_id", sa.String(36), nullable=True),
        sa.Column("number", sa.LargeBinary(), nullable=True),
        _foreign("text_conversation", "report"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_conversation")),
        sa.UniqueConstraint("name", name=op.f("uq_text_conversation_name")),
    )


def _text_message() -> None:
    op.create_table(
        "text_message",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("carrier_message_id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        _moment("came_at", nullable=False),
        _moment("carrier_deleted_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_message")),
        sa.UniqueConstraint("carrier_message_id", name=op.f("uq_text_message_carrier_message_id")),
    )


def _text_out() -> None:
    op.create_table(
        "text_out",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("conversation_id", sa.String(36), nullable=False),
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("carrier_message_id", sa.String(), nullable=True),
        _moment("asked_at", nullable=False),
        _moment("sent_at"),
        sa.Column("gone_why", sa.String(), nullable=True),
        _moment("carrier_deleted_at"),
        _foreign("text_out", "report"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_out")),
    )


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _foreign(table: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{other}_id_{other}")
    return sa.ForeignKeyConstraint([f"{other}_id"], [f"{other}.id"], name=name)


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_report_counted", "report")
    op.create_index("ix_report_counted", "report", COUNTED)
    for table in ("text_secret", "text_out", "text_message", "text_conversation"):
        op.drop_table(table)

"""Telephones that call again in a day, marks on reports, and what is said in place of keys.

Revision 0026, after 0024.
"""

import sqlalchemy as sa
from alembic import op


revision = "0026"
down_revision = "0024"
branch_labels = None
depends_on = None

TABLES = ("hearing", "spoken_answer", "report_mark", "caller_block", "caller_call")


def upgrade() -> None:
    """Bring the tables forward."""
    _callers()
    _marks()
    _spoken()


def _callers() -> None:
    op.create_table(
        "caller_call",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("call_id", sa.String(36), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caller_call")),
        sa.UniqueConstraint("call_id", name=op.f("uq_caller_call_call_id")),
    )
    op.create_index("ix_caller_call_name", "caller_call", ["name"])
    op.create_table(
        "caller_block",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("report_id", sa.String(36), nullable=False),
        sa.Column("by", sa.String(36), nullable=False),
        _moment("at", nullable=False),
        _moment("ends_at", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caller_block")),
        sa.UniqueConstraint("name", name=op.f("uq_caller_block_name")),
    )


def _marks() -> None:
    op.create_table(
        "report_mark",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("report_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("other_id", sa.String(36), nullable=True),
        _moment("at", nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_mark_report_id_report")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_mark")),
        sa.UniqueConstraint("report_id", "kind", name=op.f("uq_report_mark_report_id_kind")),
    )
    op.create_index("ix_report_mark_report_id", "report_mark", ["report_id"])


def _spoken() -> None:
    op.create_table(
        "spoken_answer",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("call_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("carrier_recording_id", sa.String(), nullable=True),
        _moment("carrier_deleted_at"),
        sa.Column("data_key_id", sa.String(36), nullable=True),
        sa.Column("heard", sa.LargeBinary(), nullable=True),
        _moment("known_at"),
        _moment("created_at", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spoken_answer")),
        sa.UniqueConstraint(
            "carrier_recording_id", name=op.f("uq_spoken_answer_carrier_recording_id")
        ),
    )
    for column in ("call_id", "created_at"):
        op.create_index(f"ix_spoken_answer_{column}", "spoken_answer", [column])
    op.create_table(
        "hearing",
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("word", sa.Boolean(), nullable=False),
        sa.Column("digits", sa.Boolean(), nullable=False),
        _moment("noted_at", nullable=False),
        sa.PrimaryKeyConstraint("language", name=op.f("pk_hearing")),
    )


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def downgrade() -> None:
    """Take it back."""
    for table in TABLES:
        op.drop_table(table)

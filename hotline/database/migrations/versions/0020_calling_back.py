"""A caller may leave a number to be called back at.

Revision 0020, after 0019.
"""

import sqlalchemy as sa
from alembic import op


revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

INDEXED = {
    "callback": ("report_id", "call_id", "kept_at"),
    "callback_call": (
        *("callback_id", "report_id", "responder_id", "place", "own_leg", "caller_leg"),
    ),
    "callback_ring": ("name",),
}


def upgrade() -> None:
    """Bring the tables forward."""
    _callback()
    _callback_call()
    op.create_table(
        "callback_ring",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        _moment("rung_at", nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback_ring")),
    )
    op.create_table(
        "callback_secret",
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("data_key_id", sa.String(36), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        _foreign("callback_secret", "data_key"),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_callback_secret")),
    )
    for table, columns in INDEXED.items():
        for column in columns:
            op.create_index(f"ix_{table}_{column}", table, [column])


def _callback() -> None:
    op.create_table(
        "callback",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("call_id", sa.String(36), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("data_key_id", sa.String(36), nullable=True),
        sa.Column("number", sa.LargeBinary(), nullable=True),
        _moment("entered_at", nullable=False),
        _moment("kept_at"),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        _moment("gone_at"),
        sa.Column("gone_why", sa.String(), nullable=True),
        _foreign("callback", "report"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback")),
        sa.UniqueConstraint("token", name=op.f("uq_callback_token")),
    )


def _callback_call() -> None:
    op.create_table(
        "callback_call",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("callback_id", sa.String(), nullable=False),
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("responder_id", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("caller_token", sa.String(), nullable=False),
        sa.Column("conference", sa.String(), nullable=False),
        sa.Column("place", sa.String(32), nullable=False),
        sa.Column("own_leg", sa.String(), nullable=True),
        sa.Column("caller_leg", sa.String(), nullable=True),
        _moment("asked_at", nullable=False),
        _moment("seen_at"),
        _moment("moved_at", nullable=False),
        _moment("rung_at"),
        _moment("met_at"),
        _moment("ended_at"),
        sa.Column("outcome", sa.String(32), nullable=True),
        _moment("carrier_deleted_at"),
        *(_foreign("callback_call", to) for to in ("callback", "report", "responder")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback_call")),
        sa.UniqueConstraint("token", name=op.f("uq_callback_call_token")),
        sa.UniqueConstraint("caller_token", name=op.f("uq_callback_call_caller_token")),
    )


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _foreign(table: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{to}_id_{to}")
    return sa.ForeignKeyConstraint([f"{to}_id"], [f"{to}.id"], name=name)


def downgrade() -> None:
    """Take it back."""
    for table in ("callback_secret", "callback_ring", "callback_call", "callback"):
        op.drop_table(table)

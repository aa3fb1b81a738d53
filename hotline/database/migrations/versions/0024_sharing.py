"""Recipients, deliveries, and how far the vetting of a report has come.

Revision 0024, after 0023.
"""

import sqlalchemy as sa
from alembic import op


revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

INDEXED = {
    "delivery": ("report_id", "recipient_id", "place"),
    "delivery_call": ("delivery_id", "leg", "rung_at"),
}


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "recipient",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("district", sa.String(), nullable=True),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("contact", sa.LargeBinary(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("data_key_id", sa.String(36), nullable=False),
        _foreign("recipient", "data_key"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipient")),
        sa.UniqueConstraint("handle", name=op.f("uq_recipient_handle")),
    )
    _delivery()
    op.create_table(
        "delivery_call",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("delivery_id", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("leg", sa.String(), nullable=True),
        _moment("rung_at", nullable=False),
        _moment("opened_at"),
        _moment("ended_at"),
        _foreign("delivery_call", "delivery"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_call")),
        sa.UniqueConstraint("token", name=op.f("uq_delivery_call_token")),
    )
    op.create_table(
        "vetting",
        sa.Column("report_id", sa.String(), nullable=False),
        _moment("vetting_at"),
        sa.Column("vetting_by", sa.String(), nullable=True),
        _moment("delivered_at"),
        _moment("acknowledged_at"),
        _moment("reminded_at"),
        _foreign("vetting", "report"),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_vetting")),
    )
    for table, columns in INDEXED.items():
        for column in columns:
            op.create_index(f"ix_{table}_{column}", table, [column])


def _delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("recipient_id", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("grave", sa.Boolean(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=True),
        _moment("asked_at", nullable=False),
        sa.Column("place", sa.String(32), nullable=False),
        _moment("moved_at", nullable=False),
        _moment("due_at", nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("rings", sa.Integer(), nullable=False),
        _moment("mailed_at"),
        sa.Column("mail_error", sa.String(), nullable=True),
        _moment("heard_at"),
        _moment("acknowledged_at"),
        sa.Column("acknowledged_by", sa.String(), nullable=True),
        *(_foreign("delivery", to) for to in ("report", "recipient")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("key", name=op.f("uq_delivery_key")),
    )


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _foreign(table: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{to}_id_{to}")
    return sa.ForeignKeyConstraint([f"{to}_id"], [f"{to}.id"], name=name)


def downgrade() -> None:
    """Take it back."""
    for table in ("vetting", "delivery_call", "delivery", "recipient"):
        op.drop_table(table)

"""Rung in the browser first, and on the telephone next.

Revision 0028, after 0027.
"""

import sqlalchemy as sa
from alembic import op


revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "browser_phone",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("turned_on_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_browser_phone_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["console_session.id"],
            name=op.f("fk_browser_phone_session_id_console_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_browser_phone")),
        sa.UniqueConstraint("account_id", name=op.f("uq_browser_phone_account_id")),
        sa.UniqueConstraint("address", name=op.f("uq_browser_phone_address")),
    )
    op.create_index(op.f("ix_browser_phone_session_id"), "browser_phone", ["session_id"])
    with op.batch_alter_table("attempt") as batch:
        batch.add_column(sa.Column("browser", sa.String(), nullable=True))
        batch.add_column(sa.Column("phone_s", sa.Double(), nullable=True))
        batch.add_column(sa.Column("ends_by", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("follows", sa.String(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_attempt_follows_attempt"), "attempt", ["follows"], ["id"]
        )


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("attempt") as batch:
        batch.drop_constraint(op.f("fk_attempt_follows_attempt"), type_="foreignkey")
        for name in ("follows", "ends_by", "phone_s", "browser"):
            batch.drop_column(name)
    op.drop_index(op.f("ix_browser_phone_session_id"), table_name="browser_phone")
    op.drop_table("browser_phone")

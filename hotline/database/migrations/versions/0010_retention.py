"""The audit is only ever added to; reports are kept for a time, or held.

Revision 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op


revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

REFUSAL = "the audit is only ever added to"
SQLITE = tuple(
    f"CREATE TRIGGER audit_no_{act} BEFORE {act} ON audit BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for act in ("update", "delete")
)
POSTGRES = (
    "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$",
    "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
)


def upgrade() -> None:
    """Bring the tables forward."""
    for column in ("held_at", "purged_at"):
        op.add_column("report", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "call", sa.Column("carrier_deleted_at", sa.DateTime(timezone=True), nullable=True)
    )
    for statement in POSTGRES if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)


def downgrade() -> None:
    """Take it back."""
    op.drop_column("call", "carrier_deleted_at")
    for column in ("purged_at", "held_at"):
        op.drop_column("report", column)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_no_change ON audit")
        op.execute("DROP FUNCTION audit_refuse()")
        return
    for act in ("update", "delete"):
        op.execute(f"DROP TRIGGER audit_no_{act}")

"""Incidents: many reports that tell of one thing.

Revision 0019, after 0018.
"""

import sqlalchemy as sa
from alembic import op


revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "incident",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("responder_id", sa.String(length=36), nullable=True),
        sa.Column("lead_id", sa.String(length=36), nullable=True),
        sa.Column("rung_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["report.id"], name=op.f("fk_incident_lead_id_report")
        ),
        sa.ForeignKeyConstraint(
            ["responder_id"], ["responder.id"], name=op.f("fk_incident_responder_id_responder")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_table(
        "incident_report",
        sa.Column("report_id", sa.String(length=36), nullable=False),
        sa.Column("incident_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("newer", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("likeness", sa.Double(), nullable=True),
        sa.Column("shared", sa.LargeBinary(), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_report_incident_id_incident")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_incident_report_report_id_report")
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_incident_report")),
    )
    with op.batch_alter_table("incident_report") as batch_op:
        batch_op.create_index(op.f("ix_incident_report_incident_id"), ["incident_id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("incident_report")
    op.drop_table("incident")

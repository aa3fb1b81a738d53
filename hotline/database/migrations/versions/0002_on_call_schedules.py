"""On-call schedules, districts and routes; roles of an attempt; the overlap's timer.

New columns that must have a value have a server default, so that a process of the version before can
go on writing rows while the new one is being rolled out.

Revision 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op


revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "district",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_district")),
        sa.UniqueConstraint("handle", name=op.f("uq_district_handle")),
    )
    op.create_table(
        "routing_rule",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_rule")),
        sa.UniqueConstraint("position", name=op.f("uq_routing_rule_position")),
    )
    op.create_table(
        "schedule",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule")),
        sa.UniqueConstraint("name", name=op.f("uq_schedule_name")),
    )
    op.create_table(
        "school",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school")),
        sa.UniqueConstraint("handle", name=op.f("uq_school_handle")),
    )
    op.create_table(
        "schedule_override",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("schedule_id", sa.String(length=36), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["schedule.id"], name=op.f("fk_schedule_override_schedule_id_schedule")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_override")),
    )
    with op.batch_alter_table("schedule_override", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_schedule_override_ends_at"), ["ends_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_schedule_override_schedule_id"), ["schedule_id"], unique=False
        )

    op.create_table(
        "check_call",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("responder_id", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("carrier_call_id", sa.String(), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["responder_id"], ["responder.id"], name=op.f("fk_check_call_responder_id_responder")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_call")),
        sa.UniqueConstraint("token", name=op.f("uq_check_call_token")),
    )
    with op.batch_alter_table("check_call", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_check_call_responder_id"), ["responder_id"], unique=False
        )

    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("role", sa.String(length=32), nullable=False, server_default="seek")
        )
        batch_op.add_column(sa.Column("turn", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("ring_s", sa.Double(), nullable=False, server_default="25"))
        batch_op.add_column(sa.Column("leg_ended_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("on_hold_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("chained", sa.Boolean(), nullable=False, server_default=sa.false())
        )

    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.add_column(sa.Column("district", sa.String(), nullable=True))

    with op.batch_alter_table("dispatch", schema=None) as batch_op:
        batch_op.add_column(sa.Column("turn", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("policy", sa.String(), nullable=False, server_default="default"))
        batch_op.add_column(
            sa.Column("urgency", sa.String(), nullable=False, server_default="urgent")
        )
        batch_op.add_column(sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_dispatch_due_at"), ["due_at"], unique=False)

    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.add_column(sa.Column("district", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("school", sa.String(), nullable=True))

    with op.batch_alter_table("responder", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pin", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("responder", schema=None) as batch_op:
        batch_op.drop_column("confirmed_at")
        batch_op.drop_column("pin")

    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_column("school")
        batch_op.drop_column("district")

    with op.batch_alter_table("dispatch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dispatch_due_at"))
        batch_op.drop_column("due_at")
        batch_op.drop_column("urgency")
        batch_op.drop_column("policy")
        batch_op.drop_column("turn")

    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.drop_column("district")

    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_column("chained")
        batch_op.drop_column("on_hold_at")
        batch_op.drop_column("leg_ended_at")
        batch_op.drop_column("ring_s")
        batch_op.drop_column("turn")
        batch_op.drop_column("role")

    with op.batch_alter_table("check_call", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_check_call_responder_id"))

    op.drop_table("check_call")
    with op.batch_alter_table("schedule_override", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_schedule_override_schedule_id"))
        batch_op.drop_index(batch_op.f("ix_schedule_override_ends_at"))

    op.drop_table("schedule_override")
    op.drop_table("school")
    op.drop_table("schedule")
    op.drop_table("routing_rule")
    op.drop_table("district")

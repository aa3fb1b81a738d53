"""The console: what people add to reports, whom an account sees, duty, pushed hints.

Tables and columns are only added, so that a process of the version before can go on.

Revision 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op


revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "push_subscription",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("data_key_id", sa.String(length=36), nullable=False),
        sa.Column("endpoint_hash", sa.String(), nullable=False),
        sa.Column("subscription", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_push_subscription_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["data_key_id"], ["data_key.id"], name=op.f("fk_push_subscription_data_key_id_data_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscription")),
        sa.UniqueConstraint("endpoint_hash", name=op.f("uq_push_subscription_endpoint_hash")),
    )
    with op.batch_alter_table("push_subscription", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_push_subscription_account_id"), ["account_id"], unique=False
        )

    op.create_table(
        "disclosure",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("report_id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(length=32), nullable=False),
        sa.Column("given_to", sa.LargeBinary(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_disclosure_report_id_report")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
    )
    with op.batch_alter_table("disclosure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disclosure_report_id"), ["report_id"], unique=False)

    op.create_table(
        "draft",
        sa.Column("report_id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_draft_report_id_report")
        ),
        sa.PrimaryKeyConstraint("report_id", "account_id", "field", name=op.f("pk_draft")),
    )
    op.create_table(
        "duty",
        sa.Column("responder_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["responder_id"], ["responder.id"], name=op.f("fk_duty_responder_id_responder")
        ),
        sa.PrimaryKeyConstraint("responder_id", name=op.f("pk_duty")),
    )
    op.create_table(
        "note",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("report_id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_note_report_id_report")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    with op.batch_alter_table("note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_note_report_id"), ["report_id"], unique=False)

    op.create_table(
        "presence",
        sa.Column("report_id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_presence_report_id_report")
        ),
        sa.PrimaryKeyConstraint("report_id", "account_id", name=op.f("pk_presence")),
    )
    with op.batch_alter_table("presence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_presence_seen_at"), ["seen_at"], unique=False)

    op.create_table(
        "reply",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("report_id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("sound", sa.LargeBinary(), nullable=True),
        sa.Column("duration_s", sa.Double(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_reply_report_id_report")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
    )
    with op.batch_alter_table("reply", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reply_report_id"), ["report_id"], unique=False)

    op.create_table(
        "correction",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("first_word", sa.Integer(), nullable=False),
        sa.Column("last_word", sa.Integer(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_correction_message_id_message")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    with op.batch_alter_table("correction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_correction_message_id"), ["message_id"], unique=False)

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("district", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("responder_id", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("preferences", sa.JSON(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_account_responder_id"), ["responder_id"])

    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.add_column(sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("assignee", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("duplicate_of", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("facts", sa.LargeBinary(), nullable=True))
        batch_op.create_index(batch_op.f("ix_report_assignee"), ["assignee"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_report_duplicate_of_report"), "report", ["duplicate_of"], ["id"]
        )

    with op.batch_alter_table("setup_code", schema=None) as batch_op:
        batch_op.add_column(sa.Column("account_id", sa.String(length=36), nullable=True))
        batch_op.create_index(batch_op.f("ix_setup_code_account_id"), ["account_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_setup_code_account_id_account"), "account", ["account_id"], ["id"]
        )


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("setup_code", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_setup_code_account_id_account"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_setup_code_account_id"))
        batch_op.drop_column("account_id")

    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_report_duplicate_of_report"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_report_assignee"))
        batch_op.drop_column("facts")
        batch_op.drop_column("duplicate_of")
        batch_op.drop_column("version")
        batch_op.drop_column("assignee")
        batch_op.drop_column("closed_at")

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_account_responder_id"), type_="unique")
        batch_op.drop_column("preferences")
        batch_op.drop_column("responder_id")
        batch_op.drop_column("district")

    op.drop_table("correction")
    op.drop_table("reply")
    op.drop_table("presence")
    op.drop_table("note")
    op.drop_table("duty")
    op.drop_table("draft")
    op.drop_table("disclosure")
    op.drop_table("push_subscription")

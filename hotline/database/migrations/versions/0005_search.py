"""Search: which blind names a report is found by, and indices for the list of reports.

Only added, so that a process of the version before can go on. What was transcribed before is found
after `hotline search rebuild`.

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR


revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# The full-text table has no text of its own; it follows `search_entry`. Names without order or
# number of times (detail=none) are all that is asked for.
FULL_TEXT = (
    "CREATE VIRTUAL TABLE search_index USING fts5("
    "tokens, content='search_entry', content_rowid='id', "
    "tokenize='ascii', detail=none, columnsize=0)",
    "CREATE TRIGGER search_index_added AFTER INSERT ON search_entry BEGIN "
    "INSERT INTO search_index(rowid, tokens) VALUES (new.id, new.tokens); END",
    "CREATE TRIGGER search_index_removed AFTER DELETE ON search_entry BEGIN "
    "INSERT INTO search_index(search_index, rowid, tokens) "
    "VALUES ('delete', old.id, old.tokens); END",
    "CREATE TRIGGER search_index_changed AFTER UPDATE ON search_entry BEGIN "
    "INSERT INTO search_index(search_index, rowid, tokens) "
    "VALUES ('delete', old.id, old.tokens); "
    "INSERT INTO search_index(rowid, tokens) VALUES (new.id, new.tokens); END",
)
INVERTED = "CREATE INDEX search_index_tokens ON search_entry USING gin (tokens)"

PARTIAL = {
    "ix_report_unreviewed": "reviewed_at IS NULL",
    "ix_report_not_closed": "state != 'closed'",
}


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "search_secret",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("data_key_id", sa.String(length=36), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["data_key_id"], ["data_key.id"], name=op.f("fk_search_secret_data_key_id_data_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_secret")),
    )
    op.create_table(
        "search_entry",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("report_id", sa.String(length=36), nullable=False),
        sa.Column("tokens", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name=op.f("fk_search_entry_report_id_report"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entry")),
        sa.UniqueConstraint("report_id", name=op.f("uq_search_entry_report_id")),
    )
    op.create_index(op.f("ix_attempt_responder_id"), "attempt", ["responder_id"])
    op.create_index(op.f("ix_report_sent_at"), "report", ["sent_at"])
    for name, condition in PARTIAL.items():
        where = sa.text(condition)
        op.create_index(name, "report", ["id"], sqlite_where=where, postgresql_where=where)
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in FULL_TEXT if sqlite else (INVERTED,):
        op.execute(statement)


def downgrade() -> None:
    """Take it back."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_index")
    op.drop_table("search_entry")
    for name in ("ix_report_sent_at", *PARTIAL):
        op.drop_index(name, table_name="report")
    op.drop_index(op.f("ix_attempt_responder_id"), table_name="attempt")
    op.drop_table("search_secret")

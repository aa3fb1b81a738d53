"""Second factors: authenticator apps, passkeys, recovery codes; sessions know when they were proved.

Sessions of before count as half signed in: everybody signs in once more.

Revision 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

from hotline.database.types import SealedBytes, UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables forward."""
    op.add_column("account", sa.Column("factors_reset_at", UtcDateTime(), nullable=True))
    op.add_column("console_session", sa.Column("verified_at", UtcDateTime(), nullable=True))
    op.add_column("console_session", sa.Column("challenge", sa.String(), nullable=True))
    op.create_table(
        "authenticator",
        *_of_account("authenticator"),
        sa.Column("session_id", sa.String(36), nullable=False),
        sa.Column("data_key_id", sa.String(36), nullable=False),
        sa.Column("secret", SealedBytes(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["console_session.id"], name="fk_authenticator_session_id_console_session"
        ),
        sa.ForeignKeyConstraint(
            ["data_key_id"], ["data_key.id"], name="fk_authenticator_data_key_id_data_key"
        ),
    )
    op.create_table(
        "recovery_code",
        *_of_account("recovery_code"),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.UniqueConstraint("code_hash", name="uq_recovery_code_code_hash"),
    )
    op.create_table(
        "passkey",
        *_of_account("passkey"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("credential_id", sa.String(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.UniqueConstraint("credential_id", name="uq_passkey_credential_id"),
    )
    for table in ("authenticator", "recovery_code", "passkey"):
        op.create_index(f"ix_{table}_account_id", table, ["account_id"])


def downgrade() -> None:
    """Take it back."""
    for table in ("passkey", "recovery_code", "authenticator"):
        op.drop_table(table)
    op.drop_column("console_session", "challenge")
    op.drop_column("console_session", "verified_at")
    op.drop_column("account", "factors_reset_at")


def _of_account(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("account_id", sa.String(36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=f"fk_{table}_account_id_account"
        ),
    )

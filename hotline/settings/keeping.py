"""How long things are kept, and backups."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings


class Keeping(BaseSettings):
    """How long things are kept, and backups."""

    keep_routine_days: int = Field(
        90,
        ge=30,
        le=36500,
        description="Days after closing after which a routine report is deleted for good.",
    )
    keep_grave_days: int = Field(
        365,
        ge=30,
        le=36500,
        description="Days after closing after which an urgent or life-safety report is deleted.",
    )
    keep_unsent_days: int = Field(
        7,
        ge=1,
        le=365,
        description="Days after which what a caller began to say and never sent is deleted.",
    )
    tombstone_file: Path | None = Field(
        default=None,
        description="Where the ids of deleted reports are appended, so that a restored backup "
        "does not bring them back; default: tombstones.jsonl in HOTLINE_DATA_DIR. Keep it out of "
        "what is restored.",
    )
    anchor_file: Path | None = Field(
        default=None,
        description="Where the auditor appends the number and digest of the audit's last entry, "
        "once a day; default: audit-anchors.jsonl in HOTLINE_DATA_DIR. Give it a place that "
        "whoever can write to the database cannot write to.",
    )
    backup_recipient: str | None = Field(
        None,
        description="To whom `hotline backup` encrypts: the public key (age1…) that `hotline "
        "backup key` prints beside the identity, which opens backups and is kept offline. Several "
        "separated by commas: each of them opens.",
    )
    backup_folder: Path | None = Field(
        None,
        description="Where `hotline backup` puts its archives, best a place that is not on this "
        "machine. While it is set, a newest backup older than 26 hours is an alarm.",
    )

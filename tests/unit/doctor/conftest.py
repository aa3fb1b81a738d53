"""A small installation for doctor's checks."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hotline.settings import Settings

MakeSettings = Callable[..., Settings]
CARRIER = {"twilio_account_sid": "AC0123456789abcdef0123456789abcdef"}


@pytest.fixture
def make_settings(tmp_path: Path, sqlite_url: str) -> MakeSettings:
    """`make_settings(**overrides)`: settings with a private directory and a migrated database."""
    tmp_path.chmod(0o700)

    def make(**overrides: object) -> Settings:
        given = {"data_dir": tmp_path, "database_url": sqlite_url, "languages": "en"} | overrides
        return Settings(_env_file=None, **given)  # type: ignore[call-arg, arg-type]

    return make

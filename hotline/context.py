"""The parts a process works with, handed to everything that does something.

Made by `hotline.runtime` in production and by the tests' fixtures with a scripted carrier and a
virtual clock.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from hotline.carrier import seal
from hotline.carrier.port import Carrier
from hotline.database.engine import Database
from hotline.languages import Language
from hotline.privacy.cipher import Vault
from hotline.settings import Settings
from hotline.tasks.day_key import DayKey, OwnKey
from hotline.tasks.doorbell import Doorbell

VOICE = "/voice/"
"""Under which every address stands that a carrier asks."""


def utc_now() -> datetime:
    """The present moment, aware, UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Runtime:
    """Everything a process needs. `clock()` gives the present moment, aware and in UTC."""

    settings: Settings
    database: Database
    vault: Vault
    carrier: Carrier
    doorbell: Doorbell
    languages: Mapping[str, Language]
    clock: Callable[[], datetime] = utc_now
    day_key: DayKey = field(default_factory=OwnKey)

    def url(self, path: str) -> str:
        """An absolute URL under the public address; `path` begins with a slash.

        Those that the carrier asks are sealed where its signature does not cover them.
        """
        if path.startswith(VOICE) and not self.carrier.capabilities.signature.covers_url:
            path = seal.sealed(self.settings.auth_tokens, path)
        return self.settings.public_url + path

    def close(self) -> None:
        """Release what the runtime holds."""
        self.database.close()

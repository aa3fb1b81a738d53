"""Wiring: the one place where settings become real parts. Every process begins here."""

from collections.abc import Callable

import structlog

from hotline.carrier.choice import open_carrier
from hotline.context import Runtime
from hotline.database.engine import Database
from hotline.dispatch.clock_set import MachineTime
from hotline.dispatch.engine import Engine
from hotline.dispatch.wiring import ports_of
from hotline.languages import load_languages
from hotline.privacy import keys, locks, rewrap
from hotline.privacy.cipher import Vault
from hotline.privacy.key_file import KeyFile
from hotline.settings import Settings
from hotline.tasks.day_key import open_day_key
from hotline.tasks.doorbell import open_doorbell

log = structlog.get_logger()


def open_runtime(settings: Settings) -> Runtime:
    """Wire the real parts. Raises KeyRingError, LanguageError, SettingsError."""
    carrier = open_carrier(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.database)
    return Runtime(
        settings=settings,
        database=database,
        vault=Vault(_key_ring(settings, database), locks.open_key),
        carrier=carrier,
        doorbell=open_doorbell(settings.redis_url, settings.language_sets),
        languages=load_languages(settings.languages),
        day_key=open_day_key(settings.redis_url),
    )


def dispatcher_engine(runtime: Runtime, run_here: Callable[[str], None]) -> Engine:
    """The dispatcher's engine; `run_here` does a worker's task when nobody else does."""
    return Engine(ports_of(runtime), run_here, keep_time=MachineTime(runtime).keep)


def _key_ring(settings: Settings, database: Database) -> keys.Ring:
    """The ring of the environment, or the file, made at the first start.

    Where the file was lost, a new one gets a version that no record knows, so that calls are taken
    and the old file can be put back beside it (docs/keys.md); `hotline doctor` says what is lost.
    """
    if settings.keys is not None:
        return keys.parse(settings.keys.get_secret_value())
    path = settings.key_file
    if not path.exists():
        lost = rewrap.versions_in_use(database)
        keys.load_or_create(path, keys.next_version(lost))
        if lost:
            log.error("key_ring_lost", count=len(lost))
    return KeyFile(path)

"""Where things are kept: database, key ring, Redis."""

from collections.abc import Iterator
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from hotline.database.engine import Database
from hotline.database.migrations import is_current
from hotline.doctor.finding import Finding, bad, ok, warn
from hotline.privacy import keys, rewrap
from hotline.settings import Settings
from hotline.tasks.doorbell import WORKERS_KEY

REDIS_S = 1.0
MIGRATE = "Run `hotline migrate`."


def database(settings: Settings) -> Iterator[Finding]:
    """It answers, and its tables are those of this version."""
    if is_not_made_yet(settings):
        yield warn(
            "database", "There is no database yet.", "Run `hotline up`, or `hotline migrate`."
        )
        return
    kind = make_url(settings.database).get_backend_name()
    try:
        if is_current(settings.database):
            yield ok("database", f"The database ({kind}) answers and is up to date.")
        else:
            yield bad("database", f"The database ({kind}) is of another version.", MIGRATE)
    except SQLAlchemyError:
        yield bad(
            "database",
            f"The database ({kind}) does not answer.",
            "Start its server, and check HOTLINE_DATABASE_URL.",
        )


def is_not_made_yet(settings: Settings) -> bool:
    """Whether the database would be a file that is not there; asking would make it."""
    url = make_url(settings.database)
    return url.get_backend_name() == "sqlite" and not Path(url.database or "").exists()


def key_ring(settings: Settings) -> Iterator[Finding]:
    """It is there, private, and opens what the database holds."""
    path = settings.key_file
    try:
        if settings.keys is not None:
            ring = keys.parse(settings.keys.get_secret_value())
        elif path.exists():
            ring = keys.parse(path.read_text())
        else:
            ring = None
    except (keys.KeyRingError, OSError) as error:
        yield bad("key_ring", f"The key ring cannot be read: {error}", "Restore it from its copy.")
        return
    if settings.keys is None and path.exists() and path.stat().st_mode & 0o077:
        yield bad("key_ring", f"Others on this machine can read {path}.", f"chmod 0600 {path}")
    needed, strangers = _versions(settings, ring)
    if strangers:
        yield bad(
            "key_ring",
            f"These master keys are not those that have sealed: {', '.join(sorted(strangers))}.",
            "Put the key ring of this database back from its copy.",
        )
    gone = needed - {version for version, _ in ring.keys} if ring is not None else needed
    if gone:
        yield bad(
            "key_ring",
            f"Records need master keys that are gone: {', '.join(sorted(gone))}.",
            "Put them back behind the newest key; without them those records stay closed.",
        )
    elif ring is None:
        yield warn(
            "key_ring", "There is no key ring yet.", "It is made at the first start; then copy it."
        )
    else:
        yield ok(
            "key_ring", f"The key ring is there; new records are sealed with {ring.keys[0][0]}."
        )


def _versions(settings: Settings, ring: keys.KeyRing | None) -> tuple[set[str], set[str]]:
    """The master keys that records need, and those of the ring that are others under the same
    name; empty where the database cannot be asked."""
    if is_not_made_yet(settings):
        return set(), set()
    opened = Database(settings.database)
    try:
        with opened.transaction() as session:
            return set(rewrap.in_use(session)), rewrap.strangers(session, ring) if ring else set()
    except SQLAlchemyError:
        return set(), set()
    finally:
        opened.close()


def redis(settings: Settings) -> Iterator[Finding]:
    """The doorbell of the workers rings."""
    if settings.redis_url is None:
        yield ok("redis", "HOTLINE_REDIS_URL is not set: `hotline up` brings its own Redis.")
        return
    try:
        with Redis.from_url(
            settings.redis_url, socket_timeout=REDIS_S, socket_connect_timeout=REDIS_S
        ) as client:
            client.ping()
            workers = client.scard(WORKERS_KEY)
    except (RedisError, OSError, ValueError):
        yield warn(
            "redis",
            "Redis does not answer; the dispatcher transcribes in the meantime, one by one.",
            "Start it, and check HOTLINE_REDIS_URL.",
        )
        return
    if workers:
        yield ok("redis", "Redis answers, and a worker has registered with it.")
    else:
        yield warn("redis", "Redis answers, but no worker listens.", "Start `hotline worker`.")

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
from hotline.texts import marked

REDIS_S = 1.0
MIGRATE = marked("Run `hotline migrate`.")


def database(settings: Settings) -> Iterator[Finding]:
    """It answers, and its tables are those of this version."""
    if is_not_made_yet(settings):
        yield warn(
            "database",
            marked("There is no database yet."),
            marked("Run `hotline up`, or `hotline migrate`."),
        )
        return
    kind = make_url(settings.database).get_backend_name()
    try:
        if is_current(settings.database):
            says = marked("The database (%(kind)s) answers and is up to date.")
            yield ok("database", says, kind=kind)
        else:
            says = marked("The database (%(kind)s) is of another version.")
            yield bad("database", says, MIGRATE, kind=kind)
    except SQLAlchemyError:
        yield bad(
            "database",
            marked("The database (%(kind)s) does not answer."),
            marked("Start its server, and check HOTLINE_DATABASE_URL."),
            kind=kind,
        )


def is_not_made_yet(settings: Settings) -> bool:
    """Whether the database would be a file that is not there; asking would make it."""
    url = make_url(settings.database)
    return url.get_backend_name() == "sqlite" and not Path(url.database or "").exists()


def key_ring(settings: Settings) -> Iterator[Finding]:
    """It is there, private, and opens what the database holds."""
    path = settings.key_file
    try:
        ring = ring_of(settings)
    except (keys.KeyRingError, OSError) as error:
        says = marked("The key ring cannot be read: %(error)s")
        yield bad("key_ring", says, marked("Restore it from its copy."), error=error)
        return
    if settings.keys is None and path.exists() and path.stat().st_mode & 0o077:
        says = marked("Others on this machine can read %(path)s.")
        yield bad("key_ring", says, "chmod 0600 %(path)s", path=path)
    needed, strangers = _versions(settings, ring)
    if strangers:
        yield bad(
            "key_ring",
            marked("These master keys are not those that have sealed: %(versions)s."),
            marked("Put the key ring of this database back from its copy."),
            versions=", ".join(sorted(strangers)),
        )
    gone = needed - {version for version, _ in ring.keys} if ring is not None else needed
    if gone:
        yield bad(
            "key_ring",
            marked("Records need master keys that are gone: %(versions)s."),
            marked("Put them back behind the newest key; without them those records stay closed."),
            versions=", ".join(sorted(gone)),
        )
    elif ring is None:
        yield warn(
            "key_ring",
            marked("There is no key ring yet."),
            marked("It is made at the first start; then copy it."),
        )
    else:
        yield ok(
            "key_ring",
            marked("The key ring is there; new records are sealed with %(version)s."),
            version=ring.keys[0][0],
        )


def ring_of(settings: Settings) -> keys.KeyRing | None:
    """The key ring as it lies there; asking makes none. Raises KeyRingError and OSError."""
    if settings.keys is not None:
        return keys.parse(settings.keys.get_secret_value())
    return keys.parse(settings.key_file.read_text()) if settings.key_file.exists() else None


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
        says = marked("HOTLINE_REDIS_URL is not set: `hotline up` brings its own Redis.")
        yield ok("redis", says)
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
            marked(
                "Redis does not answer; the dispatcher transcribes in the meantime, one by one."
            ),
            marked("Start it, and check HOTLINE_REDIS_URL."),
        )
        return
    if workers:
        yield ok("redis", marked("Redis answers, and a worker has registered with it."))
    else:
        says = marked("Redis answers, but no worker listens.")
        yield warn("redis", says, marked("Start `hotline worker`."))

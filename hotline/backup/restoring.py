"""Restoring a backup into an empty database: nothing is touched before everything was verified."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from hotline import audit
from hotline.backup import age, archive, awakening, facts, place, postgres, sqlite
from hotline.backup.archive import Archive
from hotline.backup.manifest import NEWER, Manifest
from hotline.database import migrations
from hotline.database.engine import Database
from hotline.mistakes import Mistake
from hotline.privacy import keys, rewrap, tombstones
from hotline.privacy.keys import KeyRing
from hotline.reports import purging
from hotline.settings import Settings

ACTOR = "command-line"


@dataclass(frozen=True)
class Restored:
    """What came of it. `broken_at`: the first wrong entry of the audit, None: it verifies.

    `lost`: versions of master keys that records need and the ring has not, or has others of.
    """

    manifest: Manifest
    signed_out: int
    deleted_again: int
    entries: int
    broken_at: int | None
    lost: tuple[str, ...]
    recordings: int


@contextmanager
def opened(settings: Settings, file: Path, identity: Path) -> Iterator[Archive]:
    """The archive, decrypted into a private folder and verified. Raises Mistake, OSError."""
    by = age.identities(identity)
    with place.private_folder(settings.data_dir) as private:
        plain = private / "archive.tar"
        plain.touch(0o600)
        with file.open("rb") as source, plain.open("wb") as target:
            age.decrypt(source, target, by)
        found = Archive(plain)
        try:
            yield found
        finally:
            found.close()


def restore(settings: Settings, found: Archive, now: datetime, stones: Path | None) -> Restored:
    """Restore an archive that was verified. `stones`: tombstones that were kept elsewhere.

    Raises Mistake before anything was changed, OSError when something cannot be written.
    """
    ring = _ring(settings)
    _check(settings, found.manifest)
    more = list(tombstones.read(stones)) if stones is not None else []
    more += _tombstones_of(found)
    # Before the rows are there: whatever happens next, the auditor deletes them again.
    tombstones.add_missing(settings.tombstones, more)
    recordings = _put_recordings(settings, found)
    part = found.read(archive.DATABASE[found.manifest.kind])
    if found.manifest.kind == "postgresql":
        postgres.put(settings.database, part)
        return _finish(settings, settings.database, found.manifest, ring, now, recordings)
    beside = sqlite.Place(settings.database)
    try:
        beside.put(part)
        done = _finish(settings, beside.url, found.manifest, ring, now, recordings)
        beside.take()
    finally:
        beside.give_up()
    return done


def _ring(settings: Settings) -> KeyRing:
    if settings.keys is not None:
        return keys.parse(settings.keys.get_secret_value())
    if not settings.key_file.is_file():
        raise Mistake(
            f"There is no key ring at {settings.key_file}, and without the one of this backup "
            "nothing in it opens; put its copy there (mode 0600), or set HOTLINE_KEYS. Nothing "
            "was changed."
        )
    return keys.parse(settings.key_file.read_text())


def _check(settings: Settings, manifest: Manifest) -> None:
    """Whether it can be restored here. Raises Mistake."""
    kind = make_url(settings.database).get_backend_name()
    if kind != manifest.kind or kind not in archive.DATABASE:
        raise Mistake(
            f"The backup is of {manifest.kind}, and HOTLINE_DATABASE_URL names {kind}; restore it "
            f"into {manifest.kind}. Nothing was changed."
        )
    if not facts.is_known(settings.database, manifest.facts.revision):
        raise Mistake(NEWER)
    if kind == "postgresql":
        postgres.check(settings.database, manifest.tool)
    elif not sqlite.is_empty(settings.database):
        raise Mistake(sqlite.TAKEN)


def _tombstones_of(found: Archive) -> list[tombstones.Tombstone]:
    if archive.TOMBSTONES not in found.names():
        return []
    lines = found.read(archive.TOMBSTONES).read().decode().splitlines(keepends=True)
    return list(tombstones.parse(lines))


def _put_recordings(settings: Settings, found: Archive) -> int:
    """Human recordings of prompts; one that is there already stays."""
    count = 0
    for name in found.names():
        inside = archive.RECORDING.fullmatch(name)
        target = settings.recordings_folder / inside.group(1) if inside else None
        if target is not None and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(found.read(name).read())
            count += 1
    return count


def _finish(
    settings: Settings,
    url: str,
    manifest: Manifest,
    ring: KeyRing,
    now: datetime,
    recordings: int,
) -> Restored:
    """Migrate forward, put right what must not come alive, delete again, verify."""
    migrations.upgrade(url)
    database = Database(url)
    try:
        with database.transaction() as session:
            signed_out = awakening.settle(session, manifest, now)
        gone = purging.replay(database, settings.tombstones, now, ACTOR)
        entries, broken_at = _verified(database, manifest)
        with database.reading() as session:
            lost = set(rewrap.in_use(session)) - set(ring.versions)
            lost |= rewrap.strangers(session, ring)
    finally:
        database.close()
    return Restored(
        manifest, signed_out, len(gone), entries, broken_at, tuple(sorted(lost)), recordings
    )


def _verified(database: Database, manifest: Manifest) -> tuple[int, int | None]:
    """How many entries the audit has, and the first that is wrong; the manifest is an anchor."""
    anchor = (manifest.facts.audit_seq, manifest.facts.audit_digest)
    with database.reading() as session:
        count, _ = audit.head(session)
        try:
            audit.verify(session, anchor if anchor[0] else None)
        except audit.ChainBroken as broken:
            return count, broken.seq
    return count, None

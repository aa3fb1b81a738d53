"""`hotline keys`: the master keys that everything in the database is sealed with."""

import sys
from typing import TYPE_CHECKING

import click

from hotline.commands.ceremony import ceremony, recover
from hotline.commands.plain import plain, refuse

if TYPE_CHECKING:
    from hotline.privacy.keys import KeyRing
    from hotline.settings import Settings

IN_ENVIRONMENT = (
    "The key ring stands in HOTLINE_KEYS, which this command cannot change: change it on every "
    "machine as docs/keys.md says (`hotline keys new` prints a key), restart, then run "
    "`hotline keys rewrap`."
)


@click.group()
def keys() -> None:
    """The key ring: master keys that open the database, kept outside of it."""


@keys.command()
@plain
def init() -> None:
    """Make the key ring in the data directory, readable by its owner only."""
    from hotline.privacy import keys as ring
    from hotline.settings import load_settings

    settings = load_settings()
    if settings.keys is not None:
        refuse("There is a key ring already, in HOTLINE_KEYS; nothing was made.")
    if not ring.create(settings.key_file, ring.generate()):
        refuse(f"There is a key ring already at {settings.key_file}; it was left as it is.")
    click.echo(f"The key ring is at {settings.key_file}. Copy it to a safe place, not to the")
    click.echo("database's backups: who has both can read every report; without it nobody can.")


@keys.command()
@plain
def new() -> None:
    """Print a new master key for HOTLINE_KEYS; nothing is changed."""
    from hotline.privacy import keys as ring
    from hotline.settings import load_settings

    settings = load_settings()
    known = ring.parse(settings.keys.get_secret_value()).versions if settings.keys else ()
    click.echo(ring.generate(ring.next_version(known)).dump())


@keys.command()
@plain
def rotate() -> None:
    """Add a new master key and wrap every record's key with it, while the service runs."""
    from hotline.privacy import key_file
    from hotline.settings import load_settings

    settings = load_settings()
    if settings.keys is not None:
        refuse(IN_ENVIRONMENT)
    if not settings.key_file.exists():
        refuse("There is no key ring yet; run `hotline keys init`.")
    ring = key_file.add_version(settings.key_file)
    click.echo(f"New records are sealed with master key {ring.current[0]}. Copy the key ring anew.")
    _rewrap()


@keys.command()
@plain
def rewrap() -> None:
    """Wrap every record's key with the newest master key; safe to repeat."""
    _rewrap()


@keys.command()
@plain
def status() -> None:
    """Show each master key, what it wraps, and whether it may be dropped.

    Exit code 1 when records need a master key that is lost.
    """
    from hotline.privacy import rewrap as wrapping
    from hotline.runtime import open_runtime
    from hotline.settings import load_settings

    settings = load_settings()
    runtime = open_runtime(settings)
    ring = _ring(settings)
    try:
        with runtime.database.reading() as session:
            counts = wrapping.in_use(session)
            strangers = wrapping.strangers(session, ring)
    finally:
        runtime.close()
    for version in ring.versions:
        click.echo(f"{version}  wraps {counts.get(version, 0)}  {_said(ring, version, counts)}")
    for version in sorted(strangers):
        click.echo(f"{version}  is another key than the one that sealed; put the old one back.")
    lost = sorted(set(counts) - set(ring.versions))
    for version in lost:
        click.echo(f"{version}  wraps {counts[version]}  is lost; put it back behind the newest.")
    sys.exit(1 if lost or strangers else 0)


@keys.command()
@click.argument("version")
@plain
def drop(version: str) -> None:
    """Take master key VERSION out of the ring, if nothing is wrapped by it any more."""
    from hotline.privacy import key_file
    from hotline.privacy import rewrap as wrapping
    from hotline.runtime import open_runtime
    from hotline.settings import load_settings

    settings = load_settings()
    if settings.keys is not None:
        refuse(IN_ENVIRONMENT)
    key_file.without(_ring(settings), version)  # says so if it may not be, before anything else
    runtime = open_runtime(settings)

    def taken_out() -> None:
        key_file.change(settings.key_file, lambda ring: key_file.without(ring, version))

    try:
        count = wrapping.drop(runtime.database, version, taken_out)
    finally:
        runtime.close()
    if count:
        refuse(f"Master key {version!r} still wraps {count}; run `hotline keys rewrap` first.")
    click.echo(f"Master key {version} is out of the ring. Backups made before still need it.")


def _rewrap() -> None:
    from hotline.privacy import rewrap as wrapping
    from hotline.runtime import open_runtime
    from hotline.settings import load_settings

    settings = load_settings()
    runtime = open_runtime(settings)
    try:
        result = wrapping.rewrap(runtime.database, _ring(settings))
    finally:
        runtime.close()
    click.echo(f"Wrapped anew: {result.done}.")
    if result.closed:
        refuse(f"Did not open, and left as they are: {result.closed}. See `hotline keys status`.")


def _ring(settings: "Settings") -> "KeyRing":
    from hotline.privacy import keys as ring

    if settings.keys is not None:
        return ring.parse(settings.keys.get_secret_value())
    return ring.load_or_create(settings.key_file)


def _said(ring: "KeyRing", version: str, counts: dict[str, int]) -> str:
    if version == ring.current[0]:
        return "seals new records"
    if counts.get(version):
        return "is needed; run `hotline keys rewrap`"
    return f"may be dropped: `hotline keys drop {version}`"


keys.add_command(ceremony)
keys.add_command(recover)

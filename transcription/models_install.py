"""Installing and removing speech models in the deployment's folder.

A model is in its folder whole and checked, or not at all: it is unpacked beside it under a name
that nobody looks at, loaded once, and then renamed. Whatever a killed install leaves behind is
used by the next one (a download) or thrown away by it (the rest).
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from hotline import durable
from transcription.catalogue import MARKER, is_model, is_test_name
from transcription.models_errors import ModelsError
from transcription.models_fetch import Progress, fetch, size_of
from transcription.models_published import MEGABYTE, Catalogue, Published, Size
from transcription.models_unpack import (
    inspect,
    room_for,
    unpack,
    unpacked_bytes,
)

DOWNLOADS = ".downloads"
UNFINISHED = (".unpacking-", ".removed-")
UNPACKS_TO = 2.5
"""At most so many times the size of the zip, as far as is known (1.6 to 2.2 in published ones)."""
ROUNDING = 1.1  # megabytes are rounded, bytes are not
BLOCK_BYTES = 1 << 20

Check = Callable[[Path], None]
"""Loads the model in a folder, or raises ModelsError."""


@dataclass(frozen=True)
class Done:
    """What came of an install. already: it was there. digest: kind and value that were checked."""

    folder: Path
    already: bool = False
    digest: tuple[str, str] | None = None


def pick(catalogue: Catalogue, language: str, size: Size | None) -> Published:
    """The model to install: of that size, else the smallest. Raises ModelsError."""
    models = catalogue.of(language)
    if not models:
        known = ", ".join(catalogue.languages)
        raise ModelsError(
            f"No model for {language!r} is published; choose one of {known}, or use --from-zip."
        )
    found = [model for model in models if size in (None, model.size)]
    if not found:
        sizes = " or ".join(model.size for model in models)
        raise ModelsError(f"There is no {size} model for {language}; there is {sizes}.")
    return found[0]


def install(
    model: Published, models_dir: Path, source: str, progress: Progress, check: Check
) -> Done:
    """Fetch, check, unpack and load a published model. Raises ModelsError.

    source: URL of the folder with `<name>.zip`; check: see `Check`.
    """
    with alone(models_dir):
        folder = models_dir / model.name
        if is_model(folder):
            return Done(folder, already=True)
        zip_path = models_dir / DOWNLOADS / f"{model.name}.zip"
        download(model, zip_path, f"{source.rstrip('/')}/{model.name}.zip", progress)
        put(zip_path, folder, model.language, check, model.digest)
        zip_path.unlink()
        return Done(folder, digest=model.digest)


def download(model: Published, zip_path: Path, url: str, progress: Progress) -> None:
    """Fetch the zip, unless an earlier install has, and compare it. Raises ModelsError."""
    zip_path.parent.mkdir(mode=0o755, exist_ok=True)
    if zip_path.exists() and is_published(zip_path, model):
        return
    zip_path.unlink(missing_ok=True)
    about = model.bytes or model.megabytes * MEGABYTE
    here = size_of(zip_path.with_name(zip_path.name + ".part"))
    room_for(int(about * (1 + UNPACKS_TO)) - here, zip_path.parent)
    most = model.bytes or int(about * ROUNDING) + MEGABYTE
    fetch(url, zip_path, model.bytes, most, progress)
    if model.digest is not None:
        compare(zip_path, *model.digest)


def is_published(zip_path: Path, model: Published) -> bool:
    """Whether a file of an earlier install is known to be the published one."""
    digest = model.digest
    return digest is not None and digest_of(zip_path, digest[0]) == digest[1]


def compare(zip_path: Path, kind: str, wanted: str) -> None:
    """Throw the file away if its checksum is another. Raises ModelsError."""
    got = digest_of(zip_path, kind)
    if got != wanted:
        zip_path.unlink()
        raise ModelsError(
            f"{zip_path.name} is not the file that was published ({kind.upper()} {got[:12]}… "
            f"instead of {wanted[:12]}…); it was thrown away. Try again; if it happens twice, the "
            "source is not to be trusted."
        )


def install_zip(zip_path: Path, language: str, models_dir: Path, check: Check) -> Done:
    """Unpack and load a model from a file of this machine; its folder gives the name.

    Raises ModelsError.
    """
    name = inspect(zip_path)
    if is_test_name(name) or name.startswith("."):
        raise ModelsError(f"A model cannot be called {name}: rename the folder in the zip.")
    with alone(models_dir):
        folder = models_dir / name
        if is_model(folder):
            return Done(folder, already=True)
        put(zip_path, folder, language, check, None)
        return Done(folder)


def put(
    zip_path: Path, folder: Path, language: str, check: Check, digest: tuple[str, str] | None
) -> None:
    """Unpack beside `folder`, mark, load, and only then give it its name. Raises ModelsError."""
    room_for(unpacked_bytes(zip_path), folder.parent)
    fresh = folder.with_name(f"{UNFINISHED[0]}{folder.name}")
    try:
        unpack(zip_path, fresh)
        mark(fresh, language, digest)
        check(fresh)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    aside(folder)
    fresh.rename(folder)
    durable.sync_folder(folder.parent)
    sweep(folder.parent)


def mark(folder: Path, language: str, digest: tuple[str, str] | None) -> None:
    """Write down for which language it was installed, and which checksum its zip had."""
    said = {"language": language, "zip": dict([digest]) if digest is not None else {}}
    with (folder / MARKER).open("w", encoding="utf-8") as file:
        json.dump(said, file)
        durable.sync(file)


def remove(name: str, models_dir: Path) -> Path:
    """Remove an installed model, and what was fetched of it. Gives where it was.

    Raises ModelsError when there is none.
    """
    with alone(models_dir):
        folder = models_dir / name
        if folder.parent != models_dir or not is_model(folder):
            raise ModelsError(
                f"There is no model {name} in {models_dir}; see `hotline models list`."
            )
        aside(folder)
        durable.sync_folder(models_dir)
        sweep(models_dir)
        for left in (models_dir / DOWNLOADS).glob(f"{name}.zip*"):
            left.unlink()
        return folder


def aside(folder: Path) -> None:
    """Take a folder out of sight in one step, so that it is never seen half gone."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        folder.rename(folder.with_name(f"{UNFINISHED[1]}{folder.name}"))


def sweep(models_dir: Path) -> None:
    """Throw away what unfinished installs and removals left."""
    for left in models_dir.iterdir():
        if left.name.startswith(UNFINISHED):
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def alone(models_dir: Path) -> Iterator[None]:
    """Be the only one who changes the folder, and begin with it clean. Raises ModelsError."""
    try:
        models_dir.mkdir(mode=0o755, parents=True, exist_ok=True)
        lock = os.open(models_dir / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ModelsError(
            f"{models_dir} cannot be written ({error.strerror}); run this as the user that owns it."
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        sweep(models_dir)
        yield
    except BlockingIOError:
        raise ModelsError(
            f"Another `hotline models` command works on {models_dir}; let it finish first."
        ) from None
    finally:
        os.close(lock)


def digest_of(path: Path, kind: str) -> str:
    """The checksum of a file in hexadecimal. kind: md5 or sha256."""
    found = hashlib.new(kind, usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            found.update(block)
    return found.hexdigest()


def is_unsafe(source: str, model: Published) -> bool:
    """Whether somebody on the way could change the model and nobody would see it."""
    return urlsplit(source).scheme != "https" and model.sha256 is None


__all__ = ["Check", "Done", "install", "install_zip", "is_unsafe", "pick", "remove"]

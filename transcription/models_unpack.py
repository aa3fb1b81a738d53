"""Unpacking the zip of a speech model, whoever made it.

Everything is refused that a model never needs: paths that lead out, links, encrypted or doubled
entries, and archives that claim to be, or turn out to be, far larger than models are.
"""

import os
import shutil
import stat
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from hotline import durable
from transcription.catalogue import is_folder_name
from transcription.models_errors import ModelsError

MOST_ENTRIES = 1000  # published models have some 20 to 60
MOST_BYTES = 20_000_000_000  # the largest published one unpacks to less than 10 GB
MOST_RATIO = 100  # of unpacked to packed; models reach 2 to 3
SPARE_BYTES = 100_000_000  # left free on the disk: the database may live there too
BLOCK_BYTES = 1 << 20
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ACOUSTIC_MODELS = ("am/final.mdl", "final.mdl")
NOT_A_MODEL = "is not the zip of a Vosk model: one folder with am/final.mdl in it is expected."


def inspect(zip_path: Path) -> str:
    """The name of the one folder in the zip. Raises ModelsError when it is not to be unpacked."""
    with opened(zip_path) as archive:
        return top_folder(zip_path, entries_of(zip_path, archive))


def unpacked_bytes(zip_path: Path) -> int:
    """How many bytes the files in it have together, as it says. Raises ModelsError."""
    with opened(zip_path) as archive:
        return sum(entry.file_size for entry in archive.infolist())


def unpack(zip_path: Path, folder: Path) -> None:
    """Put what the zip's one folder holds into `folder`, which must not exist, and sync it.

    Raises ModelsError; what was written until then stays, for the caller to remove.
    """
    with opened(zip_path) as archive:
        entries = entries_of(zip_path, archive)
        top = top_folder(zip_path, entries)
        folder.mkdir(mode=0o755)
        for entry in entries:
            target = folder.joinpath(*PurePosixPath(entry.filename).parts[1:])
            if entry.is_dir():
                target.mkdir(mode=0o755, parents=True, exist_ok=True)
            elif PurePosixPath(entry.filename).parts[0] == top:
                write(archive, entry, target, zip_path)
    sync_folders(folder)


def opened(zip_path: Path) -> zipfile.ZipFile:
    """The zip. Raises ModelsError when it is none, or not whole."""
    try:
        return zipfile.ZipFile(zip_path)
    except FileNotFoundError:
        raise ModelsError(f"There is no file {zip_path}; check the name.") from None
    except OSError as error:
        raise ModelsError(f"{zip_path} cannot be read: {error.strerror}.") from None
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise ModelsError(f"{zip_path.name} is not a whole zip file; fetch it again.") from None


def entries_of(zip_path: Path, archive: zipfile.ZipFile) -> Sequence[zipfile.ZipInfo]:
    """What is in it. Raises ModelsError when any of it is what a model never has."""
    entries = archive.infolist()
    names = [entry.filename.rstrip("/") for entry in entries]
    total = sum(entry.file_size for entry in entries)
    packed = max(1, zip_path.stat().st_size)
    if len(entries) > MOST_ENTRIES or total > MOST_BYTES or total > MOST_RATIO * packed:
        raise ModelsError(f"{zip_path.name} would unpack to far more than any speech model has.")
    if len(set(names)) < len(names) or any(map(is_strange, entries)):
        raise ModelsError(f"{zip_path.name} holds paths, links or passwords that no model has.")
    return entries


def is_strange(entry: zipfile.ZipInfo) -> bool:
    """Whether it leads out of its folder, is a link or a device, or cannot be read plainly."""
    parts = entry.filename.rstrip("/").split("/")
    mode = entry.external_attr >> 16
    kind = stat.S_IFMT(mode)
    return (
        not all(is_folder_name(part) and ":" not in part for part in parts)
        or kind not in (0, stat.S_IFREG, stat.S_IFDIR)
        or bool(entry.flag_bits & 0x1)
        or entry.compress_type not in METHODS
    )


def top_folder(zip_path: Path, entries: Sequence[zipfile.ZipInfo]) -> str:
    """The one folder that everything lies in. Raises ModelsError when it holds no model."""
    tops = {entry.filename.split("/")[0] for entry in entries}
    top = tops.pop() if len(tops) == 1 else ""
    names = {entry.filename for entry in entries}
    if not top or not any(f"{top}/{file}" in names for file in ACOUSTIC_MODELS):
        raise ModelsError(f"{zip_path.name} {NOT_A_MODEL}")
    return top


def write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, zip_path: Path) -> None:
    """Write one file, never more of it than was announced. Raises ModelsError."""
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    left = entry.file_size
    try:
        with archive.open(entry) as source, target.open("xb") as file:
            while block := source.read(min(BLOCK_BYTES, left + 1)):
                left -= len(block)
                if left < 0:
                    raise ModelsError(f"{zip_path.name} holds more than it says; it is not used.")
                file.write(block)
            durable.sync(file)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotADirectoryError, FileExistsError):
        raise ModelsError(f"{zip_path.name} is damaged; fetch it again.") from None


def sync_folders(folder: Path) -> None:
    """Make the names in the folder and below as durable as the files."""
    for directory, _, _ in os.walk(folder):
        durable.sync_folder(Path(directory))


def room_for(needed: int, folder: Path) -> None:
    """Raises ModelsError when the folder's disk has not so many bytes and some to spare."""
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE_BYTES:
        raise ModelsError(
            f"{folder} has {in_megabytes(free)} free, and {in_megabytes(needed + SPARE_BYTES)} "
            "are needed; make room, or set HOTLINE_MODELS_DIR to another disk."
        )


def in_megabytes(count: int) -> str:
    """Bytes as a person reads them."""
    return f"{count / 1_000_000:,.0f} MB"

"""Zips of speech models: of the bundled English one, and of what nobody should unpack."""

import hashlib
import zipfile
from pathlib import Path

from transcription.catalogue import BUNDLED
from transcription.models_published import Published, Size

NAME = "vosk-model-small-xx-0.1"


def zip_of(folder: Path, path: Path, top: str = NAME) -> Path:
    """A zip of a folder, its files below `top`."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, f"{top}/{file.relative_to(folder)}")
    return path


def zip_of_english(path: Path, top: str = NAME) -> Path:
    """A zip of the bundled English test model under another name."""
    return zip_of(BUNDLED / "vosk-model-tiny-en", path, top)


def entry(zip_path: Path, language: str = "en") -> Published:
    """How the catalogue would describe that zip."""
    data = zip_path.read_bytes()
    return Published(
        name=NAME,
        language=language,
        size=Size.SMALL,
        megabytes=max(1, round(len(data) / 1e6)),
        bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        license="Apache-2.0",
    )

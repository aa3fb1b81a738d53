"""Zips of speech models: of the bundled English one, and of what nobody should unpack."""

import hashlib
import shutil
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


def wideband(folder: Path, into: Path) -> Path:
    """A copy of a bundled model that takes 16 kHz and refuses less, as the small models that Vosk
    publishes do. The sounds it listens to are the same: between 20 Hz and 200 below half of 8 kHz.
    """
    made = Path(shutil.copytree(folder, into))
    conf = made / "conf" / "mfcc.conf"
    said = conf.read_text(encoding="utf-8")
    said = said.replace("--sample-frequency=8000", "--sample-frequency=16000")
    conf.write_text(said.replace("--high-freq=-200", "--high-freq=3800"), encoding="utf-8")
    return made


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

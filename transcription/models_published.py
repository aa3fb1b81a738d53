"""What `models.toml` says: the speech models one can install, by language and size."""

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

CATALOGUE = Path(__file__).resolve().parent / "models.toml"
MEGABYTE = 1_000_000
NAME = re.compile(r"vosk-model-[A-Za-z0-9._-]+")
CODE = re.compile(r"[a-z]{2,3}")
DIGESTS = {"md5": re.compile(r"[0-9a-f]{32}"), "sha256": re.compile(r"[0-9a-f]{64}")}


class CatalogueError(Exception):
    """The catalogue file is malformed; the message says where."""


class Size(StrEnum):
    """How large a model is. Each hears better than the one before and needs more memory."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


@dataclass(frozen=True)
class Published:
    """One model as its publisher describes it; None where nothing is known.

    bytes: exact size of the zip. megabytes: about its size, always known. md5 and sha256: of the
    zip, in hexadecimal. memory_mb: needed while it works. note: word error rates and the like.
    """

    name: str
    language: str
    size: Size
    megabytes: int
    bytes: int | None = None
    md5: str | None = None
    sha256: str | None = None
    license: str | None = None
    memory_mb: int | None = None
    note: str | None = None

    @property
    def digest(self) -> tuple[str, str] | None:
        """The strongest checksum there is: its kind (sha256, md5) and value."""
        if self.sha256 is not None:
            return "sha256", self.sha256
        return ("md5", self.md5) if self.md5 is not None else None


@dataclass(frozen=True)
class Catalogue:
    """source: URL of the folder that holds `<name>.zip`. languages: code -> English name."""

    source: str
    languages: dict[str, str]
    models: tuple[Published, ...]

    def of(self, language: str) -> tuple[Published, ...]:
        """The models of a language, the smallest first."""
        found = [model for model in self.models if model.language == language]
        return tuple(sorted(found, key=lambda model: list(Size).index(model.size)))

    def named(self, name: str) -> Published | None:
        """The model of that name."""
        return next((model for model in self.models if model.name == name), None)


@cache
def published() -> Catalogue:
    """The catalogue that comes with the project. Raises CatalogueError."""
    return parse(CATALOGUE.read_text(encoding="utf-8"))


def parse(text: str) -> Catalogue:
    """Read a catalogue. Raises CatalogueError, with the name of the model that is wrong."""
    try:
        raw = tomllib.loads(text)
        languages, source = dict(raw["language"]), str(raw["source"])
        models = tuple(read(entry, languages) for entry in raw["model"])
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"The catalogue of models is not valid TOML: {error}.") from None
    except KeyError as error:
        raise CatalogueError(f"The catalogue of models lacks {error.args[0]!r}.") from None
    if urlsplit(source).scheme != "https" or not source.endswith("/"):
        raise CatalogueError("The catalogue's source must begin with https:// and end with /.")
    pairs = [(model.language, model.size) for model in models]
    if len({model.name for model in models}) < len(models) or len(set(pairs)) < len(pairs):
        raise CatalogueError("The catalogue names a model, or a language's size, twice.")
    return Catalogue(source, languages, models)


def read(entry: dict[str, Any], languages: dict[str, str]) -> Published:
    """One entry. Raises CatalogueError, KeyError."""
    name = entry["name"]
    for key, form in DIGESTS.items():
        if key in entry and not form.fullmatch(entry[key]):
            raise CatalogueError(f"{name}: {key} is not a checksum of that kind.")
    if not NAME.fullmatch(name) or not CODE.fullmatch(entry["language"]):
        raise CatalogueError(f"{name}: the name or the language code is malformed.")
    if entry["language"] not in languages or entry["size"] not in list(Size):
        raise CatalogueError(f"{name}: its language or size is unknown.")
    given = dict(entry)
    given.setdefault("megabytes", round(entry.get("bytes", 0) / MEGABYTE))
    if given["megabytes"] < 1:
        raise CatalogueError(f"{name}: neither bytes nor megabytes.")
    try:
        return Published(**{**given, "size": Size(entry["size"])})
    except TypeError:
        raise CatalogueError(f"{name}: there is a key that nobody reads.") from None

"""What `hotline models list` shows: which model each language uses, and which it could have."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hotline.languages import DIRECTORY, LanguageError, load_language
from transcription import catalogue
from transcription.catalogue import Chosen, Installed, ModelMissing
from transcription.models_published import Published, published


@dataclass(frozen=True)
class Row:
    """One language. offered: callers can choose it. used: None where there is no model at all."""

    language: str
    name: str
    offered: bool
    used: Chosen | None
    installed: tuple[Installed, ...]
    published: tuple[Published, ...]

    def to_dict(self) -> dict[str, Any]:
        """The row as plain JSON values; what is not known is null."""
        return {
            "language": self.language,
            "name": self.name,
            "offered": self.offered,
            "used": self.used.folder.name if self.used is not None else None,
            "test_model": self.used is not None and self.used.is_test_model,
            "installed": [model.name for model in self.installed],
            "published": [facts(model) for model in self.published],
        }


def rows(offered: Sequence[str], models_dir: Path) -> list[Row]:
    """The languages that callers can choose, in their order, and then all others by name."""
    here = tuple(catalogue.installed(models_dir))
    known = names_of(offered)
    others = {model.language for model in here} | set(published().languages)
    codes = [*offered, *sorted(others - set(offered), key=lambda code: known.get(code, code))]
    return [row(code, known.get(code, code), code in offered, here, models_dir) for code in codes]


def row(code: str, name: str, offered: bool, here: Iterable[Installed], models_dir: Path) -> Row:
    """One language."""
    own = tuple(model for model in here if model.language == code)
    return Row(code, name, offered, used(code, models_dir), own, published().of(code))


def used(language: str, models_dir: Path) -> Chosen | None:
    """The model that would serve a language; None without one."""
    try:
        return catalogue.choose(language, wanted(language), models_dir)
    except ModelMissing:
        return None


def wanted(language: str) -> str:
    """The model that the language's file names; empty without a file."""
    try:
        return load_language(DIRECTORY / f"{language}.toml").model
    except LanguageError:
        return ""


def names_of(offered: Iterable[str]) -> Mapping[str, str]:
    """English names by code: the catalogue's, and of the language files."""
    names = dict(published().languages)
    for code in offered:
        try:
            names[code] = load_language(DIRECTORY / f"{code}.toml").english_name
        except LanguageError:
            names.setdefault(code, code)
    return names


def as_text(found: Sequence[Row], models_dir: Path) -> Iterator[str]:
    """The lines to print."""
    yield f"Models are installed in {models_dir}"
    yield ""
    yield "Languages that callers can choose (HOTLINE_LANGUAGES):"
    for one in found:
        if one.offered:
            yield f"  {one.language:<4}{one.name:<12}{state(one)}"
            yield f"{'':<18}{choices(one)}"
    yield ""
    yield "Other languages:"
    for one in found:
        if not one.offered:
            there = f"{state(one)}; " if one.installed else ""
            yield f"  {one.language:<4}{one.name:<12}{there}{choices(one)}"


def state(one: Row) -> str:
    """What serves the language."""
    if one.used is None:
        return "has no model: it cannot be transcribed"
    name = one.used.folder.name
    if one.used.is_test_model:
        return f"uses the test model {name}: not for real callers"
    spare = [model.name for model in one.installed if model.name != name]
    return f"uses {name}" + (f" (installed too: {', '.join(spare)})" if spare else "")


def choices(one: Row) -> str:
    """What could be installed: size, megabytes, license where it is not the usual one."""
    there = {model.name for model in one.installed}
    offers = [offer(model) for model in one.published if model.name not in there]
    if not one.published:
        return "none is published: install your own with --from-zip"
    return f"to install: {', '.join(offers)}" if offers else "all that is published is installed"


def offer(model: Published) -> str:
    """One published model in a few words."""
    unusual = "" if model.license == "Apache-2.0" else f", {model.license or 'license unknown'}"
    return f"{model.size} ({model.megabytes:,} MB{unusual})"


def facts(model: Published) -> dict[str, Any]:
    """A published model as plain JSON values."""
    return {
        "model": model.name,
        "size": str(model.size),
        "megabytes": model.megabytes,
        "bytes": model.bytes,
        "md5": model.md5,
        "sha256": model.sha256,
        "license": model.license,
        "memory_mb": model.memory_mb,
        "note": model.note,
    }

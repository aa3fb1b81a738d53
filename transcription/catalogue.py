"""Where a Vosk model lies, and which one serves a language.

The deployment's own folder first, then the test models that come along. Those have only heard
synthetic speech: whoever uses one says so loudly (see `notice`).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog

from hotline.texts import Sentence, marked
from transcription.models_published import Size, published

log = structlog.get_logger()

BUNDLED = Path(__file__).resolve().parent / "models"
MARKER = "hotline-model.json"
"""Beside a model that we installed: for which language, and from what."""
RANK: tuple[Size | None, ...] = (None, Size.LARGE, Size.MEDIUM, Size.SMALL)
"""Best first. None: not in the catalogue, so somebody has chosen it on purpose."""


class ModelMissing(Exception):
    """No folder of that name holds a Vosk model; the sentence says what to do about it."""

    def __init__(self, pattern: str, **values: object) -> None:
        self.sentence = Sentence(pattern, values)
        super().__init__(str(self.sentence))


@dataclass(frozen=True)
class Installed:
    """One model in the deployment's folder. size: None for one that is not in the catalogue."""

    folder: Path
    language: str
    size: Size | None

    @property
    def name(self) -> str:
        """Its folder's name, which is the model's."""
        return self.folder.name


@dataclass(frozen=True)
class Chosen:
    """The model that serves a language. is_test_model: it came along, and is not for callers."""

    language: str
    folder: Path
    is_test_model: bool


class Spoken(Protocol):
    """What is asked of a language here: what its file says (see `hotline.languages`)."""

    @property
    def model(self) -> str:
        """The name of the model it wants."""

    @property
    def english_name(self) -> str:
        """What staff call it."""


def choose(language: str, wanted: str, models_dir: Path | None) -> Chosen:
    """The model of a language; `wanted` is the name that its language file gives.

    That one if it is installed and none of the test models; else the best that is installed for the
    language; else the test model. Raises ModelMissing, with the command that mends it.
    """
    own = models_dir / wanted if models_dir is not None and is_folder_name(wanted) else None
    if own is not None and is_model(own) and not is_test_name(wanted):
        return Chosen(language, own, False)
    best = min(
        (m for m in installed(models_dir) if m.language == language),
        key=lambda model: (RANK.index(model.size), model.name),
        default=None,
    )
    if best is not None:
        return Chosen(language, best.folder, False)
    for name in (wanted, f"vosk-model-tiny-{language}"):
        if is_test_name(name):
            return Chosen(language, find(name, models_dir), True)
    raise missing(language)


def choose_all(languages: Mapping[str, Spoken], models_dir: Path | None) -> dict[str, Chosen]:
    """The model of each language, by code, without those that have none and name none.

    Their messages are left to human ears. Raises ModelMissing.
    """
    read = {code: one for code, one in languages.items() if not unread(code, one, models_dir)}
    return {code: choose(code, one.model, models_dir) for code, one in read.items()}


def unread(language: str, one: Spoken, models_dir: Path | None) -> bool:
    """Whether nothing reads the language: its file names no model, and none is installed."""
    return not one.model and all(m.language != language for m in installed(models_dir))


def find(name: str, models_dir: Path | None = None) -> Path:
    """The folder of the model `name`, in `models_dir` (HOTLINE_MODELS_DIR) or else bundled.

    Raises ModelMissing, with one sentence that says where to put the model.
    """
    if not is_folder_name(name):
        raise ModelMissing(
            marked(
                "%(name)s is not the name of a model folder; give a plain folder name as `model` "
                "in the [transcription] table of the language file."
            ),
            name=repr(name),
        )
    for directory in (models_dir, BUNDLED):
        if directory is not None and is_model(directory / name):
            return directory / name
    raise ModelMissing(
        marked(
            "There is no speech model %(name)s; unpack a Vosk model into a folder of that name and "
            "set HOTLINE_MODELS_DIR to the folder that holds it, or name another model in the "
            "language file."
        ),
        name=name,
    )


def installed(models_dir: Path | None) -> Iterator[Installed]:
    """The models in the deployment's folder whose language is known, by name."""
    try:
        folders = sorted(models_dir.iterdir()) if models_dir is not None else []
    except OSError:
        return
    for folder in folders:
        if folder.name.startswith(".") or is_test_name(folder.name) or not is_model(folder):
            continue
        known = published().named(folder.name)
        language = known.language if known is not None else marked_language(folder)
        if language is not None:
            yield Installed(folder, language, known.size if known is not None else None)


def marked_language(folder: Path) -> str | None:
    """The language that the marker of an installed model gives."""
    try:
        language = json.loads((folder / MARKER).read_text(encoding="utf-8"))["language"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return language if isinstance(language, str) else None


def with_test_models(languages: Mapping[str, Spoken], models_dir: Path | None) -> list[str]:
    """The languages that a test model serves. Raises ModelMissing when one has none at all."""
    chosen = choose_all(languages, models_dir).values()
    return [one.language for one in chosen if one.is_test_model]


def notice(languages: Mapping[str, Spoken], models_dir: Path | None) -> str | None:
    """What people must know of the languages' models; None where all is well.

    That a language has none at all, or that test models serve, and what mends it.
    """
    try:
        codes = with_test_models(languages, models_dir)
    except ModelMissing as error:
        return str(error)
    if not codes:
        return None
    spoken = [languages[code].english_name for code in codes]
    listed = " and ".join(filter(None, [", ".join(spoken[:-1]), spoken[-1]]))
    return (
        f"Speech is recognized with the small test model for {listed}. It is not for real callers: "
        f"run `hotline models install {' '.join(codes)}`."
    )


def warn(chosen: Iterable[Chosen]) -> None:
    """Log a line for each language that a test model serves; for processes that recognize."""
    for one in chosen:
        if one.is_test_model:
            log.warning("test_model_in_use", language=one.language, model=one.folder.name)


def missing(language: str) -> ModelMissing:
    """The error where a language has no model at all."""
    if published().of(language):
        says = marked(
            "There is no speech model for the language %(language)s; run "
            "`hotline models install %(language)s`."
        )
    else:
        says = marked(
            "There is no speech model for the language %(language)s, and none is published for "
            "Vosk; if you have one, run `hotline models install %(language)s --from-zip FILE`."
        )
    return ModelMissing(says, language=language)


def is_test_name(name: str) -> bool:
    """Whether it is one of the models that come along."""
    return is_folder_name(name) and is_model(BUNDLED / name)


def is_folder_name(name: str) -> bool:
    """Whether `name` is one path component, so that a look-up stays inside its directory."""
    return name not in {"", ".", ".."} and not set(name) & {"/", "\\", "\0"}


def is_model(folder: Path) -> bool:
    """Whether the folder has the acoustic model that Vosk looks for in either of its layouts."""
    try:
        return (folder / "am" / "final.mdl").is_file() or (folder / "final.mdl").is_file()
    except OSError:
        return False  # not for us to read

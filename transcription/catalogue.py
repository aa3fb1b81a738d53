"""Where a Vosk model lies: the deployment's own folder first, then the ones that come along."""

from pathlib import Path

BUNDLED = Path(__file__).resolve().parent / "models"


class ModelMissing(Exception):
    """No folder of that name holds a Vosk model; the message says what to do about it."""


def find(name: str, models_dir: Path | None = None) -> Path:
    """The folder of the model `name`, in `models_dir` (HOTLINE_MODELS_DIR) or else bundled.

    Raises ModelMissing, with one sentence that says where to put the model.
    """
    if not is_folder_name(name):
        raise ModelMissing(
            f"{name!r} is not the name of a model folder; give a plain folder name as `model` in "
            "the [transcription] table of the language file."
        )
    for directory in (models_dir, BUNDLED):
        if directory is not None and is_model(directory / name):
            return directory / name
    raise ModelMissing(
        f"There is no speech model {name}; unpack a Vosk model into a folder of that name and set "
        "HOTLINE_MODELS_DIR to the folder that holds it, or name another model in the language "
        "file."
    )


def is_folder_name(name: str) -> bool:
    """Whether `name` is one path component, so that a look-up stays inside its directory."""
    return name not in {"", ".", ".."} and not set(name) & {"/", "\\", "\0"}


def is_model(folder: Path) -> bool:
    """Whether the folder has the acoustic model that Vosk looks for in either of its layouts."""
    return (folder / "am" / "final.mdl").is_file() or (folder / "final.mdl").is_file()

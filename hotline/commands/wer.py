"""`hotline wer`: measure a speech model on recordings of which it is known what they say."""

import sys
from pathlib import Path

import click

from hotline.commands.plain import plain, refuse


@click.command()
@click.argument("manifest", type=click.Path(path_type=Path))
@click.option("--language", required=True, help="Language code of the recordings, en for example.")
@click.option("--json", "as_json", is_flag=True, help="All figures, and every recording's text.")
@click.option(
    "--models-dir",
    type=click.Path(path_type=Path),
    help="Folder of the speech models; default: HOTLINE_MODELS_DIR.",
)
@click.option("--max-wer", type=click.FloatRange(min=0.0), help="Exit with 1 when it is higher.")
@plain
def wer(
    manifest: Path, language: str, as_json: bool, models_dir: Path | None, max_wer: float | None
) -> None:
    """Print the word error rate over the recordings of MANIFEST.

    MANIFEST has one line for each recording: its path (from the manifest's folder), a tab, what is
    said in it, and if you like another tab and whose voice it is. Lines that cannot be used are
    named on stderr, and the exit code is 2.
    """
    from hotline.settings import load_settings
    from transcription import measuring
    from transcription.command import TranscribeError, model_folder
    from transcription.engine import ModelBroken
    from transcription.manifest import ManifestError

    try:
        model = model_folder(language, models_dir or load_settings().models_folder)
        found = measuring.measure(manifest, language, model)
    except (TranscribeError, ManifestError, ModelBroken) as error:
        refuse(str(error))
    click.echo(measuring.as_json(found) if as_json else measuring.as_table(found))
    for problem in found.problems:
        click.echo(str(problem), err=True)
    if not found.files:
        refuse(f"{manifest} names no recording that could be measured.")
    sys.exit(exit_code(found.total.wer, max_wer, problems=bool(found.problems)))


def exit_code(found: float | None, most: float | None, *, problems: bool) -> int:
    """0, 1 when the rate is over the most that is accepted, 2 when lines were left out."""
    if problems:
        return 2
    return int(most is not None and found is not None and found > most)

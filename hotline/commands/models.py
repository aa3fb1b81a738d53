"""`hotline models`: which speech model each language uses; install, verify and remove models."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from hotline.commands.plain import plain, refuse

if TYPE_CHECKING:
    from transcription.models_fetch import Progress
    from transcription.models_install import Done
    from transcription.models_published import Published

RESTART = "Restart the workers and the media process (or `hotline up`) to use it."
PAGE = "https://alphacephei.com/vosk/models"
POOR = 0.5
"""A word error rate above this is worth a remark: more was mistaken than understood."""


@click.group()
def models() -> None:
    """Speech models: which one each language uses; install, verify, remove."""


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="Everything that is known, as JSON.")
@plain
def list_models(as_json: bool) -> None:
    """Show for each language what is used, what is installed and what could be."""
    from hotline.commands import models_list
    from hotline.settings import load_settings

    settings = load_settings()
    found = models_list.rows(settings.languages, settings.models_folder)
    if as_json:
        click.echo(json.dumps([row.to_dict() for row in found], ensure_ascii=False, indent=2))
        return
    click.echo("\n".join(models_list.as_text(found, settings.models_folder)))


@models.command()
@click.argument("languages", nargs=-1, required=True, metavar="LANGUAGE…")
@click.option("--size", type=click.Choice(["small", "medium", "large"]), help="Default: smallest.")
@click.option("--from-zip", type=click.Path(path_type=Path), help="A zip on this machine.")
@click.option("--url-base", help="Folder to fetch from; default: HOTLINE_MODELS_URL.")
@plain
def install(
    languages: tuple[str, ...], size: str | None, from_zip: Path | None, url_base: str | None
) -> None:
    """Install the speech model of one or more languages, en for example.

    What an interrupted download has brought is used by the next one. A model is put in its place
    only when it is whole, has the published checksum, and loads.
    """
    if from_zip is not None and (len(languages) > 1 or size or url_base):
        refuse("With --from-zip give one language, and neither --size nor --url-base.")
    with mistakes():
        for language in languages:
            if from_zip is not None:
                _install_zip(from_zip, language)
            else:
                _install_published(language, size, url_base)


@models.command()
@click.argument("languages", nargs=-1, metavar="[LANGUAGE…]")
@plain
def verify(languages: tuple[str, ...]) -> None:
    """Load the model of each language and let it hear a sentence that we know.

    Without LANGUAGE: all that callers can choose. Exit code 2 when a model cannot be used.
    """
    from hotline.commands.models_list import wanted
    from hotline.settings import load_settings
    from transcription.catalogue import choose

    settings = load_settings()
    with mistakes():
        for language in languages or settings.languages:
            chosen = choose(language, wanted(language), settings.models_folder)
            mark = " (a test model: not for real callers)" if chosen.is_test_model else ""
            click.echo(f"{language}: {chosen.folder.name}{mark}")
            _let_hear(chosen.folder, language)


@models.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@plain
def remove(name: str, yes: bool) -> None:
    """Remove the installed model NAME (see `hotline models list`)."""
    from hotline.settings import load_settings
    from transcription import models_install

    models_dir = load_settings().models_folder
    if not yes:
        click.confirm(
            f"Remove {name} from {models_dir}? Processes that have it loaded go on with it until "
            "they are started again",
            abort=True,
        )
    with mistakes():
        click.echo(f"Removed {models_install.remove(name, models_dir)}.")


@contextmanager
def mistakes() -> Iterator[None]:
    """Turn what can be wrong with models into one sentence and exit code 2."""
    from transcription.catalogue import ModelMissing
    from transcription.models_errors import ModelsError

    try:
        yield
    except (ModelsError, ModelMissing) as error:
        refuse(str(error))


def _install_published(language: str, size: str | None, url_base: str | None) -> None:
    from hotline.settings import load_settings
    from transcription import models_install, models_verify
    from transcription.models_published import Size, published

    settings, catalogue = load_settings(), published()
    source = url_base or settings.models_url or catalogue.source
    if urlsplit(source).scheme not in ("http", "https"):
        refuse("--url-base must begin with https:// (or http://).")
    model = models_install.pick(catalogue, language, Size(size) if size else None)
    _announce(model, source)
    if models_install.is_unsafe(source, model):
        click.echo("Without https and SHA-256 somebody on the way could change it.", err=True)
    with progress_bar(model.name) as progress:
        done = models_install.install(
            model, settings.models_folder, source, progress, models_verify.check
        )
    _tell(done, language)


def _install_zip(zip_path: Path, language: str) -> None:
    from hotline.settings import load_settings
    from transcription import models_install, models_verify

    click.echo(f"Unpacking {zip_path} for {language}; its checksum is not compared with any.")
    done = models_install.install_zip(
        zip_path, language, load_settings().models_folder, models_verify.check
    )
    _tell(done, language)


def _announce(model: "Published", source: str) -> None:
    host = urlsplit(source).hostname
    click.echo(f"{model.name}: {model.size}, {model.megabytes:,} MB, from {host}")
    click.echo(f"License: {model.license or f'not noted here, see {PAGE}'}")
    if model.memory_mb is not None:
        click.echo(f"Memory while it works: up to {model.memory_mb:,} MB, says its publisher")


def _tell(done: "Done", language: str) -> None:
    if done.already:
        click.echo(f"{done.folder.name} is installed already.")
        return
    checked = f"{done.digest[0].upper()} as published" if done.digest else "no checksum to compare"
    click.echo(f"Installed {done.folder} ({checked}).")
    _let_hear(done.folder, language)
    click.echo(RESTART)


def _let_hear(folder: Path, language: str) -> None:
    from transcription import models_verify

    found = models_verify.verify(folder, language, _speak)
    if found.wer is None:
        click.echo("  It loads. There is no known sentence for it, so it was given silence.")
        return
    told = "a recorded sentence" if found.source == "recording" else "a synthesized sentence"
    click.echo(f"  It loads, and heard {told}.")
    click.echo(f"    said:  {found.said}")
    click.echo(f"    heard: {found.heard or '(nothing)'}")
    click.echo(f"    word error rate {found.wer:.2f}")
    if found.wer > POOR:
        click.echo("  It mistook most of it. Try it on a person's voice: `hotline transcribe`.")


def _speak(text: str, voice: str) -> bytes | None:
    from ivr.voice import SpeechError, Voice, speak

    try:
        return speak(text, Voice(voice))
    except SpeechError:
        return None


@contextmanager
def progress_bar(name: str) -> Iterator["Progress"]:
    """A bar on stderr while the block runs."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Bar(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(name, total=None)
        yield lambda here, total: bar.update(task, completed=here, total=total)

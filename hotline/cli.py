"""The command `hotline`. Every mistake a person can make ends in one sentence and exit code 2.

Imports that cost time stay inside the commands that need them: `hotline --help` answers at once.
"""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import click
import structlog

from hotline import __version__
from hotline.commands.account import account
from hotline.commands.alarm import alarm
from hotline.commands.audit import audit
from hotline.commands.backup import backup, restore
from hotline.commands.doctor import doctor
from hotline.commands.keys import keys
from hotline.commands.lines import lines
from hotline.commands.models import models
from hotline.commands.oncall import oncall
from hotline.commands.plain import plain, refuse
from hotline.commands.policy import policy
from hotline.commands.purge import purge
from hotline.commands.roster import roster
from hotline.commands.search import search
from hotline.commands.setup import setup
from hotline.commands.trial import trial
from hotline.commands.wer import wer
from hotline.demo.command import demo
from hotline.simulate.command import simulate


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """A self-hosted telephone hotline: from a caller's mouth to a human who has taken it."""
    # What a command prints may go into a file. The processes among them log by `hotline.observe`.
    structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))


@main.command()
@plain
def web() -> None:
    """Serve webhooks and the console with gunicorn, at HOTLINE_BIND."""
    from hotline.settings import load_settings
    from hotline.supervise.parts import ROOT, gunicorn

    command = gunicorn(load_settings().listen, "--chdir", str(ROOT))
    os.execv(command[0], command)


@main.command()
@plain
def door() -> None:
    """Serve the web door, where reports are written, with gunicorn, at HOTLINE_DOOR_BIND."""
    from hotline.settings import load_settings
    from hotline.supervise.parts import ROOT, gunicorn_door

    command = gunicorn_door(load_settings().door_bind, "--chdir", str(ROOT))
    os.execv(command[0], command)


@main.command()
@click.option(
    "--set", "number", type=click.IntRange(1), help="Which of HOTLINE_WORKER_SETS, from 1."
)
@plain
def worker(number: int | None) -> None:
    """Transcribe: load the models and serve the queue in Redis."""
    from hotline.observe import configure_logging
    from hotline.runtime import open_runtime
    from hotline.settings import load_settings
    from transcription.catalogue import ModelMissing
    from transcription.engine import ModelBroken

    configure_logging("worker")
    settings = load_settings()
    if settings.redis_url is None:
        refuse("The worker needs HOTLINE_REDIS_URL; without Redis the dispatcher does its work.")
    count = len(settings.language_sets)
    if (number or count) > count or (number is None and count > 1):
        refuse(f"Say which of the {count} sets of HOTLINE_WORKER_SETS, `--set 1` for example.")
    import worker as transcription_worker

    try:
        transcription_worker.work(open_runtime(settings), number or 1)
    except (ModelMissing, ModelBroken) as error:
        refuse(str(error))


@main.command()
@plain
def media() -> None:
    """Take callers' sound in while they speak, at HOTLINE_MEDIA_BIND."""
    from hotline.carrier.choice import stream_url
    from hotline.observe import configure_logging
    from hotline.runtime import open_runtime
    from hotline.settings import load_settings
    from transcription.catalogue import ModelMissing
    from transcription.live import CannotRecognize
    from transcription.media import process

    configure_logging("media")
    settings = load_settings()
    if stream_url(settings) is None:
        refuse(
            "Callers are recorded by the carrier, and there is nothing for a media process to do: "
            "it needs a carrier that streams (docs/carriers.md), a HOTLINE_RECORD other than verb, "
            "and HOTLINE_MEDIA_URL or HOTLINE_PUBLIC_URL with TLS."
        )
    runtime = open_runtime(settings)
    try:
        process.run(runtime)
    except (ModelMissing, CannotRecognize) as error:
        refuse(str(error))
    except OSError as error:
        refuse(f"HOTLINE_MEDIA_BIND={settings.media_bind} cannot be used: {error.strerror}.")


@main.command()
@plain
def dispatcher() -> None:
    """Dispatch: ring in order until somebody has taken it."""
    from hotline.dispatch import sealing
    from hotline.dispatch.watch import AuditorWatch
    from hotline.observe import configure_logging
    from hotline.runtime import dispatcher_engine, open_runtime
    from hotline.settings import load_settings

    configure_logging("dispatcher")
    runtime = open_runtime(load_settings())
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=AuditorWatch(runtime).run, args=(stop,), daemon=True).start()
    if runtime.settings.sealed:
        threading.Thread(target=sealing.run, args=(runtime, stop), daemon=True).start()
    dispatcher_engine(runtime, _run_task_apart).run(stop)


@main.command()
@plain
def auditor() -> None:
    """Look for reports that nobody has, and raise the alarm for them."""
    from hotline.dispatch.auditor import Auditor
    from hotline.observe import configure_logging
    from hotline.runtime import open_runtime
    from hotline.settings import load_settings

    configure_logging("auditor")
    runtime = open_runtime(load_settings())
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    Auditor(runtime).run(stop)


def _run_task_apart(task_id: str) -> None:
    """Do a worker's task in a process of its own, so that a crash of Vosk is only its own."""
    subprocess.run([sys.executable, "-m", "hotline.cli", "task", task_id], check=False)


@main.command(hidden=True)
@click.argument("task_id")
@plain
def task(task_id: str) -> None:
    """Do one task of the worker here (used by the dispatcher's sweeper when Redis is gone)."""
    from hotline.observe import configure_logging
    from hotline.runtime import open_runtime
    from hotline.settings import load_settings
    from transcription import jobs

    configure_logging("worker")
    jobs.prepare(open_runtime(load_settings()))
    jobs.run(task_id)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def switch(arguments: tuple[str, ...]) -> None:
    """Run the telephone switch (see `hotline switch --help`)."""
    os.execv(sys.executable, [sys.executable, "-m", "switch", *arguments])


@main.command()
@click.option(
    "--example-people",
    is_flag=True,
    help="Where nobody is on the roster and no carrier is set: put made-up people on call.",
)
@plain
def up(example_people: bool) -> None:
    """Start everything on this machine and print the URL; Ctrl-C stops it."""
    from hotline import up as everything
    from hotline.settings import load_settings

    sys.exit(everything.run(load_settings(), example_people=example_people))


@main.command()
@plain
def migrate() -> None:
    """Bring the database's tables up to date."""
    from hotline.database.migrations import upgrade
    from hotline.settings import load_settings

    settings = load_settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    upgrade(settings.database)
    click.echo("The database is up to date.")


@main.command("setup-code")
@plain
def setup_code() -> None:
    """Print the one-time code with which the first administrator signs up at /setup."""
    from hotline.people import accounts
    from hotline.runtime import open_runtime
    from hotline.settings import load_settings

    runtime = open_runtime(load_settings())
    with runtime.database.transaction() as session:
        code = accounts.issue_setup_code(session, runtime.clock())
    click.echo(code)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--language", required=True, help="Language code of the recording, en for example.")
@click.option("--json", "as_json", is_flag=True, help="Words with times and confidences.")
@plain
def transcribe(file: Path, language: str, as_json: bool) -> None:
    """Print what is said in a recording."""
    from hotline.settings import load_settings
    from transcription.command import TranscribeError, transcribe_file

    try:
        printed = transcribe_file(file, language, load_settings().models_folder, as_json)
    except TranscribeError as error:
        refuse(str(error))
    for note in printed.notes:
        click.echo(note, err=True)
    click.echo(printed.text)


@main.command("settings")
def show_settings() -> None:
    """Print every setting, its default and what it means."""
    from hotline.settings import Settings

    for name, field in Settings.model_fields.items():
        click.echo(f"HOTLINE_{name.upper()} (default: {field.default})\n    {field.description}")


main.add_command(account)
main.add_command(alarm)
main.add_command(audit)
main.add_command(backup)
main.add_command(demo)
main.add_command(doctor)
main.add_command(keys)
main.add_command(lines)
main.add_command(models)
main.add_command(oncall)
main.add_command(policy)
main.add_command(purge)
main.add_command(restore)
main.add_command(roster)
main.add_command(search)
main.add_command(setup)
main.add_command(simulate)
main.add_command(trial)
main.add_command(wer)

if __name__ == "__main__":
    main()

"""`hotline up`: everything on this machine, one URL, Ctrl-C stops it."""

import ipaddress
import os
import signal
import sys
import threading
from urllib.parse import urlsplit

import click
from sqlalchemy import select

from hotline.dispatch.model import EscalationPolicy
from hotline.observe import configure_logging
from hotline.people import accounts
from hotline.phones import Phones, put_example_people
from hotline.settings import Settings
from hotline.supervise.errors import StartError
from hotline.supervise.lines import readable, worth_showing
from hotline.supervise.stack import Stack
from transcription.catalogue import notice

BEHIND_PROXY_PORT = 8080
ROSTER_EVERY_S = 10.0
"""Seconds between two looks at who is on the roster, for the phones in browsers."""
EXAMPLE_PEOPLE = (
    "Nobody was on the roster, so made-up people with fictitious numbers are on call. Apply a "
    "roster of your own (docs/roster.md) before real callers come."
)
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(settings: Settings, *, example_people: bool = False) -> int:
    """Run until SIGINT or SIGTERM. Gives the exit code: 0, or 2 when it could not start.

    example_people: where nobody is on the roster and no carrier is set, put made-up people there.
    """
    configure_logging("up")
    stop = threading.Event()
    for number in STOP_SIGNALS:
        signal.signal(number, lambda *_: stop.set())
    if _on_this_machine(settings):  # browsers send Secure cookies over https only
        settings = settings.model_copy(update={"console_secure_cookies": False})
    click.echo("Starting …")
    try:
        with Stack(settings, _print_line, port=web_port(settings)) as stack:
            phones = _phones(stack, example_people=example_people)
            click.echo(welcome(stack, phones.url if phones else ""))
            while not stop.wait(ROSTER_EVERY_S):
                if phones is not None:
                    phones.renew()
            click.echo("Stopping …")
    except StartError as error:
        click.echo(str(error), err=True)
        return 2
    click.echo("Stopped.")
    return 0


def web_port(settings: Settings) -> int:
    """The port of the web process: the public URL's, or 8080 behind a proxy with a name."""
    url = urlsplit(settings.public_url)
    if url.port is not None:
        return url.port
    return 80 if _on_this_machine(settings) else BEHIND_PROXY_PORT


def _phones(stack: Stack, *, example_people: bool) -> Phones | None:
    """The phones in browsers, where our own switch is the line and the people have no others."""
    if stack.switch is None or stack.settings.own_lines:
        return None
    if example_people and put_example_people(stack.runtime):
        stack.notes.append(EXAMPLE_PEOPLE)
    phones = Phones(stack.runtime, stack.switch, stack.settings.data_dir)
    phones.renew()
    return phones


def welcome(stack: Stack, phones: str = "") -> str:
    """What to read after the start: the URL and what to do next. `phones`: their page."""
    lines = ["", f"The hotline is running: {stack.settings.public_url}", ""]
    if stack.settings.door_url is not None:
        lines += [f"Reports are written at {stack.settings.door_url}", ""]
    lines += stack.notes
    if said := notice(stack.runtime.languages, stack.settings.models_folder):
        lines += [said, ""]
    with stack.runtime.database.transaction() as session:
        if not accounts.any_account(session):
            code = accounts.issue_setup_code(session, stack.runtime.clock())
            lines += [f"First administrator: open {stack.settings.public_url}/setup and enter"]
            lines += [f"    {code}", "  (works once, within 24 hours)", ""]
        if session.scalar(select(EscalationPolicy.id)) is None:
            lines += ["Nobody is rung yet. Write a roster (see docs/operations.md), and then:"]
            lines += [f"    {_command()} roster apply FILE", ""]
    if stack.switch is not None and stack.settings.sip_listen is not None:
        host = stack.settings.sip_listen.rpartition(":")[0]
        lines += [f"Calls come and go over SIP at {host}:{stack.switch.sip_port()}"]
    elif stack.switch is not None and stack.settings.asterisk_url is not None:
        lines += [f"Calls come and go through the Asterisk at {stack.settings.asterisk_url}"]
    elif stack.switch is not None:
        lines += [f"No carrier is set, so our own switch runs at {stack.switch.url}."]
        if phones:
            lines += ["Be the caller and the people who are rung, in a browser of this machine:"]
            lines += [f"    {phones}"]
        lines += [f"Let somebody call it, in another terminal: {_command()} trial"]
    else:
        lines += [f"The carrier posts calls to {stack.settings.public_url}/voice"]
    pids = "  ".join(f"{name} {pid}" for name, pid in stack.pids().items())
    return "\n".join([*lines, "", f"Processes: {pids}", "Ctrl-C stops everything.", ""])


def _command() -> str:
    """How to call `hotline` from where we were started."""
    path = os.path.relpath(sys.argv[0])
    return path if os.access(path, os.X_OK) and not path.startswith("..") else "hotline"


def _on_this_machine(settings: Settings) -> bool:
    url = urlsplit(settings.public_url)
    try:
        local = ipaddress.ip_address(url.hostname or "").is_loopback
    except ValueError:
        local = url.hostname == "localhost"
    return local and url.scheme == "http"


def _print_line(name: str, line: str) -> None:
    if worth_showing(name, line):
        click.echo(readable(name, line), err=True)

"""`hotline lines`: telephone lines of our own, as a process of its own."""

import signal
import sys
import threading

import click

from hotline.commands.plain import plain, refuse


@click.command()
@plain
def lines() -> None:
    """Take calls over lines of our own: the switch alone, told whom it may ring.

    Its REST interface is at HOTLINE_LINES_BIND; the other processes reach it by
    HOTLINE_TWILIO_API_URL.
    """
    from hotline.observe import configure_logging
    from hotline.settings import load_settings
    from hotline.supervise.errors import StartError
    from hotline.supervise.own_lines import run

    configure_logging("lines")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        run(load_settings(), lambda _, line: click.echo(line), stop)
    except StartError as error:
        refuse(str(error))
    sys.exit(0)

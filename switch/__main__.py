"""``python -m switch``: one switch in one process."""

import argparse
import asyncio
import contextlib
import json
import logging
import os
import re
import secrets
import signal
import sys
import threading
from pathlib import Path

from switch.asterisk import options as asterisk_options
from switch.asterisk.lines import AsteriskError, AsteriskLines
from switch.config import Config, Keep, NumberHooks
from switch.exchange import Exchange
from switch.phones.script import Script, parse
from switch.server import listen
from switch.sip import options as sip_options
from switch.sip.trunk import SipError, SipTrunk

WRONG_USE = 2
"""Exit code for a wrong setting."""


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line; exits with code 2 and one sentence when it is wrong."""
    parser = argparse.ArgumentParser(prog="switch", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 asks the kernel for a free port")
    parser.add_argument("--account-sid", type=_account, default="AC" + secrets.token_hex(16))
    parser.add_argument("--hotline-number", default="+15550100911")
    parser.add_argument("--voice-url", "--app", default="", help="what answers the number's calls")
    parser.add_argument("--phones", type=_phones, default={}, help="JSON: number -> script")
    parser.add_argument("--voice-fallback-url", default="")
    parser.add_argument("--status-callback", default="")
    parser.add_argument("--message-url", default="", help="what answers the number's texts")
    parser.add_argument("--speed", type=_speed, default=1.0, help="telephone time / wall time")
    parser.add_argument("--ring-slack", type=float, default=0.0, help="added to ring timeouts")
    parser.add_argument(
        "--calls-per-second", type=_pace, default=0.0, help="of the REST API; 0 is without limit"
    )
    parser.add_argument("--keep-calls", type=_count, default=5000, help="that are over, in memory")
    parser.add_argument("--keep-hours", type=_hours, default=24.0, help="calls that are over")
    parser.add_argument("--exit-with-parent", action="store_true", help="stop when stdin closes")
    parser.add_argument("--log-level", default="warning", choices=["debug", "info", "warning"])
    sip_options.add(parser)
    asterisk_options.add(parser)
    options = parser.parse_args(arguments)
    options.sip = sip_options.read(parser, options)
    options.to_asterisk = asterisk_options.read(parser, options)
    if not os.environ.get("SWITCH_AUTH_TOKEN"):
        parser.error("set SWITCH_AUTH_TOKEN to the account's auth token")
    return options


def _account(text: str) -> str:
    if not re.fullmatch(r"AC[0-9a-f]{32}", text):
        raise argparse.ArgumentTypeError("must be AC and 32 hex digits")
    return text


def _speed(text: str) -> float:
    speed = float(text)
    if not 0 < speed < 10_000:
        raise argparse.ArgumentTypeError("must be above 0")
    return speed


def _pace(text: str) -> float:
    pace = float(text)
    if not 0 <= pace < 10_000:
        raise argparse.ArgumentTypeError("must not be below 0")
    return pace


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError("must be between 1 and 1000000")
    return int(text)


def _hours(text: str) -> float:
    hours = float(text)
    if not 0 < hours <= 8760:
        raise argparse.ArgumentTypeError("must be above 0 and at most 8760")
    return hours


def _phones(name: str) -> dict[str, Script]:
    try:
        data = json.loads(Path(name).read_text(encoding="utf-8"))
        return {str(number): parse(script) for number, script in data.items()}
    except (OSError, ValueError, AttributeError) as error:
        raise argparse.ArgumentTypeError(f"is no file of phones: {error}") from error


def make_exchange(options: argparse.Namespace) -> Exchange:
    """An exchange with the settings of the command line."""
    config = Config(
        options.account_sid,
        os.environ["SWITCH_AUTH_TOKEN"],
        options.hotline_number,
        options.ring_slack,
        options.calls_per_second,
        Keep(calls=options.keep_calls, hours=options.keep_hours),
    )
    hooks = NumberHooks(
        options.voice_url,
        options.voice_fallback_url,
        options.status_callback,
        options.message_url,
    )
    exchange = Exchange(config, hooks, options.speed)
    for number, script in options.phones.items():
        exchange.phones.register(number, script)
    return exchange


def make_lines(exchange: Exchange, options: argparse.Namespace) -> SipTrunk | AsteriskLines | None:
    """The lines to telephones outside, where the command line names some."""
    if options.sip is not None:
        return SipTrunk(exchange, options.sip, options.sip_allowed)
    if options.to_asterisk is not None:
        return AsteriskLines(exchange, options.to_asterisk, options.asterisk_allowed)
    return None


async def serve(options: argparse.Namespace) -> int:
    """Run a switch until it is told to stop; returns the exit code."""
    exchange = make_exchange(options)
    try:
        runner = await listen(exchange, options.host, options.port)
    except OSError as error:
        print(
            f"switch: cannot listen there: {error.strerror}; choose another --port or --host",
            file=sys.stderr,
        )
        return WRONG_USE
    exchange.start()
    lines = make_lines(exchange, options)
    ports = {}
    try:
        if isinstance(lines, SipTrunk):
            ports = {"sip_port": await lines.start()}
        elif lines is not None:
            await lines.start()
    except (SipError, AsteriskError) as error:
        print(f"switch: {error}", file=sys.stderr)
        await exchange.stop()
        await runner.cleanup()
        return WRONG_USE
    print(json.dumps({"url": exchange.public_url} | ports), flush=True)
    await _until_stopped(watch_parent=options.exit_with_parent)
    await exchange.stop()
    if lines is not None:
        await lines.stop()
    await runner.cleanup()
    return 0


async def _until_stopped(*, watch_parent: bool) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if watch_parent:
        threading.Thread(target=_watch_stdin, args=(loop, stop), daemon=True).start()
    await stop.wait()


def _watch_stdin(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Wait in a thread of its own: stdin may be a pipe, a terminal or a file."""
    with contextlib.suppress(OSError):
        while os.read(sys.stdin.fileno(), 4096):
            pass
    with contextlib.suppress(RuntimeError):  # the loop is closed: stopped by a signal meanwhile
        loop.call_soon_threadsafe(stop.set)


def main() -> int:
    """Entry point; returns the exit code."""
    options = parse_arguments()
    logging.basicConfig(
        level=options.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    with contextlib.suppress(KeyboardInterrupt):
        return asyncio.run(serve(options))
    return 0


if __name__ == "__main__":
    sys.exit(main())

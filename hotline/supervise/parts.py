"""The parts of the hotline as commands: redis, switch, web, door, media, …"""

import os
import socket
import sys
from dataclasses import replace
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import make_url

from hotline.carrier.own_switch import TOKEN_FILE
from hotline.memory import LARGE_PAGES
from hotline.settings import Settings, new_secret
from hotline.supervise.child import Part

ROOT = Path(__file__).resolve().parent.parent.parent
WEB_THREADS = 64
"""Of one web process. Every open console holds one for its hints (`console.live.hub.MOST` of them
at most); the rest are for webhooks, which must never wait, for sound and for pages."""
DOOR_THREADS = 16
"""Of the web door. Each request is short, and what is written is written one after the other."""
WORKER = "hotline.supervise.patience.Worker"
WEB_STOP_S = 5
"""A web process that is told to stop finishes within so many seconds what it has begun."""
SWITCH_ONLY = ("sip_password", "asterisk_password")
"""Settings that no other part is given: the secrets of lines of our own."""
# A worker in the middle of a transcription is given this long to finish it.
WORKER_STOP_S = 20.0
# Recordings under way may end by themselves or are handed back to the carrier.
MEDIA_STOP_S = 15.0


def settled(settings: Settings) -> Settings:
    """The same settings with absolute paths and a carrier token (made once per data directory)."""
    changes: dict[str, object] = {"data_dir": settings.data_dir.resolve()}
    for name in ("models_dir", "recordings_dir"):
        path = getattr(settings, name)
        changes[name] = path.resolve() if path is not None else None
    changes["database_url"] = _absolute_database(settings.database)
    if not settings.auth_tokens and settings.needs_own_switch:
        changes["twilio_auth_token"] = SecretStr(_token(settings.data_dir.resolve()))
    return settings.model_copy(update=changes)


def environment(settings: Settings) -> dict[str, str]:
    """Every setting as the environment of a child, but what the switch alone needs; the import path
    finds the whole project."""
    values = {
        f"HOTLINE_{name.upper()}": _text(getattr(settings, name))
        for name in Settings.model_fields
        if getattr(settings, name) is not None and name not in SWITCH_ONLY
    }
    return {**values, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


def web(settings: Settings, listener: socket.socket) -> Part:
    """gunicorn on a socket that is open already."""
    command = gunicorn(f"fd://{listener.fileno()}")
    return Part("web", command, environment(settings), (listener.fileno(),))


def door(settings: Settings, listener: socket.socket) -> Part:
    """gunicorn with the web door on a socket that is open already."""
    command = gunicorn_door(f"fd://{listener.fileno()}")
    return Part("door", command, environment(settings), (listener.fileno(),))


def gunicorn(bind: str, *more: str) -> tuple[str, ...]:
    """The command that serves webhooks and console; `bind`, `more`: as gunicorn takes them."""
    return _gunicorn(bind, "wsgi:app", WEB_THREADS, more)


def gunicorn_door(bind: str, *more: str) -> tuple[str, ...]:
    """The command that serves the web door: one process, which remembers what it has to in its own
    memory, and keeps no log of requests."""
    return _gunicorn(bind, "wsgi_door:app", DOOR_THREADS, ("--workers", "1", *more))


def _gunicorn(bind: str, app: str, threads: int, more: tuple[str, ...]) -> tuple[str, ...]:
    return (
        *(sys.executable, "-m", "gunicorn", "--bind", bind, *more),
        *("--worker-class", WORKER, "--threads", str(threads), "--no-control-socket"),
        *("--log-level", "warning", "--graceful-timeout", str(WEB_STOP_S), app),
    )


def workers(settings: Settings) -> list[Part]:
    """The transcription workers, one for each set of languages."""
    count = len(settings.language_sets)
    if count == 1:
        return [_worker(settings)]
    return [_worker(settings, f"worker-{n}", ("--set", str(n))) for n in range(1, count + 1)]


def _worker(settings: Settings, name: str = "", more: tuple[str, ...] = ()) -> Part:
    return _with_models(_command("worker", settings, WORKER_STOP_S, name, more))


def _with_models(part: Part) -> Part:
    """The part, which has speech models; whoever has set glibc's tunables has their way."""
    ours = {name: os.environ.get(name, value) for name, value in LARGE_PAGES.items()}
    return replace(part, environment={**part.environment, **ours})


def dispatcher(settings: Settings) -> Part:
    """The dispatcher."""
    return _command("dispatcher", settings, 10.0)


def auditor(settings: Settings) -> Part:
    """The auditor."""
    return _command("auditor", settings, 10.0)


def media(settings: Settings) -> Part:
    """The process that takes callers' sound in."""
    return _with_models(_command("media", settings, MEDIA_STOP_S))


def switch(settings: Settings, port: int, speed: float, host: str = "127.0.0.1") -> Part:
    """The telephone switch, at `host`; `speed`: telephone seconds per second."""
    environment = {"SWITCH_AUTH_TOKEN": settings.auth_tokens[0], "PYTHONPATH": str(ROOT)}
    if settings.sip_password is not None:
        environment["SWITCH_SIP_PASSWORD"] = settings.sip_password.get_secret_value()
    if settings.asterisk_password is not None:
        environment["SWITCH_ASTERISK_PASSWORD"] = settings.asterisk_password.get_secret_value()
    command = (
        *(sys.executable, "-m", "switch", "--port", str(port), "--speed", str(speed)),
        *("--host", host),
        *("--account-sid", settings.twilio_account_sid),
        *("--hotline-number", settings.phone_number),
        *("--voice-url", settings.public_url + "/voice"),
        *("--status-callback", settings.public_url + "/voice/status"),
        *(("--message-url", settings.public_url + "/voice/text") if settings.text_door else ()),
        *_lines(settings),
    )
    return Part("switch", command, environment)


def _lines(settings: Settings) -> tuple[str, ...]:
    """The switch's options for its lines; the numbers it may ring are told it later."""
    if settings.asterisk_url is not None:
        return _through_asterisk(settings, settings.asterisk_url)
    if settings.sip_listen is None:
        return ()
    return (
        *("--sip-listen", settings.sip_listen, "--sip-rtp-ports", settings.sip_rtp_ports),
        *("--sip-allowed", "-", "--sip-srtp", settings.sip_srtp),
        *(("--sip-trunk", settings.sip_trunk) if settings.sip_trunk else ()),
        *(("--sip-proxy", settings.sip_proxy) if settings.sip_proxy else ()),
        *(("--sip-public", settings.sip_public) if settings.sip_public else ()),
        *(("--sip-register",) if settings.sip_register else ()),
        *(word for each in settings.sip_allow for word in ("--sip-allow", each)),
    )


def _through_asterisk(settings: Settings, url: str) -> tuple[str, ...]:
    return (
        *("--asterisk", url, "--asterisk-user", settings.asterisk_user),
        *("--asterisk-app", settings.asterisk_app, "--asterisk-allowed", "-"),
        *(
            ("--asterisk-endpoint", settings.asterisk_endpoint)
            if settings.asterisk_endpoint
            else ()
        ),
        *(("--asterisk-ca", str(settings.asterisk_ca.resolve())) if settings.asterisk_ca else ()),
    )


def _command(
    verb: str, settings: Settings, stop_s: float, name: str = "", more: tuple[str, ...] = ()
) -> Part:
    command = (sys.executable, "-m", "hotline.cli", verb, *more)
    return Part(name or verb, command, environment(settings), stop_s=stop_s)


def _text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _absolute_database(text: str) -> str:
    url = make_url(text)
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return text
    path = str(Path(url.database).resolve())
    return url.set(database=path).render_as_string(hide_password=False)


def _token(data_dir: Path) -> str:
    """The secret between us and our own switch, kept so that a restart keeps it."""
    path = data_dir / TOKEN_FILE
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(0o600)
        path.write_text(new_secret() + "\n")
    return path.read_text().strip()

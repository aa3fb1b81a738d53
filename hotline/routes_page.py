"""Every address told, as the pages docs/reference/webhooks.md and console-routes.md, which are
written by `python -m hotline.routes_page`.

What an address does is the docstring of its view, who may is what guards it. A test compares the
pages with what this module gives, so that they cannot fall behind the code.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import SecretStr

from console.live import events
from hotline.app import MAX_BODY_BYTES, create_app
from hotline.dispatch.pulse import Topic
from hotline.people import sessions
from hotline.people.model import Role
from hotline.people.permissions import Action, may
from hotline.runtime import open_runtime
from hotline.settings import Settings
from transcription.media import server

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"

PARAMETERS = {
    "CallSid": "the carrier's id of the call",
    "From": "of a call: compared with the hotline's own number, to know its own calls; made into "
    "the day's pseudonym of a telephone (`hotline/privacy/pseudonym.py`); never kept. Of a text: "
    "named by a keyed hash, and kept, sealed, only where HOTLINE_TEXT_REPLIES is set",
    "To": "the number that was dialed or written to, by which a district is told",
    "CallStatus": "what the leg does",
    "Digits": "the keys pressed",
    "RecordingSid": "a recording; its address is never used, ours is built from the id",
    "RecordingStatus": "whether there is one",
    "RecordingDuration": "how long it is, in seconds",
    "DialCallStatus": "how a dial ended",
    "DialCallSid": "the leg that a dial has rung",
    "MessageSid": "the carrier's id of a text",
    "Body": "what a text says",
    "NumMedia": "how many pictures came with it; none is fetched",
    "OptOutType": "the carrier has answered STOP, START or HELP itself",
}
"""What the voice menu reads of a carrier's request; a test compares it with the code."""

_WEBHOOKS = f"""\
# Webhooks, streams, health

What a carrier, a proxy and a monitor meet. This page is written by
`python -m hotline.routes_page` from the code itself.

## How the carrier asks

The number's own address is `POST /voice`, and `POST /voice/text` for texts; every other one stands
in our TwiML, absolute, below `HOTLINE_PUBLIC_URL`. Every POST must be signed as
[the carrier](../carriers.md) signs, Twilio by
`X-Twilio-Signature`, made over the address and the parameters with the token of the account;
without a valid signature the answer is 403, and nothing changes. Parameters are form-encoded,
{MAX_BODY_BYTES // 1024} KiB at most. A callback may come twice, late, out of order or never.

The answer is TwiML. Only Play, Gather, Record, Connect with Stream, Pause, Redirect, Hangup, Dial
with Number or Conference, and Reject are used, and Message to answer a text. `<token>` is made at
random for one call.

Read of a request, and nothing else:

| parameter | what it is |
|---|---|
{"".join(f"| `{name}` | {meaning} |{chr(10)}" for name, meaning in PARAMETERS.items())}
What Twilio tells besides, such as where a caller's number is registered, is not read.
"""

_MEDIA = """
## The media process

It listens at `HOTLINE_MEDIA_BIND`, a process of its own. The messages of a stream are those of
Twilio's Media Streams: µ-law, 8000 samples a second, as base64 in JSON. The codes with which it
closes a stream stand in [operations](../operations.md#health-logs-alarms).

"""

_ASKED = """
## What Hotline asks

| setting | what is asked |
|---|---|
| `HOTLINE_ALARM_URL` | POST of JSON while an alarm is open: \
[its fields and reasons](../operations.md#health-logs-alarms) |
| `HOTLINE_AUDITOR_URL` | GET after each sweep of the auditor that found nothing |
| `HOTLINE_TWILIO_API_URL` | the carrier's REST interface: calls are placed, looked up, redirected \
and ended; recordings are fetched and deleted; records of callers' calls are deleted |

None of it carries a caller's number or a word of a caller.
"""

_CONSOLE = f"""\
# The console's addresses

The console is made for people: there are no keys for programs, and addresses may change with a
version. This page is written by `python -m hotline.routes_page` from the code itself.

- **Who** is signed in by a cookie, and may what their role may; "signed in" means every role.
  Without a session a page leads to the sign-in, and what pages ask for by themselves gets 401. What
  a role may not is 403; a report, message or alarm of another district is 404, as if it were not
  there.
- **A POST** is a form, {MAX_BODY_BYTES // 1024} KiB at most but for sound, and must come from a
  page of the console (`Sec-Fetch-Site`, or else `Origin`). It ends with a redirect (303), or with
  the page again: 422 when something of it is wrong, 409 when somebody else has changed the report
  meanwhile.
- **fresh**: asks for a new proof of who it is, if the last one is more than \
{sessions.FRESH.total_seconds() / 60:.0f} minutes ago.
- **by itself**: asked for by the page and not by a person; it keeps no session alive.
- **file**: gives a file to keep.
"""

_EVENTS = f"""
## The stream of hints

`GET /events` is a stream of server-sent events: {", ".join(f"`{topic}`" for topic in Topic)}.
They say that something has changed, and never what; pages then ask for their parts again. A stream
ends after {events.LASTS_S / 60:.0f} minutes and is asked for anew.
"""

_CARRIERS = {
    "The caller": ("/voice", "/voice/step", "/voice/park", "/voice/hold", "/voice/status"),
    "Recordings": ("/voice/recording", "/voice/answer"),
    "Texts": ("/voice/text",),
    "Responders": ("/voice/responder/", "/voice/degraded/"),
    "Alarm phones": ("/voice/alarm/",),
    "Test calls": ("/voice/check/",),
    "Calling back": ("/voice/callback/",),
    "Deliveries to recipients": ("/voice/delivery/",),
    "Calls of its own": ("/voice/synthetic/",),
    "Sounds, without a signature": (
        *("/voice/prompts/", "/voice/said/", "/voice/heard/", "/voice/place/", "/voice/reply/"),
        "/voice/resource/",
        *("/voice/left/", "/voice/notice/", "/voice/delivered/"),
    ),
    "Health and figures": ("/health/", "/metrics"),
}
_AREAS = {
    "The door": ("", "sign-in", "sign-out", "setup", "welcome", "step-up"),
    "What is going on": ("board", "alarms", "events", "still-here"),
    "Reports": ("reports", "incidents", "messages", "corrections"),
    "On call": ("on-call", "my-shift", "policies", "manifest.webmanifest"),
    "Statistics": ("statistics",),
    "Voice menu": ("voice-menu",),
    "One's own account": ("account",),
    "People": ("people",),
    "The system": ("audit", "health", "settings", "first-steps", "static"),
    "Break-glass, where it is turned on": ("break-glass",),
}
_OTHERS = "Others"
_HEAD = "| address | what it does |\n|---|---|\n"
_WHO_HEAD = "| address | who | what it does |\n|---|---|---|\n"


@dataclass(frozen=True)
class Told:
    """One address. `view`: what answers there, with its docstring and its guards."""

    method: str
    rule: str
    view: Callable[..., Any]
    of_console: bool


def told() -> list[Told]:
    """Every address of the web process, with all that a deployment can turn on."""
    with TemporaryDirectory() as folder:
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            data_dir=Path(folder),
            database_url=None,
            redis_url=None,
            break_glass=True,
            promise="confidential",
            metrics_token=SecretStr("for the page alone"),
        )
        runtime = open_runtime(settings)
        app = create_app(runtime)
        runtime.close()
    return [
        Told(method, rule.rule, app.view_functions[rule.endpoint], "console." in rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def webhooks(routes: Iterable[Told]) -> str:
    """The page of what no person asks for, as Markdown."""
    left = [route for route in routes if not route.of_console]
    page = _WEBHOOKS
    for title, begins in {**_CARRIERS, _OTHERS: ("/",)}.items():
        rows = [r for r in left if r.rule in begins or r.rule.startswith(_folders(begins))]
        left = [route for route in left if route not in rows]
        page += _table(title, rows)
    page += _MEDIA + _HEAD
    page += "".join(f"| `GET {path}` | {_does(view)} |\n" for path, view in server.ROUTES)
    return page + _ASKED


def console(routes: Iterable[Told]) -> str:
    """The page of the console's addresses, as Markdown."""
    ours = [route for route in routes if route.of_console]
    known = {segment for segments in _AREAS.values() for segment in segments}
    areas = {**_AREAS, _OTHERS: tuple({_segment(route) for route in ours} - known)}
    page = _CONSOLE
    for title, segments in areas.items():
        page += _table(title, [route for route in ours if _segment(route) in segments])
    return page + _EVENTS


def pages() -> dict[str, str]:
    """Both pages by the names of their files."""
    routes = told()
    return {"webhooks.md": webhooks(routes), "console-routes.md": console(routes)}


def write(folder: Path = FOLDER) -> None:
    """Write both pages."""
    folder.mkdir(exist_ok=True)
    for name, page in pages().items():
        (folder / name).write_text(page, encoding="utf-8")


def _folders(begins: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(begin for begin in begins if begin.endswith("/"))


def _segment(route: Told) -> str:
    return route.rule.split("/")[1]


def _table(title: str, rows: list[Told]) -> str:
    """A heading with its addresses; nothing where there are none."""
    if not rows:
        return ""
    head = _WHO_HEAD if rows[0].of_console else _HEAD
    return f"\n## {title}\n\n{head}" + "".join(map(_row, rows))


def _row(route: Told) -> str:
    address = f"`{route.method} {route.rule}`"
    if not route.of_console:
        return f"| {address} | {_does(route.view)} |\n"
    who = ". ".join((_who(route.view), *_marks(route.view)))
    return f"| {address} | {who} | {_does(route.view)} |\n"


def _who(view: Callable[..., Any]) -> str:
    """Who may, in words."""
    if hasattr(view, "halfway"):
        return "who has given their password"
    if _gives_files(view):
        return "everybody"
    if not hasattr(view, "needs"):
        return "nobody"  # the guard refuses what says nothing
    action: Action | None = view.needs
    if action is None:
        return "everybody"
    roles = [role for role in Role if may(role, action)]
    return "signed in" if len(roles) == len(Role) else ", ".join(roles)


def _marks(view: Callable[..., Any]) -> Iterator[str]:
    words = {"fresh": "fresh", "by_itself": "by itself", "gives_file": "file"}
    return (f"**{word}**" for mark, word in words.items() if hasattr(view, mark))


def _gives_files(view: Callable[..., Any]) -> bool:
    """Flask's own view of static files, whose docstring is for programmers."""
    return view.__module__.startswith("flask.")


def _does(view: Callable[..., Any]) -> str:
    """The docstring in one line."""
    if _gives_files(view):
        return "Styles, scripts and pictures of the pages."
    text = " ".join((view.__doc__ or "").split())
    return text.replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    write()

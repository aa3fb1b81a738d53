"""The health of the hotline: what is wrong, the worst first, each with what mends it."""

from dataclasses import dataclass

from flask import current_app, make_response, render_template
from werkzeug.wrappers import Response

from console import guard, names, times
from console.context import runtime
from console.routes import Route
from console.text import gettext, marked, ngettext, translated
from hotline.doctor.examination import WHILE_RUNNING
from hotline.doctor.finding import Finding, LanguageNames, Lasting, Level
from hotline.doctor.rounds import Rounds, Seen
from hotline.people.permissions import Action
from hotline.texts import Sentence

EXTENSION = "hotline.console.health"
NAMES = {
    "alarm_ways": marked("Alarms"),
    "backups": marked("Backups"),
    "carrier": marked("Carrier"),
    "clock": marked("Clock"),
    "data_directory": marked("Data directory"),
    "database": marked("Database"),
    "disk_space": marked("Disk"),
    "heartbeats": marked("Processes"),
    "key_ring": marked("Key ring"),
    "languages": marked("Languages"),
    "own_calls": marked("Calls to itself"),
    "own_lines": marked("Own telephone lines"),
    "models": marked("Speech models"),
    "public_url": marked("Public address"),
    "queue": marked("Queue"),
    "redis": marked("Redis"),
    "sealed_mode": marked("Sealed mode"),
    "break_glass": marked("Break-glass"),
    "console_doors": marked("Doors of the console"),
    "web_door": marked("Web door"),
    "text_door": marked("Text door"),
    "first_language": marked("First language"),
    "push_devices": marked("Devices of staff"),
    "settings": marked("Settings"),
    "streams": marked("Streams"),
}


@dataclass(frozen=True)
class Part:
    """The findings of one level, under a title."""

    title: str
    findings: tuple[Finding, ...]


@guard.allows(Action.SEE_SYSTEM)
def health() -> Response:
    """The page; it asks for its findings again every 30 s."""
    return _page("system/health.html")


@guard.by_itself
@guard.allows(Action.SEE_SYSTEM)
def health_now() -> Response:
    """The findings alone, as the page asks for them by itself."""
    return _page("system/findings.html")


def rounds() -> Rounds:
    """The checks of this process."""
    made = current_app.extensions.get(EXTENSION)
    if not isinstance(made, Rounds):
        made = current_app.extensions[EXTENSION] = Rounds(runtime().settings, WHILE_RUNNING)
    return made


def headline(seen: Seen) -> str:
    """What is true of the hotline as a whole."""
    bad = sum(finding.level is Level.BAD for finding in seen.findings)
    warn = sum(finding.level is Level.WARN for finding in seen.findings)
    if bad:
        return ngettext("%(num)s thing does not work.", "%(num)s things do not work.", bad)
    if warn:
        return ngettext(
            "It works. %(num)s thing is not as it should be for real callers.",
            "It works. %(num)s things are not as they should be for real callers.",
            warn,
        )
    if not seen.findings:
        return gettext("The checks have not answered yet.")
    return gettext("Everything that was looked at works.")


def parts(seen: Seen) -> list[Part]:
    """The findings by level, the worst first; no part is empty."""
    titles = (
        (Level.BAD, gettext("Does not work")),
        (Level.WARN, gettext("Works, but not as it should for real callers")),
        (Level.OK, gettext("Works")),
    )
    made = [Part(title, tuple(f for f in seen.findings if f.level is lv)) for lv, title in titles]
    return [part for part in made if part.findings]


def name(check: str) -> str:
    """What a check looks at, in a word."""
    return gettext(NAMES.get(check, names.plain(check).capitalize()))


def says(finding: Finding) -> str:
    """What was found, in the reader's language."""
    return translated(Sentence(finding.pattern, _values(finding)))


def mend(finding: Finding) -> str:
    """What to do about it, in the reader's language; empty where nothing is."""
    return translated(Sentence(finding.remedy, _values(finding))) if finding.remedy else ""


def _values(finding: Finding) -> dict[str, object]:
    return {name: _shown(value) for name, value in finding.values.items()}


def _shown(value: object) -> object:
    match value:
        case Lasting():
            return times.lasted(value)
        case LanguageNames():
            return names.listed([names.language(code) for code in value.codes])
        case Sentence():
            return translated(value)
    return value


def _page(template: str) -> Response:
    seen = rounds().look()
    page = render_template(
        template,
        headline=headline(seen),
        parts=parts(seen),
        waiting=[name(check) for check in seen.waiting],
        name=name,
        says=says,
        mend=mend,
        now=runtime().clock(),
    )
    return make_response(page)


ROUTES = (
    Route("/health", "health", health),
    Route("/health/now", "health_now", health_now),
)

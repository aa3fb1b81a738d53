"""All checks in a row, the worst findings first."""

from collections.abc import Callable, Iterable, Iterator

from hotline.doctor import (
    backlog,
    backups,
    devices,
    doors,
    edge,
    first_language,
    glass,
    lines,
    machine,
    outer_doors,
    own_calls,
    people,
    processes,
    recipients,
    sealed,
    speech,
    stores,
    ways,
)
from hotline.doctor.finding import Finding, Level, bad, ok
from hotline.settings import Settings, SettingsError
from hotline.texts import marked

Check = Callable[[Settings], Iterable[Finding]]

CHECKS: tuple[Check, ...] = (
    machine.data_directory,
    machine.disk_space,
    machine.clock,
    stores.database,
    stores.key_ring,
    sealed.sealed_mode,
    glass.break_glass,
    doors.console_doors,
    outer_doors.web_door,
    outer_doors.text_door,
    devices.push_devices,
    people.made_up_people,
    recipients.can_be_reached,
    stores.redis,
    processes.heartbeats,
    backlog.queue,
    backups.backups,
    own_calls.own_calls,
    ways.alarm_ways,
    ways.mail_server,
    edge.public_url,
    edge.carrier,
    lines.own_lines,
    edge.streams,
    speech.languages,
    first_language.first_language,
    speech.reviews,
    speech.models,
)
WHILE_RUNNING: tuple[Check, ...] = tuple(
    speech.models_there if check is speech.models else check
    for check in CHECKS
    if check is not ways.mail_server
)
"""The same beside a hotline that works, as often as a page asks: no model is loaded, and no mail
server signed in to."""
WORST_FIRST = (Level.BAD, Level.WARN, Level.OK)


def examine(load: Callable[[], Settings], checks: Iterable[Check] = CHECKS) -> list[Finding]:
    """Everything that is found, the worst first. `load` reads the settings."""
    try:
        settings = load()
    except SettingsError as error:
        return [bad("settings", str(error), marked("Correct it; then run `hotline doctor` again."))]
    found = [ok("settings", marked("The settings can be read."))]
    for check in checks:
        found.extend(tried(check, settings))
    return sorted(found, key=lambda finding: WORST_FIRST.index(finding.level))


def tried(check: Check, settings: Settings) -> Iterator[Finding]:
    """What a check finds; one that fails is itself a finding, and stops none of the others."""
    try:
        yield from check(settings)
    except Exception as error:
        says, mend = marked("This could not be checked (%(error)s)."), marked("See the others.")
        yield bad(check.__name__, says, mend, error=type(error).__name__)

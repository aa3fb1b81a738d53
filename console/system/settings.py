"""Every setting with its value and meaning; read-only, for the environment sets them."""

from dataclasses import dataclass

from flask import make_response, render_template
from werkzeug.wrappers import Response

from console import guard
from console.context import runtime
from console.routes import Route
from console.text import gettext, marked, ngettext
from hotline.people.permissions import Action
from hotline.settings_page import Told, told

# By the names of the fields of Settings; what stands nowhere goes into the last group.
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        marked("The line"),
        ("phone_number", "languages", "promise", "break_glass", "emergency_number"),
    ),
    (
        marked("The carrier"),
        ("public_url", "carrier", "twilio_account_sid", "twilio_auth_token", "carrier_key"),
    ),
    (marked("Lines of our own"), ("sip_listen", "sip_trunk", "sip_password", "sip_register")),
    (marked("Callers"), ("crisis_number", "wait_cap_s", "record", "recordings_dir")),
    (
        marked("Dispatch and alarms"),
        ("alarm_url", "alarm_repeat_s", "unread_s", "auditor_url", "silence_s"),
    ),
    (marked("Speech to text"), ("models_dir", "models_url", "worker_processes", "worker_sets")),
    (marked("Keeping"), ("data_dir", "database_url", "redis_url", "keys")),
)
_MORE = {
    "The carrier": ("twilio_api_url", "carrier_application", "bind", "media_url", "media_bind"),
    "Lines of our own": (
        *("sip_proxy", "sip_public", "sip_allow", "sip_rtp_ports", "sip_srtp"),
        *("asterisk_url", "asterisk_user", "asterisk_password", "asterisk_app"),
        *("asterisk_endpoint", "asterisk_ca", "lines_bind"),
    ),
    "Callers": ("transcript_wait_s",),
    "Dispatch and alarms": (
        *("mail_host", "mail_port", "mail_tls", "mail_user", "mail_password"),
        *("mail_from", "mail_to"),
        *("degraded_after_s", "audit_every_s", "check_in_s"),
        *("synthetic_call_min", "synthetic_call_to"),
    ),
    "Speech to text": ("transcribe_memory_mb",),
}
OTHERS = marked("The console and the rest")


@dataclass(frozen=True)
class Group:
    """Settings that belong together, under a title."""

    title: str
    settings: tuple[Told, ...]


@guard.allows(Action.SEE_SYSTEM)
def system_settings() -> Response:
    """The page of all settings."""
    found = told(runtime().settings, gettext)
    changed = [one for one in found if one.differs]
    headline = ngettext(
        "%(num)s setting differs from its default.",
        "%(num)s settings differ from their defaults.",
        len(changed),
    )
    page = render_template(
        "system/settings.html", groups=groups(found), headline=headline, changed=changed
    )
    return make_response(page)


def groups(found: list[Told]) -> list[Group]:
    """The settings in their groups; every one is in one."""
    by_field = {one.field: one for one in found}
    made = []
    for title, fields in GROUPS:
        wanted = (*fields, *_MORE.get(title, ()))
        chosen = tuple(by_field.pop(field) for field in wanted if field in by_field)
        made.append(Group(gettext(title), chosen))
    return [*made, Group(gettext(OTHERS), tuple(by_field.values()))]


ROUTES = (Route("/settings", "system_settings", system_settings),)

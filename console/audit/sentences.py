"""The audit chain in plain sentences: one for every action that is written anywhere. Pure.

`%(actor)s` is who did it, `%(subject)s` what it was done to.
"""

from collections.abc import Mapping
from typing import Any

from console import names, roles
from console.text import gettext, marked
from hotline.people.model import Role

SENTENCES = {
    "account.changed": marked("%(actor)s changed %(subject)s."),
    "account.code_issued": marked("%(actor)s made a new code for %(subject)s."),
    "account.created": marked("%(actor)s added %(subject)s."),
    "account.disabled": marked("%(actor)s disabled %(subject)s."),
    "account.enabled": marked("%(actor)s enabled %(subject)s."),
    "account.factor_added": marked("%(actor)s set up a second factor."),
    "account.factor_refused": marked("Somebody gave a wrong second factor for %(subject)s."),
    "account.factor_removed": marked("%(actor)s removed a second factor."),
    "account.factors_reset": marked("%(actor)s took the second factors of %(subject)s away."),
    "account.password_changed": marked("%(actor)s changed their password."),
    "account.password_chosen": marked("%(actor)s chose a password with a code."),
    "glass.asked": marked("%(actor)s asked for the caller’s number of %(subject)s."),
    "glass.broken": marked("%(actor)s broke the glass: asked who called in %(subject)s."),
    "glass.over": marked("%(actor)s was given no number of %(subject)s: the call was over."),
    "glass.shown": marked("%(actor)s was shown the caller’s number of %(subject)s."),
    "glass.unanswered": marked("%(actor)s was given no number of %(subject)s: no answer."),
    "glass.withheld": marked("%(actor)s was given no number of %(subject)s: it is withheld."),
    "keys.made": marked("%(actor)s made a key for sealed reports."),
    "keys.passphrase_changed": marked("%(actor)s changed the passphrase of their key."),
    "keys.recovered": marked(
        "%(actor)s gave %(subject)s the sealed reports, with the recovery key."
    ),
    "keys.recovery_made": marked("%(actor)s made the recovery key, in two halves."),
    "keys.shared": marked("%(actor)s shared the sealed reports with %(subject)s."),
    "keys.unlocked": marked("%(actor)s unlocked sealed reports."),
    "account.proved": marked("%(actor)s proved once more who they are."),
    "account.recovery_codes_made": marked("%(actor)s made new recovery codes."),
    "account.refused": marked("Somebody tried a wrong password for %(subject)s."),
    "account.session_ended": marked("%(actor)s ended a session of %(subject)s."),
    "account.sessions_ended": marked("%(actor)s ended all other sessions of %(subject)s."),
    "account.signed_in": marked("%(actor)s signed in."),
    "account.signed_out": marked("%(actor)s signed out."),
    "alarm.acknowledged": marked("%(actor)s answered for %(subject)s."),
    "report.telephone_blocked": marked(
        "%(actor)s blocked the telephone of %(subject)s for the day."
    ),
    "report.telephone_unblocked": marked(
        "%(actor)s let the telephone of %(subject)s ring people again."
    ),
    "audit.broken": marked("%(actor)s checked the audit, and it was broken."),
    "audit.exported": marked("%(actor)s exported the audit."),
    "audit.verified": marked("%(actor)s checked the audit, and it verified."),
    "backup.made": marked("%(actor)s made a backup."),
    "backup.restored": marked("%(actor)s restored a backup; acts since then are missing."),
    "device.added": marked("%(actor)s let a device tell them that they are wanted."),
    "device.removed": marked("%(actor)s took a device away that told them they are wanted."),
    "duty.changed": marked("%(actor)s changed whether %(subject)s is on duty."),
    "incident.confirmed": marked("%(actor)s said that %(subject)s tells of the same as others."),
    "incident.opened": marked("%(actor)s opened %(subject)s."),
    "incident.rejected": marked("%(actor)s said that %(subject)s tells of something else."),
    "incident.undone": marked("%(actor)s took back whether %(subject)s tells of the same."),
    "message.corrected": marked("%(actor)s corrected words of %(subject)s."),
    "message.correction_undone": marked("%(actor)s took back a correction of %(subject)s."),
    "message.downloaded": marked("%(actor)s downloaded %(subject)s."),
    "message.played": marked("%(actor)s listened to %(subject)s."),
    "notice.put": marked("%(actor)s put a notice before the menu."),
    "notice.taken_down": marked("%(actor)s took a notice before the menu down."),
    "oncall.check_in": marked("%(actor)s rang somebody for the check-in of their shift."),
    "oncall.drilled": marked("%(actor)s sent a test ring to %(subject)s."),
    "phone.off": marked("%(actor)s is rung on the telephone alone again."),
    "phone.on": marked("%(actor)s wants to be rung in the browser first."),
    "policy.added": marked("%(actor)s made %(subject)s."),
    "prompt.approved": marked("%(actor)s approved the prompt %(subject)s."),
    "prompt.change_asked": marked("%(actor)s asked for a change of the prompt %(subject)s."),
    "prompt.recorded": marked("%(actor)s recorded the prompt %(subject)s."),
    "prompt.removed": marked("%(actor)s removed the recording of the prompt %(subject)s."),
    "report.assigned": marked("%(actor)s said who looks after %(subject)s."),
    "report.called_back": marked("%(actor)s called the caller of %(subject)s back."),
    "report.closed": marked("%(actor)s closed %(subject)s."),
    "report.delivered": marked("%(actor)s had %(subject)s delivered."),
    "report.delivery_confirmed": marked("%(actor)s wrote down that %(subject)s has arrived."),
    "report.delivery_stopped": marked("%(actor)s stopped a delivery of %(subject)s."),
    "report.outcome_reminded": marked("%(actor)s reminded somebody of the outcome of %(subject)s."),
    "report.disclosed": marked("%(actor)s wrote down that %(subject)s was shared."),
    "report.facts": marked("%(actor)s filled in facts of %(subject)s."),
    "report.linked": marked("%(actor)s linked %(subject)s to one that tells of the same."),
    "report.noted": marked("%(actor)s wrote a note on %(subject)s."),
    "report.opened": marked("%(actor)s opened %(subject)s."),
    "report.held": marked("%(actor)s put a legal hold on %(subject)s."),
    "report.purged": marked("%(actor)s deleted what %(subject)s held, for good."),
    "report.released": marked("%(actor)s lifted the legal hold of %(subject)s."),
    "report.reopened": marked("%(actor)s opened %(subject)s again."),
    "report.texted": marked("%(actor)s had a text sent to whoever wrote %(subject)s."),
    "report.replied": marked("%(actor)s left a reply to the caller of %(subject)s."),
    "report.revealed": marked("%(actor)s revealed what is masked in %(subject)s."),
    "report.reviewed": marked("%(actor)s reviewed %(subject)s."),
    "report.sorted": marked("%(actor)s set category and urgency of %(subject)s."),
    "report.taken": marked("%(actor)s took %(subject)s at the desk."),
    "report.words_read": marked("%(actor)s read what the caller of %(subject)s has said since."),
    "report.unlinked": marked("%(actor)s undid the link of %(subject)s to another report."),
    "responder.added": marked("%(actor)s added %(subject)s."),
    "responder.changed": marked("%(actor)s changed the number of %(subject)s."),
    "roster.approved": marked("%(actor)s approved a number for %(subject)s."),
    "roster.changed": marked("%(actor)s pressed 1, and a number is in force for %(subject)s."),
    "roster.proposed": marked("%(actor)s proposed a number for %(subject)s."),
    "roster.refused": marked("%(actor)s pressed 9: the number of %(subject)s is not changed."),
    "roster.withdrawn": marked("%(actor)s withdrew a number proposed for %(subject)s."),
    "schedule.imported": marked("%(actor)s imported a calendar into %(subject)s."),
    "schedule.overridden": marked("%(actor)s entered a stand-in in %(subject)s."),
    "schedule.override_removed": marked("%(actor)s removed a stand-in from %(subject)s."),
    "statistics.entered": marked("%(actor)s entered something for the figures of a year."),
    "statistics.exported": marked("%(actor)s exported the statistics."),
}

ACTORS = {
    "auditor": marked("The auditor process"),
    "cli": marked("Somebody at the terminal"),
    "command-line": marked("Somebody at the terminal"),
    "dispatcher": marked("The dispatcher"),
    "nobody": marked("Nobody who is known"),
    "phone": marked("Whoever answered the phone"),
    "setup-code": marked("Whoever had the code from the terminal"),
}

_KINDS = {
    "account": marked("an account"),
    "alarm": marked("an alarm"),
    "duty": marked("a responder"),
    "glass": marked("a report"),
    "incident": marked("an incident"),
    "message": marked("a message"),
    "oncall": marked("a responder"),
    "policy": marked("a policy"),
    "report": marked("a report"),
    "responder": marked("a responder"),
    "schedule": marked("a schedule"),
}

_DETAILS = {
    "asked_by": marked("asked by"),
    "category": marked("category"),
    "district": marked("district"),
    "entries": marked("entries"),
    "minutes": marked("minutes"),
    "reason": marked("reason"),
    "responder": marked("responder"),
    "role": marked("role"),
    "seq": marked("entry"),
    "to": marked("to"),
    "urgency": marked("urgency"),
}


def pattern(action: str) -> str:
    """The sentence of an action, not translated; one that is not known is named by its code."""
    words = names.plain(action.replace(".", " ")).replace("%", "")
    return SENTENCES.get(action, f"%(actor)s: {words}, %(subject)s.")


def label(action: str) -> str:
    """The action without who and whom: "… opened a report"."""
    kind = action.partition(".")[0]
    values = {"actor": "…", "subject": gettext(_KINDS.get(kind, "…"))}
    return gettext(pattern(action), **values).rstrip(".")


def actor(code: str) -> str:
    """Who a code that is no account stands for."""
    return gettext(ACTORS.get(code, names.plain(code).capitalize()))


def details(detail: Mapping[str, Any], ids: Mapping[str, str]) -> list[str]:
    """What else the entry says: "role: Supervisor → Auditor". `ids`: names of ids that have one.

    Long digests and empty values are left out; they are in the export.
    """
    told = []
    for key, value in detail.items():
        name, _, end = key.rpartition("_")
        if end == "from" and f"{name}_to" in detail:
            after = detail[f"{name}_to"]
            told.append(f"{_key(name)}: {_value(value, ids)} → {_value(after, ids)}")
        elif not (end == "to" and f"{name}_from" in detail) and _is_told(value):
            told.append(f"{_key(key)}: {_value(value, ids)}")
    return told


def _is_told(value: object) -> bool:
    return value not in (None, "") and len(str(value)) <= 60


def _key(name: str) -> str:
    return gettext(_DETAILS.get(name, names.plain(name)))


def _value(value: object, ids: Mapping[str, str]) -> str:
    text = str(value)
    if text in set(Role):
        return roles.name(Role(text))
    return ids.get(text, text) or gettext("none")

"""The audit: who did what, newest first, and whether the chain holds."""

from dataclasses import dataclass
from datetime import datetime

from flask import make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from console import guard
from console.audit import known, sentences, wanted
from console.context import runtime, signed_in
from console.routes import Route
from console.text import gettext
from hotline import audit as chain
from hotline import audit_checks
from hotline.audit import AuditEntry
from hotline.people.model import Account
from hotline.people.permissions import Action

PAGE = 50
FILTERS = ("actor", "action", "subject", "day")


@dataclass(frozen=True)
class Line:
    """One entry as the page shows it; `pattern` is a sentence of `sentences`."""

    seq: int
    at: datetime
    pattern: str
    actor: str
    subject: str
    report_id: str | None
    details: list[str]


@guard.allows(Action.READ_AUDIT)
def audit() -> Response:
    """One page of entries that fit the filters in the address."""
    with runtime().database.transaction() as session:
        entries = chain.read(session, wanted.of(session, request.args), PAGE + 1)
        told = known.names(session, signed_in().account, entries[:PAGE])
        state = audit_checks.known(session)
        options = _options(session)
    page = render_template(
        "audit/list.html",
        lines=[_line(entry, told) for entry in entries[:PAGE]],
        older=entries[PAGE - 1].seq if len(entries) > PAGE else None,
        state=state,
        headline=headline(state),
        checked_by=told.actor(state.checked_by) if state.checked_by else None,
        options=options,
        given=given(),
    )
    return make_response(page)


@guard.allows(Action.READ_AUDIT)
def do_check_audit() -> Response:
    """Read the whole chain through; what is found is itself an entry."""
    actor = f"account:{signed_in().account.id}"
    audit_checks.check(runtime().database, actor, runtime().clock())
    return redirect(url_for("console.audit"), 303)


def given() -> dict[str, str]:
    """The filters that are set, for links that keep them."""
    return {key: request.values[key] for key in FILTERS if request.values.get(key)}


def headline(state: audit_checks.Known) -> str:
    """Whether the chain holds, as far as it was read."""
    if state.broken_at is not None:
        return gettext("The chain is broken at entry %(seq)s.", seq=f"{state.broken_at:,}")
    if state.read_to < state.count:
        return gettext(
            "%(count)s entries have not been checked yet.", count=f"{state.count - state.read_to:,}"
        )
    return gettext("The chain of %(count)s entries verifies.", count=f"{state.count:,}")


def _line(entry: AuditEntry, told: known.Names) -> Line:
    return Line(
        entry.seq,
        entry.at,
        sentences.pattern(entry.action),
        told.actor(entry.actor),
        told.subject(entry.subject),
        told.link(entry.subject),
        sentences.details(entry.detail, told.ids),
    )


def _options(session: Session) -> dict[str, list[tuple[str, str]]]:
    """What actor and action can be chosen from."""
    people = session.execute(select(Account.id, Account.display_name).order_by(Account.name))
    actors = [(f"account:{id_}", name) for id_, name in people]
    actors += [(code, sentences.actor(code)) for code in sentences.ACTORS]
    actions = [(code, sentences.label(code)) for code in chain.actions(session)]
    return {"actor": actors, "action": sorted(actions, key=lambda pair: pair[1])}


ROUTES = (
    Route("/audit", "audit", audit),
    Route("/audit/check", "do_check_audit", do_check_audit, "POST"),
)

"""What a report's page shows beside and below the words: read in the page's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from console import names, scope
from console.casework import (
    delivered,
    facts_form,
    from_telephone,
    people,
    reachable,
    texting,
    wording,
)
from console.casework.asked import Asked
from console.casework.delivered import Brought
from console.casework.forms import (
    AssignForm,
    CloseForm,
    DeliverForm,
    DiscloseForm,
    DuplicateForm,
    HoldForm,
    NoteForm,
    ReplyForm,
    SortForm,
    VoiceForm,
)
from console.casework.from_telephone import UNKNOWN, Telephone
from console.casework.reachable import NOBODY, Reachable
from console.casework.texting import Texts
from console.context import runtime, signed_in
from console.forms import HotlineForm
from console.incidents.belonging import InIncident, in_incident
from console.reports.cases import Case, Names
from console.reports.fate import Stop
from console.reports.rows import is_together
from hotline.dispatch import desk, said_more
from hotline.dispatch.sql import SqlBooks
from hotline.people.permissions import Action, may
from hotline.reports.casework import (
    disclosing,
    drafts,
    duplicates,
    notes,
    presence,
    replies,
    versions,
)
from hotline.reports.casework.disclosing import Disclosed
from hotline.reports.casework.notes import Written
from hotline.reports.casework.replies import Left
from hotline.reports.model import Report, ReportState, TimelineEvent


@dataclass(frozen=True)
class Link:
    """Another report that tells of the same. id: None where whoever asks may not open it."""

    number: str
    id: str | None


@dataclass(frozen=True)
class Shown:
    """forms: by name, filled with what stands now or with what was sent. others, here: how many
    others have the page open, and their names. texts: what is sent to whoever wrote. since: what
    has changed the report since a refused form was filled in. sought: nobody has taken it.
    on_the_line: its caller waits for a voice. unread: what the caller has said since it was taken
    is not read yet. together: it was taken together with another report. stages: from its reception
    to its outcome. may_deliver: there is somebody to deliver it to.
    """

    forms: Mapping[str, HotlineForm]
    asked: Asked
    others: int
    here: str
    assignee: str
    mine: bool
    closed: bool
    disposition: str
    sought: bool
    on_the_line: bool
    unread: bool
    together: bool = False
    callback: Reachable = NOBODY
    telephone: Telephone = UNKNOWN
    texts: Texts = Texts.NONE
    facts: Sequence[tuple[str, str]] = ()
    notes: Sequence[Written] = ()
    replies: Sequence[Left] = ()
    disclosed: Sequence[Disclosed] = ()
    deliveries: Sequence[Brought] = ()
    stages: Sequence[Stop] = ()
    may_deliver: bool = False
    incident: InIncident | None = None
    duplicate_of: Link | None = None
    duplicates: Sequence[Link] = ()
    since: Sequence[TimelineEvent] = field(default_factory=tuple)


def read(session: Session, case: Case, names_of: Names, asked: Asked) -> Shown:
    """All that the parts of the page show, as far as whoever asks may see it. Marks the page as
    open (`presence`)."""
    report, me, now = case.report, signed_in().account, runtime().clock()
    vault, books = runtime().vault, SqlBooks(session, runtime().vault)
    words = may(me.role, Action.READ_WORDS) and case.readable
    others = presence.beat(session, report, me.id, now)
    deliver = DeliverForm(None)
    offered = delivered.offer(session, report, deliver)
    forms = {**_forms(session, report, words), "deliver": deliver, **asked.forms}
    return Shown(
        forms=forms,
        asked=asked,
        others=len(others),
        here=names.listed([names_of.of(account) for account in others]),
        assignee=names_of.of(report.assignee) if report.assignee else "",
        mine=report.assignee == me.id,
        closed=report.state is ReportState.CLOSED,
        disposition=wording.disposition(report.disposition) if report.disposition else "",
        sought=desk.is_sought(books, report),
        on_the_line=desk.is_on_the_line(books, report),
        unread=said_more.is_unread(books, report),
        together=is_together(case.dispatch),
        callback=reachable.of(session, report),
        telephone=from_telephone.of(session, report, names_of),
        texts=texting.of(session, report),
        facts=facts_form.rows(session, report, words),
        notes=notes.read(session, vault, report) if words else (),
        replies=replies.read(session, vault, report) if words else (),
        disclosed=disclosing.read(session, vault, report) if case.readable else (),
        deliveries=delivered.read(session, report, names_of),
        stages=delivered.stages(session, case),
        may_deliver=offered and may(me.role, Action.DISCLOSE) and report.state is ReportState.OPEN,
        incident=in_incident(session, report),
        duplicate_of=_link(session, report.duplicate_of),
        duplicates=[
            _link_to(session, other)
            for other in duplicates.of(session, report)
            if other.purged_at is None
        ],
        since=versions.since(session, report, asked.seen) if asked.conflict else (),
    )


def _forms(session: Session, report: Report, words: bool) -> dict[str, HotlineForm]:
    """The forms as they stand before anything is sent; a draft stands where it was left."""
    me, vault = signed_in().account, runtime().vault

    def begun(which: drafts.Field) -> str:
        return drafts.read(session, vault, report, which, by=me.id) if words else ""

    sort = _blank(SortForm, category=report.category, urgency=report.urgency)
    assign = AssignForm(None, data={"assignee": report.assignee or ""})
    people.offer(session, report, assign)
    return {
        "note": _blank(NoteForm, note=begun(drafts.Field.NOTE)),
        "sort": sort,
        "assign": assign,
        "facts": facts_form.stands(session, report, words),
        "close": _blank(CloseForm),
        "reply": _blank(ReplyForm, reply=begun(drafts.Field.REPLY)),
        "voice": _blank(VoiceForm),
        "disclose": _blank(DiscloseForm),
        "duplicate": _blank(DuplicateForm),
        "hold": _blank(HoldForm),
    }


def _blank(kind: type[HotlineForm], **shown: object) -> HotlineForm:
    """A form with what stands now, also while another one was sent."""
    return kind(None, data=shown)


def _link(session: Session, report_id: str | None) -> Link | None:
    other = session.get(Report, report_id) if report_id else None
    gone = other is None or other.purged_at is not None
    return None if other is None or gone else _link_to(session, other)


def _link_to(session: Session, other: Report) -> Link:
    return Link(other.number, other.id if scope.may_see(session, other.id) else None)

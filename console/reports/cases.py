"""A report with all that a page tells of it, read in one transaction and opened."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.reports.words import Reason, letter
from console.text import gettext
from hotline.dispatch.candidates import schedule_of
from hotline.dispatch.model import Alarm, Attempt, Dispatch
from hotline.dispatch.policy import thaw
from hotline.oncall import recipients, responders
from hotline.oncall.model import Recipient, Responder
from hotline.people.model import Account
from hotline.privacy.cipher import CannotOpen, Closed, Vault
from hotline.reports import transcripts
from hotline.reports.casework import heard
from hotline.reports.casework.heard import Heard
from hotline.reports.model import Message, MessageState, Report, TimelineEvent
from hotline.reports.transcripts import Spoken


@dataclass(frozen=True)
class Case:
    """One report and what belongs to it, oldest first.

    `upcoming`: names of those in the frozen plan who have not had their turn. heard: the words of
    each message, by its id; the text in `spoken` is what they are shown as.
    """

    report: Report
    dispatch: Dispatch | None
    attempts: tuple[Attempt, ...]
    upcoming: tuple[str, ...]
    messages: tuple[Message, ...]
    spoken: tuple[Spoken, ...]
    reasons: tuple[Reason, ...]
    alarms: tuple[Alarm, ...]
    closed: Closed | None = None
    """Why it is not readable."""
    ended: TimelineEvent | None = None
    """What ended the search, where a person did in the console: taken_at_desk, search_withdrawn."""
    heard: Mapping[str, Heard] = field(default_factory=dict)

    @property
    def readable(self) -> bool:
        """Whether it opens."""
        return self.closed is None

    def without_words(self) -> "Case":
        """The same for those who may not read what was said: no word of it is left."""
        silent = tuple(replace(reason, phrase="") for reason in self.reasons)
        return replace(self, spoken=(), reasons=silent, heard={})

    def words_of(self, message_id: str) -> Heard:
        """The words of a message, if there are any."""
        return self.heard.get(message_id) or Heard(message_id, self.report.language)

    def transcript(self, message_id: str) -> Spoken | None:
        """The transcript of a message, if there is one yet."""
        return next((s for s in self.spoken if s.message_id == message_id), None)


class Names:
    """Display names of responders, accounts and recipients by id, and of responders by handle."""

    def __init__(self, session: Session, vault: Vault) -> None:
        accounts = session.execute(select(Account.id, Account.display_name))
        self._by_id = dict(accounts.all())
        self._by_handle: dict[str, str] = {}
        people = session.scalars(select(Responder)).all()
        vault.hold_keys(session, (row.data_key_id for row in people))
        for row in people:
            name = responders.name(session, vault, row)
            self._by_id[row.id] = self._by_handle[row.handle] = name
        outside = session.scalars(select(Recipient)).all()
        vault.hold_keys(session, (row.data_key_id for row in outside))
        for party in outside:
            self._by_id[party.id] = recipients.name(session, vault, party)

    def of(self, person_id: str | None) -> str:
        """The name of a responder (by id or handle), a schedule or an account."""
        key = person_id or ""
        if (schedule := schedule_of(key)) is not None:
            return gettext("whoever is on call (%(schedule)s)", schedule=schedule)
        return self._by_id.get(key) or self._by_handle.get(key) or gettext("Somebody")

    def of_handle(self, handle: str) -> str:
        """The name of a policy's target: a responder as the roster calls them, or a schedule."""
        return self.of(handle) if schedule_of(handle) else self._by_handle.get(handle, handle)


def load(
    session: Session,
    vault: Vault,
    names: Names,
    reports: Sequence[Report],
    *,
    words: bool = True,
) -> list[Case]:
    """The cases of the reports, in their order. words: whether what was said is opened at all."""
    ids = [r.id for r in reports]
    said = heard.read_many(session, vault, reports) if words else {i: {} for i in ids}
    dispatches = {
        d.report_id: d for d in session.scalars(select(Dispatch).where(Dispatch.report_id.in_(ids)))
    }
    attempts = _attempts(session, [d.id for d in dispatches.values()])
    messages = _messages(session, ids)
    alarms = _open_alarms(session, ids)
    ended = _ended(session, dispatches)
    return [
        _case(
            session,
            vault,
            names,
            report,
            dispatches.get(report.id),
            attempts,
            messages[report.id],
            said[report.id],
            alarms[report.id],
            ended.get(report.id),
            words=words,
        )
        for report in reports
    ]


def _case(
    session: Session,
    vault: Vault,
    names: Names,
    report: Report,
    dispatch: Dispatch | None,
    attempts: dict[str, list[Attempt]],
    messages: list[Message],
    said: dict[str, Heard] | None,
    alarms: list[Alarm],
    ended: TimelineEvent | None,
    *,
    words: bool,
) -> Case:
    reasons = _reasons(session, vault, report) if words and said is not None else ()
    closed = said is None or reasons is None
    return Case(
        report=report,
        dispatch=dispatch,
        attempts=tuple(attempts[dispatch.id]) if dispatch else (),
        upcoming=_upcoming(dispatch, names),
        messages=tuple(messages),
        spoken=tuple(s for one in (said or {}).values() if (s := one.as_shown) is not None),
        reasons=reasons or (),
        alarms=tuple(alarms),
        closed=vault.why_closed(session, report.data_key_id) if closed else None,
        ended=ended,
        heard=said or {},
    )


def _attempts(session: Session, dispatch_ids: list[str]) -> dict[str, list[Attempt]]:
    found: dict[str, list[Attempt]] = defaultdict(list)
    query = select(Attempt).where(Attempt.dispatch_id.in_(dispatch_ids)).order_by(Attempt.id)
    for row in session.scalars(query):
        found[row.dispatch_id].append(row)
    return found


def _messages(session: Session, report_ids: list[str]) -> dict[str, list[Message]]:
    """What was sent: what is still being spoken or was discarded is nobody's to hear."""
    found: dict[str, list[Message]] = defaultdict(list)
    query = select(Message).where(
        Message.report_id.in_(report_ids), Message.state == MessageState.SENT
    )
    for row in session.scalars(query.order_by(Message.created_at, Message.id)):
        found[row.report_id].append(row)
    return found


def _open_alarms(session: Session, report_ids: list[str]) -> dict[str, list[Alarm]]:
    found: dict[str, list[Alarm]] = defaultdict(list)
    query = select(Alarm).where(Alarm.report_id.in_(report_ids), Alarm.acknowledged_at.is_(None))
    for row in session.scalars(query.order_by(Alarm.raised_at)):
        found[row.report_id or ""].append(row)
    return found


def _ended(session: Session, dispatches: dict[str, Dispatch]) -> dict[str, TimelineEvent]:
    """What people did in the console that ended a search, by report; not where it began again."""
    query = select(TimelineEvent).where(
        TimelineEvent.report_id.in_(dispatches),
        TimelineEvent.kind.in_(("taken_at_desk", "search_withdrawn")),
    )
    found: dict[str, TimelineEvent] = {}
    for event in session.scalars(query.order_by(TimelineEvent.id)):
        ended_at = dispatches[event.report_id].ended_at
        if ended_at is not None and event.at >= ended_at:
            found[event.report_id] = event
    return found


def _reasons(session: Session, vault: Vault, report: Report) -> tuple[Reason, ...] | None:
    try:
        raw = transcripts.read_reasons(session, vault, report)
    except CannotOpen:
        return None
    return tuple(Reason(letter=letter(index), **reason) for index, reason in enumerate(raw))


def _upcoming(dispatch: Dispatch | None, names: Names) -> tuple[str, ...]:
    """Whose turn is still to come; nobody's once the search is over."""
    if dispatch is None or dispatch.ended_at is not None:
        return ()
    steps = thaw(dispatch.snapshot).plan[dispatch.position + 1 :]
    return tuple(" and ".join(names.of_handle(t) for t in step.targets) for step in steps)

"""The names of what the audit speaks of, read for one page of it at a time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from console import scope
from console.audit import sentences
from console.text import gettext
from hotline.audit import AuditEntry
from hotline.dispatch.model import Alarm
from hotline.oncall.model import CheckCall, Responder
from hotline.people.model import Account
from hotline.people.permissions import Action, may
from hotline.reports.model import Message, Report


@dataclass(frozen=True)
class Names:
    """Names by id. `links`: reports that whoever reads this may open."""

    accounts: Mapping[str, str]
    handles: Mapping[str, str]
    numbers: Mapping[str, str]
    reports: Mapping[str, str]
    """The report of a message or an alarm, by the id of that."""
    links: frozenset[str]

    def actor(self, code: str) -> str:
        """Who did it."""
        kind, _, id_ = code.partition(":")
        if kind == "account":
            return self.accounts.get(id_) or gettext("An account that is gone")
        return sentences.actor(code)

    def subject(self, code: str) -> str:
        """What it was done to."""
        kind, _, id_ = code.partition(":")
        report = self._report(id_)
        match kind:
            case "account":
                if id_ in self.accounts:
                    return gettext("the account of %(name)s", name=self.accounts[id_])
                return gettext("an account that there is not")
            case "report":
                return report
            case "message":
                return gettext("a message of %(report)s", report=report)
            case "alarm" if id_ in self.reports:
                return gettext("the alarm about %(report)s", report=report)
            case "alarm":
                return gettext("an alarm of the line itself")
            case "incident":
                return gettext("an incident")
            case "responder" | "check":
                return self.handles.get(id_) or gettext("a responder")
            case "prompt":
                return id_
            case "schedule":
                return gettext("the schedule “%(name)s”", name=id_)
            case "policy":
                return gettext("the policy “%(name)s”", name=id_)
        return code

    def link(self, code: str) -> str | None:
        """The report to open, if it is about one that may be."""
        id_ = code.partition(":")[2]
        report_id = self.reports.get(id_, id_)
        return report_id if report_id in self.links else None

    @property
    def ids(self) -> Mapping[str, str]:
        """Names of ids that stand in details."""
        return {**self.accounts, **self.handles}

    def _report(self, id_: str) -> str:
        number = self.numbers.get(self.reports.get(id_, id_))
        if number is None:
            return gettext("a report")
        return gettext("report %(number)s", number=number)


def names(session: Session, reader: Account, entries: Iterable[AuditEntry]) -> Names:
    """The names that these entries need, as far as the reader may know them."""
    ids = {code.partition(":")[2] for entry in entries for code in (entry.subject, entry.actor)}
    owners = _owners(session, ids)
    wanted = ids | set(owners.values())
    numbers, links = _reports(session, reader, wanted)
    accounts = session.execute(select(Account.id, Account.display_name))
    handles = {
        row.id: row.handle for row in session.execute(select(Responder.id, Responder.handle))
    }
    checks = select(CheckCall.id, CheckCall.responder_id).where(CheckCall.id.in_(ids))
    rung = {row.id: handles[row.responder_id] for row in session.execute(checks)}
    return Names(dict(accounts.all()), {**handles, **rung}, numbers, owners, links)


def _owners(session: Session, ids: set[str]) -> dict[str, str]:
    """The reports of those ids that are of messages and alarms."""
    messages = select(Message.id, Message.report_id).where(Message.id.in_(ids))
    alarms = select(Alarm.id, Alarm.report_id).where(Alarm.id.in_(ids))
    found = [*session.execute(messages), *session.execute(alarms)]
    return {id_: report_id for id_, report_id in found if report_id is not None}


def _reports(
    session: Session, reader: Account, ids: set[str]
) -> tuple[dict[str, str], frozenset[str]]:
    """Numbers of reports where the reader works, and which of them they may open."""
    here = scope.in_district(reader)
    query = select(Report.id, Report.number, scope.visible(reader)).where(Report.id.in_(ids), here)
    rows = session.execute(query).all()
    opens = may(reader.role, Action.READ_REPORTS)
    links = frozenset(id_ for id_, _, visible in rows if visible and opens)
    return {id_: number for id_, number, _ in rows}, links

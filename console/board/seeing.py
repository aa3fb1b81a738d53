"""What whoever asks may know of each report on the board, decided once for a page.

That something rings is for everybody who may see the board. What it is about is for those who may
read that report, and for nobody while the session is idle (docs/adr/0016).
"""

from collections.abc import Collection
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from console import scope
from hotline.people.permissions import Action, may
from hotline.people.sessions import SignedIn
from hotline.reports.model import Report

TAKE = "console.do_take"
"""The endpoint by which somebody takes a report here; its button is there when it is."""


@dataclass(frozen=True)
class Seeing:
    """opens: ids of the reports whose page may be opened. words: whether their category may be
    shown. answers: whether alarms of reports may be answered, `of_line` those of the line. takes:
    whether reports may be taken here."""

    opens: Collection[str]
    words: bool
    answers: bool
    of_line: bool
    takes: bool

    def tells(self, report: Report) -> bool:
        """Whether what the report is about may be shown."""
        return self.words and report.id in self.opens


def seeing(session: Session, who: SignedIn, report_ids: Collection[str]) -> Seeing:
    """What the account may know, and do, of these reports."""
    role = who.account.role
    reads = may(role, Action.READ_REPORTS) and not who.idle
    visible = select(Report.id).where(Report.id.in_(report_ids), scope.visible(who.account))
    answers = may(role, Action.ACKNOWLEDGE_ALARM) and not who.idle
    return Seeing(
        opens=set(session.scalars(visible)) if reads else (),
        words=reads and may(role, Action.READ_WORDS),
        answers=answers and reads,
        of_line=answers,
        takes=reads and may(role, Action.NOTE) and TAKE in current_app.view_functions,
    )

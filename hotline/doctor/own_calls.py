"""The calls of the hotline to itself: whether they are wanted, and how the last ones went."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hotline.database.engine import Database
from hotline.dispatch import synthetic
from hotline.doctor.finding import Finding, Lasting, bad, for_real_callers, ok
from hotline.doctor.stores import is_not_made_yet
from hotline.reports.model import SyntheticCall
from hotline.settings import Settings
from hotline.texts import marked

CHECK = "own_calls"


def own_calls(settings: Settings) -> Iterator[Finding]:
    """The hotline reaches itself by telephone, where it is to try."""
    if settings.synthetic_call_min == 0:
        if for_real_callers(settings):
            yield ok(CHECK, marked("The hotline does not call itself (docs/operations.md)."))
        return
    if is_not_made_yet(settings):
        return
    opened = Database(settings.database)
    try:
        with opened.reading() as session:
            yield judged(session, 60.0 * settings.synthetic_call_min, datetime.now(UTC))
    except SQLAlchemyError:
        return  # told by the check of the database
    finally:
        opened.close()


def judged(session: Session, every_s: float, now: datetime) -> Finding:
    """What is to be said of them. every_s: between two of them."""
    failed = synthetic.failures(session)
    if synthetic.is_paused(session):
        return bad(
            CHECK,
            marked("Other words than its own arrived when the hotline called itself."),
            marked(
                "Answer the alarm and listen to its report; until then no other call is placed."
            ),
        )
    best = synthetic.last_success(session)
    if failed and synthetic.is_failing(session, every_s, now):
        says = marked("The hotline does not reach itself by telephone (%(code)s).")
        mend = marked("Dial the number by hand; docs/operations.md says what the words mean.")
        return bad(CHECK, says, mend, code=failed[0].value)
    if best is None:
        return ok(CHECK, marked("The hotline has not called itself yet."))
    if synthetic.is_failing(session, every_s, now):
        says = marked("The hotline last reached itself %(age)s ago.")
        return bad(CHECK, says, marked("See whether the auditor runs."), age=_age(best, now))
    says = marked("The hotline reached itself by telephone %(age)s ago.")
    return ok(CHECK, says, age=_age(best, now))


def _age(row: SyntheticCall, now: datetime) -> Lasting:
    return Lasting(max(0.0, (now - row.placed_at).total_seconds()))

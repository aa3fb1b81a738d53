"""The ways to tell an alarm outside, beside the phones that ring for it."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from hotline.database.engine import Database
from hotline.dispatch import mail
from hotline.dispatch.model import AlarmWay
from hotline.dispatch.outside import Way, ways_of
from hotline.doctor.finding import Finding, Lasting, bad, for_real_callers, ok, warn
from hotline.doctor.stores import is_not_made_yet
from hotline.settings import Settings
from hotline.texts import marked

CHECK = "alarm_ways"
WORKED = {
    Way.POST: marked("An alarm was last posted %(age)s ago."),
    Way.MAIL: marked("An alarm was last mailed %(age)s ago."),
}
FAILED = {
    Way.POST: marked("The last alarm could not be posted (%(code)s), %(age)s ago."),
    Way.MAIL: marked("The last alarm could not be mailed (%(code)s), %(age)s ago."),
}
UNTRIED = {
    Way.POST: marked("Alarms are posted to HOTLINE_ALARM_URL; none was yet."),
    Way.MAIL: marked("Alarms are mailed to HOTLINE_MAIL_TO; none was yet."),
}
MEND = {
    Way.POST: marked("Check HOTLINE_ALARM_URL; then try it with `hotline alarm try`."),
    Way.MAIL: marked("Check HOTLINE_MAIL_…; then try it with `hotline alarm try`."),
}
TRY = marked("Try it with `hotline alarm try`.")


def alarm_ways(settings: Settings) -> Iterator[Finding]:
    """Another way than the telephone is set, and worked when it was last tried."""
    wanted = ways_of(settings)
    if not wanted and for_real_callers(settings):
        yield warn(
            CHECK,
            marked("An alarm only rings phones: it is neither posted nor mailed."),
            marked("Set HOTLINE_MAIL_HOST or HOTLINE_ALARM_URL (docs/operations.md)."),
        )
    tried = _tried(settings) if wanted else {}
    for way in wanted if tried is not None else ():
        yield judged(settings, way, (tried or {}).get(way.value), datetime.now(UTC))


def judged(settings: Settings, way: Way, row: AlarmWay | None, now: datetime) -> Finding:
    """What is to be said of one way; row: of its last try, None: it was never tried."""
    if row is None:
        if for_real_callers(settings):
            return warn(CHECK, UNTRIED[way], TRY)
        return ok(CHECK, UNTRIED[way])
    age = Lasting(max(0.0, (now - row.tried_at).total_seconds()))
    if row.error is not None:
        return bad(CHECK, FAILED[way], MEND[way], code=row.error, age=age)
    return ok(CHECK, WORKED[way], age=age)


def mail_server(settings: Settings) -> Iterator[Finding]:
    """The mail server lets us in; nothing is sent. Not asked every time somebody looks at Health:
    a server that is signed in to so often may refuse it."""
    box = mail.mailbox(settings)
    if box is None:
        return
    try:
        mail.try_out(box)
    except mail.NotMailed as error:
        says = marked("The mail server cannot be used (%(code)s).")
        yield bad("mail_server", says, MEND[Way.MAIL], code=error.code)
    else:
        yield ok("mail_server", marked("The mail server lets us in."))


def _tried(settings: Settings) -> dict[str, AlarmWay] | None:
    """The last tries, by way; None where the database cannot be asked, as another check tells."""
    if is_not_made_yet(settings):
        return None
    opened = Database(settings.database)
    try:
        with opened.reading() as session:
            rows = session.scalars(select(AlarmWay)).all()
            session.expunge_all()
            return {row.way: row for row in rows}
    except SQLAlchemyError:
        return None
    finally:
        opened.close()

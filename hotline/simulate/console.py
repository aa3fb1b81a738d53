"""People in the console: an administrator ends a search, a colleague takes a report at the desk."""

from hotline.dispatch import desk
from hotline.reports.model import Report
from hotline.simulate.callers import Line


def open_for(line: Line) -> None:
    """What happens in the console while this caller's report is open."""
    caller = line.caller
    if caller.withdrawn_after_s is not None:
        line.world.at(caller.at_s + caller.withdrawn_after_s, _withdraw, line)
    if caller.desk_after_s is not None:
        line.world.at(caller.at_s + caller.desk_after_s, _take, line)


def _withdraw(line: Line) -> None:
    with line.world.transaction() as books:
        row = books.dispatch_of(line.report_id)
        now = line.world.clock()
        done = row is not None and desk.withdraw(books, row.id, "administrator", now)
    if done:
        line.on_given_up(line.report_id)
        line.world.tell(f"an administrator withdraws the search for {line.name}")


def _take(line: Line) -> None:
    """Only what was sent is seen in the console."""
    with line.world.transaction() as books:
        report = books.get(Report, line.report_id)
        now = line.world.clock()
        done = (
            report is not None
            and report.sent_at is not None
            and desk.take_at_desk(books, report, "colleague", now)
        )
    if done:
        line.on_given_up(line.report_id)
        line.world.tell(f"a colleague takes the report of {line.name} at the desk")

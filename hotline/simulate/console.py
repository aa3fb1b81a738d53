"""People in the console: an administrator ends a search, a colleague takes a report at the desk,
or reads what was taken together with another one."""

from collections import Counter

from hotline.dispatch import alarms, desk, said_more
from hotline.dispatch.model import Alarm
from hotline.reports.model import Report
from hotline.simulate.callers import Line
from hotline.simulate.world import World

READS_S = 60.0
"""From the answer to an alarm until what it is about was read."""
FORGETS = 1
"""So often somebody answers for such an alarm and then reads nothing: the next one must come."""


def open_for(line: Line) -> None:
    """What happens in the console while this caller's report is open."""
    caller = line.caller
    if caller.withdrawn_after_s is not None:
        line.world.at(caller.at_s + caller.withdrawn_after_s, _withdraw, line)
    if caller.desk_after_s is not None:
        line.world.at(caller.at_s + caller.desk_after_s, _take, line)
    if caller.read_after_s is not None:
        line.world.at(caller.at_s + caller.read_after_s, _reads_one, line)


class Readers:
    """Who answers for an alarm about unread reports, and reads them; the first one forgets it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._answered: Counter[str] = Counter()

    def answered(self, alarm: Alarm) -> None:
        """Somebody has pressed 1 on an alarm phone."""
        incident = self.world.house.incident_of(alarm.report_id or "")
        if alarm.reason != alarms.UNREAD or incident is None:
            return
        self._answered[incident] += 1
        if self._answered[incident] > FORGETS:
            self.world.at(READS_S, self._read, incident)

    def _read(self, incident: str) -> None:
        house = self.world.house
        unread = [d.report_id for d in house.dispatches() if d.unread_at is not None]
        for report_id in sorted(unread):
            if house.incident_of(report_id) == incident:
                _read(self.world, report_id)


def _reads_one(line: Line) -> None:
    if line.report_id:
        _read(line.world, line.report_id)


def _read(world: World, report_id: str) -> None:
    with world.transaction() as books:
        report = books.get(Report, report_id)
        if report is not None and said_more.read(books, report, "colleague", world.clock()):
            world.tell("a colleague reads what nobody had read")


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

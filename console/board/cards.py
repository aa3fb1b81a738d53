"""The blocks of the board: an alarm, a caller who waits, a message nobody has, a conversation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from console import names, times
from console.board import bunches
from console.board.counts import Count, clock_up
from console.board.seeing import Seeing
from console.board.stops import HandleName, NameOf, Stop, stops
from console.reports import sentences
from console.text import gettext
from hotline.dispatch.alarms import NOBODY_TOOK_IT
from hotline.dispatch.model import Alarm
from hotline.dispatch.now import Search
from hotline.languages import Language
from hotline.reports.membership import Within
from hotline.reports.model import Call, Report


@dataclass(frozen=True)
class Card:
    """One block. `id` names it in the page, so that only what changed is put in anew.

    state: alarm, open or taken, as the line is drawn. wait: the large clock, wait_text what it
    counts. opens, answers, takes: ids for the buttons; None: no such button. incident: where others
    tell of the same; None where none do, or whoever looks may not know.
    """

    id: str
    state: str
    title: str
    text: str
    stops: tuple[Stop, ...] = ()
    label: str = ""
    urgency: tuple[int, str] | None = None
    wait: Count | None = None
    wait_text: str = ""
    opens: str | None = None
    answers: str | None = None
    takes: str | None = None
    incident: Within | None = None

    @property
    def tells(self) -> str:
        """How many reports tell of the same."""
        return bunches.tells(self.incident) if self.incident is not None else ""


@dataclass(frozen=True)
class Writer:
    """Makes the cards of one page.

    schools: names by handle. cap_s: how long a caller waits at most. incidents: by report.
    """

    seeing: Seeing
    name_of: NameOf
    handle_name: HandleName
    schools: Mapping[str, str]
    languages: Mapping[str, Language]
    cap_s: float
    now: datetime
    incidents: Mapping[str, Within] = field(default_factory=dict)

    def alarm(self, search: Search, alarm: Alarm) -> Card:
        """An open alarm of a report: the one loud thing."""
        report = search.report
        answers = alarm.id if self.seeing.answers else None
        return self._card(
            search,
            "alarm",
            gettext("An alarm is open for report %(report)s", report=report.number),
            self._why(search, alarm),
            wait=clock_up(alarm.raised_at, self.now),
            wait_text=gettext("alarm open"),
            answers=answers,
            takes=report.id if self.seeing.takes and search.taker is None else None,
        )

    def line_alarm(self, alarm: Alarm) -> Card:
        """An open alarm about the hotline itself."""
        why = sentences.alarm(alarm.reason)
        return Card(
            id=f"alarm-{alarm.id}",
            state="alarm",
            title=gettext("An alarm of the line is open"),
            text=f"{why[:1].upper()}{why[1:]}.",
            wait=clock_up(alarm.raised_at, self.now),
            wait_text=gettext("alarm open"),
            answers=alarm.id if self.seeing.of_line else None,
        )

    def waiting(self, search: Search, call: Call) -> Card:
        """A caller who waits on the line for a person."""
        cap = times.position(self.cap_s)
        return self._card(
            search,
            "open",
            self._about(search.report),
            self._which(search.report),
            wait=clock_up(call.parked_at or call.started_at, self.now),
            wait_text=gettext("waiting, at most %(cap)s", cap=cap),
            takes=search.report.id if self.seeing.takes else None,
        )

    def message(self, search: Search) -> Card:
        """What was said, and nobody has it yet."""
        return self._card(
            search,
            "open",
            self._about(search.report),
            self._which(search.report),
            wait=clock_up(search.dispatch.started_at, self.now),
            wait_text=gettext("without a person"),
            takes=search.report.id if self.seeing.takes else None,
        )

    def unstarted(self, report: Report) -> Card:
        """What has come in and waits for its words before anybody is rung."""
        came = report.sent_at or report.created_at
        return Card(
            id=f"report-{report.id}",
            state="open",
            title=self._about(report),
            text=gettext(
                "Report %(report)s. The words are being written down; then somebody is rung.",
                report=report.number,
            ),
            wait=clock_up(came, self.now),
            wait_text=gettext("without a person"),
            opens=report.id if report.id in self.seeing.opens else None,
            incident=self._incident(report),
        )

    def talking(self, search: Search, call: Call) -> Card:
        """A caller who has a person."""
        taker = search.taker
        held = taker is not None and taker.on_hold_at is not None
        return self._card(
            search,
            "taken",
            self._about(search.report),
            gettext(
                "Report %(report)s. The caller waits for a moment.", report=search.report.number
            )
            if held
            else self._which(search.report),
            wait=clock_up(search.dispatch.taken_at or call.started_at, self.now),
        )

    def unread(self, search: Search, since: datetime) -> Card:
        """Words that came after it was taken, and that nobody has read yet."""
        return self._card(
            search,
            "taken",
            self._about(search.report),
            self._which(search.report),
            wait=clock_up(since, self.now),
            wait_text=gettext("not read yet"),
        )

    def _card(
        self,
        search: Search,
        state: str,
        title: str,
        text: str,
        *,
        wait: Count,
        wait_text: str = "",
        answers: str | None = None,
        takes: str | None = None,
    ) -> Card:
        report = search.report
        return Card(
            id=f"report-{report.id}",
            state=state,
            title=title,
            text=text,
            stops=stops(search, self.name_of, self.handle_name, self.now),
            label=gettext("Who was asked for report %(report)s", report=report.number),
            urgency=names.urgency(report.urgency) if self._sorted(report) else None,
            wait=wait,
            wait_text=wait_text,
            opens=report.id if report.id in self.seeing.opens else None,
            answers=answers,
            takes=takes,
            incident=self._incident(report),
        )

    def _incident(self, report: Report) -> Within | None:
        return self.incidents.get(report.id) if report.id in self.seeing.opens else None

    def _sorted(self, report: Report) -> bool:
        return self.seeing.tells(report) and report.category != "unsorted"

    def _about(self, report: Report) -> str:
        """What it is about, as far as it is known here."""
        if not self.seeing.tells(report):
            return gettext("Report %(report)s", report=report.number)
        school = self.schools.get(report.school or "")
        if not self._sorted(report):
            about = gettext("Not known yet what it is about")
        else:
            about = names.category(report.category)
        if school:
            return gettext("%(about)s, %(school)s", about=about, school=school)
        return about

    def _which(self, report: Report) -> str:
        spoken = names.language(report.language)
        if not self.seeing.tells(report):
            return gettext("In %(language)s.", language=spoken)
        return gettext("Report %(report)s, in %(language)s.", report=report.number, language=spoken)

    def _why(self, search: Search, alarm: Alarm) -> str:
        asked = len(search.attempts)
        if alarm.reason == NOBODY_TOOK_IT and asked:
            why = gettext("Everybody in the plan was asked, and nobody took it.")
        else:
            why = sentences.alarm(alarm.reason)
            why = f"{why[:1].upper()}{why[1:]}."
        if not self.seeing.tells(search.report):
            return why
        return gettext("%(about)s. %(why)s", about=self._about(search.report), why=why)

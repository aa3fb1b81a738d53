"""Reports of one incident that were taken together and that nobody has read: one block for all.

A press of 1 may take hundreds. Each of them alone on the board would hide what rings.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.board.counts import Count, clock_up
from console.text import gettext, ngettext
from hotline.dispatch.now import Search
from hotline.dispatch.words import DispatchState
from hotline.reports.membership import Within


@dataclass(frozen=True)
class Bunch:
    """id: names it in the page. incident: where they are read; None: whoever looks may not know.
    wait: since the first was taken. late: the alarm is due for it."""

    id: str
    incident: Within | None
    title: str
    text: str
    wait: Count
    late: bool


def is_together(search: Search, incidents: Mapping[str, Within]) -> bool:
    """Whether it was taken together with another report, and is read by nobody."""
    row = search.dispatch
    with_another = row.taken_by is None and row.responder_id is not None
    unread = row.unread_at is not None and row.state is DispatchState.TAKEN
    return with_another and unread and search.report.id in incidents


def bunches(
    searches: Sequence[Search],
    incidents: Mapping[str, Within],
    opens: Collection[str],
    after_s: float,
    now: datetime,
) -> list[Bunch]:
    """One for each incident, the one that waits longest first. opens: ids of the reports that may
    be opened. after_s: when the alarm is due."""
    since: dict[str, list[datetime]] = {}
    known: dict[str, Within] = {}
    open_to: set[str] = set()
    for search in searches:
        if is_together(search, incidents) and search.dispatch.unread_at is not None:
            within = incidents[search.report.id]
            known[within.id] = within
            since.setdefault(within.id, []).append(search.dispatch.unread_at)
            if search.report.id in opens:
                open_to.add(within.id)
    ordered = sorted(since.items(), key=lambda item: (min(item[1]), item[0]))
    return [_bunch(known[i], moments, i in open_to, after_s, now) for i, moments in ordered]


def _bunch(
    within: Within, since: Sequence[datetime], opens: bool, after_s: float, now: datetime
) -> Bunch:
    title = ngettext(
        "One report was taken together with another one, and nobody has read it.",
        "%(num)s reports were taken together with another one, and nobody has read them.",
        len(since),
    )
    due = min(since) + timedelta(seconds=after_s)
    return Bunch(
        id=f"together-{within.id}",
        incident=within if opens else None,
        title=title,
        text=tells(within) if opens else "",
        wait=clock_up(min(since), now),
        late=due <= now,
    )


def tells(within: Within) -> str:
    """How many reports tell of the same, and how many wait for a person's word."""
    all_ = ngettext("One report tells of this.", "%(num)s reports tell of the same.", within.total)
    if not within.undecided:
        return all_
    waits = ngettext(
        "One of them waits for your word.",
        "%(num)s of them wait for your word.",
        within.undecided,
    )
    return gettext("%(all)s %(waits)s", all=all_, waits=waits)

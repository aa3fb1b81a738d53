"""Charts as SVG, made here: a question each, readable without color, in both directions. Pure.

Widths are shares of what there is, heights and text are pixels, so that a chart fits a phone and
its text keeps its size. Looks come from classes (`statistics.css`); patterns tell series apart. A
table with the same counts stands beside each on the page.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

ROW_PX, BAR_PX = 38, 10
PLOT_PX, FOOT_PX, HEAD_PX = 150, 24, 20
DAY_PX = 28
SERIES = ("plain", "lines", "full")
"""The looks of up to three series, lightest first."""


@dataclass(frozen=True)
class Frame:
    """What every chart has: an id of its own on the page, what it shows in a few words and in a
    sentence, and whether the page runs from right to left."""

    id: str
    title: str
    says: str
    rtl: bool = False

    @property
    def start(self) -> str:
        """Where lines of text begin."""
        return "100%" if self.rtl else "0%"

    @property
    def end(self) -> str:
        """Where they end."""
        return "0%" if self.rtl else "100%"

    def at(self, share: float, width: float = 0.0) -> str:
        """Where something of that width begins (both in percent), seen from the start."""
        return f"{100 - share - width if self.rtl else share:.3f}%"


@dataclass(frozen=True)
class Bar:
    """One bar: its name, its length, and what stands at its end."""

    name: str
    value: float
    says: str


@dataclass(frozen=True)
class Column:
    """One column: the name below it (empty: none), and a count for each series."""

    name: str
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Strip:
    """Waits in seconds: half of them, and 95 of 100, were no longer than this."""

    name: str
    half: float
    most: float
    says: str


def bars(frame: Frame, rows: Sequence[Bar]) -> Markup:
    """A line for each row, as long as its value."""
    most = max((row.value for row in rows), default=0) or 1
    drawn = [
        _text(frame.start, at * ROW_PX + 15, row.name, "name")
        + _text(frame.end, at * ROW_PX + 15, row.says, "value")
        + _rect(frame, 0, 100, at * ROW_PX + 21, BAR_PX, "track")
        + _rect(frame, 0, 100 * row.value / most, at * ROW_PX + 21, BAR_PX, "full")
        for at, row in enumerate(rows)
    ]
    return _svg(frame, len(rows) * ROW_PX, drawn)


def columns(frame: Frame, steps: Sequence[Column], most_says: str) -> Markup:
    """A column for each step, its series on top of each other; `most_says`: beside the top line."""
    most = max((sum(step.counts) for step in steps), default=0) or 1
    room = 100 / max(1, len(steps))
    drawn = [
        _text(frame.start, 12, most_says, "axis"),
        _line(HEAD_PX, "axis"),
        _line(HEAD_PX + PLOT_PX, "base"),
    ]
    for at, step in enumerate(steps):
        begins, foot = (at + 0.14) * room, float(HEAD_PX + PLOT_PX)
        for look, count in zip(SERIES, step.counts, strict=False):
            height = PLOT_PX * count / most
            foot -= height
            if count:
                drawn.append(_rect(frame, begins, room * 0.72, foot, height, look, frame.id))
        if step.name:
            y = HEAD_PX + PLOT_PX + 17
            drawn.append(_text(frame.at((at + 0.5) * room), y, step.name, "tick"))
    return _svg(frame, HEAD_PX + PLOT_PX + FOOT_PX, [_hatch(frame.id), *drawn])


def strips(frame: Frame, rows: Sequence[Strip]) -> Markup:
    """A line for each row: from the ring of who asks to the disc where half had a person, and on to
    where nearly all had."""
    most = max((row.most for row in rows), default=0) or 1
    room = 96.0  # the ring and the last stop stand inside
    drawn: list[Markup] = []
    for at, row in enumerate(rows):
        y = at * (ROW_PX + 8)
        half, end = (2 + room * min(value / most, 1) for value in (row.half, row.most))
        drawn += [
            _text(frame.start, y + 15, row.name, "name"),
            _text(frame.end, y + 15, row.says, "value"),
            _stroke(frame, 2, half, y + 30, "held"),
            _stroke(frame, half, end, y + 30, "thin"),
            _circle(frame, 2, y + 30, "ring"),
            _circle(frame, half, y + 30, "disc"),
            _stop(frame, end, y + 30),
        ]
    return _svg(frame, len(rows) * (ROW_PX + 8), drawn)


def week(frame: Frame, days: Sequence[tuple[str, Sequence[int]]], hours: Iterable[str]) -> Markup:
    """Seven rows of 24 small columns. hours: the names of 0, 6, 12 and 18 o'clock."""
    most = max((max(counts) for _, counts in days), default=0) or 1
    margin = 14.0
    room = (100 - margin) / 24
    drawn = [
        _text(frame.at(margin + n * 6 * room), 13, name, "hour") for n, name in enumerate(hours)
    ]
    for at, (day, counts) in enumerate(days):
        foot = HEAD_PX + (at + 1) * DAY_PX
        drawn.append(_text(frame.start, foot - 6, day, "tick-start"))
        drawn.append(_rect(frame, margin, 100 - margin, foot, 1, "rule"))
        for hour, count in enumerate(counts):
            height = (DAY_PX - 6) * count / most
            if count:
                begins = margin + (hour + 0.1) * room
                drawn.append(_rect(frame, begins, room * 0.8, foot - height, height, "full"))
    return _svg(frame, HEAD_PX + 7 * DAY_PX + 2, drawn)


def swatch(id_: str, look: str) -> Markup:
    """A small field that looks like a series, for the legend."""
    return Markup(
        '<svg class="swatch" width="18" height="12" aria-hidden="true" focusable="false">{}'
        '<rect class="c-{}" x="1" y="1" width="16" height="10"{}/></svg>'
    ).format(_hatch(id_), look, _fill(look, id_))


def stop(look: str) -> Markup:
    """A stop of a strip (ring, disc or stop), for the legend."""
    shape = (
        Markup('<line class="c-stop" x1="9" x2="9" y1="1" y2="13"/>')
        if look == "stop"
        else Markup('<circle class="c-{}" cx="9" cy="7" r="5"/>').format(look)
    )
    return Markup(
        '<svg class="swatch" width="18" height="14" aria-hidden="true" focusable="false">{}</svg>'
    ).format(shape)


def _svg(frame: Frame, height: float, drawn: Iterable[Markup]) -> Markup:
    return Markup(
        '<svg class="chart" role="img" aria-labelledby="{id}-title {id}-says" width="100%" '
        'height="{height:.0f}"><title id="{id}-title">{title}</title>'
        '<desc id="{id}-says">{says}</desc>{drawn}</svg>'
    ).format(
        id=frame.id,
        height=height,
        title=frame.title,
        says=frame.says,
        drawn=Markup("").join(drawn),
    )


def _text(x: str, y: float, text: str, kind: str) -> Markup:
    return Markup('<text class="c-{}" x="{}" y="{:.0f}">{}</text>').format(kind, x, y, text)


def _rect(
    frame: Frame, begins: float, width: float, y: float, height: float, look: str, id_: str = ""
) -> Markup:
    return Markup(
        '<rect class="c-{}" x="{}" y="{:.2f}" width="{:.3f}%" height="{:.2f}"{}/>'
    ).format(look, frame.at(begins, width), y, width, height, _fill(look, id_))


def _line(y: float, look: str) -> Markup:
    return Markup('<line class="c-{}" x1="0%" x2="100%" y1="{y:.0f}" y2="{y:.0f}"/>').format(
        look, y=y
    )


def _stroke(frame: Frame, begins: float, ends: float, y: float, look: str) -> Markup:
    return Markup('<line class="c-{}" x1="{}" x2="{}" y1="{y:.0f}" y2="{y:.0f}"/>').format(
        look, frame.at(begins), frame.at(ends), y=y
    )


def _circle(frame: Frame, at: float, y: float, look: str) -> Markup:
    return Markup('<circle class="c-{}" cx="{}" cy="{:.0f}" r="6"/>').format(look, frame.at(at), y)


def _stop(frame: Frame, at: float, y: float) -> Markup:
    return Markup('<line class="c-stop" x1="{x}" x2="{x}" y1="{:.0f}" y2="{:.0f}"/>').format(
        y - 6, y + 6, x=frame.at(at)
    )


def _hatch(id_: str) -> Markup:
    return Markup(
        '<defs><pattern id="{}-lines" patternUnits="userSpaceOnUse" width="6" height="6" '
        'patternTransform="rotate(45)"><rect class="c-hatch-ground" width="6" height="6"/>'
        '<rect class="c-hatch" width="2.5" height="6"/></pattern></defs>'
    ).format(id_)


def _fill(look: str, id_: str) -> Markup:
    """The hatch is a fill of its own chart; all other looks come from the style sheet."""
    return Markup(' fill="url(#{}-lines)"').format(id_) if look == "lines" and id_ else Markup("")

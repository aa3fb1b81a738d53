"""Charts: well-formed, named, as long as their values, and mirrored where pages are."""

import re
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from console.statistics import charts
from console.statistics.charts import Bar, Column, Frame, Strip

SVG = "{http://www.w3.org/2000/svg}"


def parsed(drawn: Markup) -> ElementTree.Element:
    text = str(drawn).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return ElementTree.fromstring(text)  # noqa: S314 (our own)


def frame(*, rtl: bool = False) -> Frame:
    return Frame("c", "How many?", "A <b>sentence</b> & more.", rtl=rtl)


def drawn(*, rtl: bool = False) -> list[Markup]:
    whole = frame(rtl=rtl)
    return [
        charts.bars(whole, [Bar("<i>Weapons</i>", 4, "4"), Bar("Drugs", 1, "1")]),
        charts.columns(whole, [Column("1", (1, 2, 1)), Column("", (0, 0, 0))], "4"),
        charts.strips(whole, [Strip("a person", 30, 60, "30 s")]),
        charts.week(whole, [("Mon", [0] * 24)] * 6 + [("Sun", [*range(24)])], ["00", "06"]),
    ]


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("rtl", [False, True])
def test_a_chart_says_what_it_is(number: int, rtl: bool) -> None:
    chart = parsed(drawn(rtl=rtl)[number])
    assert chart.get("role") == "img"
    ids = {element.get("id"): element.text for element in chart if element.get("id")}
    named = [ids[name] for name in str(chart.get("aria-labelledby")).split()]
    assert named == ["How many?", "A <b>sentence</b> & more."]
    assert not list(chart.iter("b"))


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("rtl", [False, True])
def test_nothing_stands_outside(number: int, rtl: bool) -> None:
    text = str(drawn(rtl=rtl)[number])
    shares = [float(share) for share in re.findall(r'"(-?[\d.]+)%"', text)]
    assert min(shares) >= 0
    assert max(shares) <= 100


def test_no_chart_brings_a_style() -> None:
    assert not any(word in str(chart) for chart in drawn() for word in ("style", 'fill="#'))


def test_a_bar_is_as_long_as_its_value() -> None:
    bars = [b for b in parsed(drawn()[0]).iter(f"{SVG}rect") if b.get("class") == "c-full"]
    assert [bar.get("width") for bar in bars] == ["100.000%", "25.000%"]
    mirrored = parsed(drawn(rtl=True)[0]).iter(f"{SVG}rect")
    assert [b.get("x") for b in mirrored if b.get("class") == "c-full"] == ["0.000%", "75.000%"]


def test_series_stand_on_each_other() -> None:
    chart = parsed(drawn()[1])
    looks = [f"c-{look}" for look in charts.SERIES]
    rects = [r for r in chart.iter(f"{SVG}rect") if r.get("class") in looks]
    assert [rect.get("class") for rect in rects] == looks
    ends = [float(str(r.get("y"))) + float(str(r.get("height"))) for r in rects]
    tops = [float(str(r.get("y"))) for r in rects]
    assert ends[1:] == pytest.approx(tops[:-1])
    assert ends[0] == charts.HEAD_PX + charts.PLOT_PX
    assert tops[-1] == pytest.approx(charts.HEAD_PX)


def test_an_empty_chart_is_one_too() -> None:
    for chart in (charts.bars(frame(), []), charts.columns(frame(), [], "0")):
        assert parsed(chart).get("role") == "img"

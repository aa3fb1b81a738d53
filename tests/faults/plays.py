"""The calls that are played while parts die: short ones, in which every part has its work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hotline.demo import cast
from hotline.demo.cast import ALARM, DESK, ROSA, TOM, Person, Script
from hotline.demo.scenario import Props

SENTENCES = ("there is a man with a gun behind the school",)
ROSTER = cast.roster([(ROSA, 10), (TOM, 20), (DESK, 20)], last_resort=(ALARM, 20))


@dataclass(frozen=True)
class Call:
    """One caller and those who are rung. Whatever happens, somebody would take it: Tom or the desk,
    or whoever answers for the alarm."""

    name: str
    caller: Callable[[str, str], Script]
    phones: Callable[[Props], Mapping[Person, Script]]


def _nobody_but_tom(props: Props) -> Mapping[Person, Script]:
    return {ROSA: cast.never(), TOM: cast.takes(), DESK: cast.takes(), ALARM: cast.acknowledges()}


def _live(props: Props) -> Mapping[Person, Script]:
    return {
        ROSA: cast.never(),
        TOM: cast.takes_call(),
        DESK: cast.takes_call(),
        ALARM: cast.acknowledges(),
    }


def _busy(props: Props) -> Mapping[Person, Script]:
    return {
        ROSA: cast.busy(),
        TOM: cast.passes(),
        DESK: cast.takes(),
        ALARM: cast.acknowledges(),
    }


def _nobody(props: Props) -> Mapping[Person, Script]:
    return {
        ROSA: cast.never(),
        TOM: cast.busy(),
        DESK: cast.voicemail(props.greeting),
        ALARM: cast.acknowledges(),
    }


CALLS = {
    call.name: call
    for call in (
        Call("message", cast.sends_message, _nobody_but_tom),
        Call("hangs up", cast.hangs_up_speaking, _busy),
        Call("speaks now", cast.speaks_now, _live),
        Call("nobody takes it", cast.sends_message, _nobody),
    )
}

"""Scripts of phones: the JSON a phone is registered with, checked and typed.

``{"answer": "never" | "busy" | "decline" | {"after_s": 2.0}, "steps": [STEP…], "then": "hangup",
"loop": false}``. A STEP holds exactly one cue and exactly one act, and may hold ``timeout_s``
(telephone seconds to wait for the cue) with ``else`` (``hangup``, or ``continue`` with the next
step). ``loop`` starts the steps again after the last.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from switch.phones import acts, cues

CUE_TIMEOUT_S = 120.0
ANSWER_AFTER_S = 1.0
_REFUSALS = frozenset({"never", "busy", "decline"})


class ScriptError(ValueError):
    """A script that no phone can follow; the message says where it is wrong."""


@dataclass(frozen=True)
class Step:
    """Wait for `cue`, at most `timeout_s`; then `act` (or, too late, hang up or go on)."""

    cue: cues.Cue
    act: acts.Act
    timeout_s: float = CUE_TIMEOUT_S
    hang_up_late: bool = True


@dataclass(frozen=True)
class Script:
    """How a phone takes a call (`refusal`: never, busy, decline or empty) and what it does next."""

    refusal: str = ""
    answer_after_s: float = ANSWER_AFTER_S
    steps: tuple[Step, ...] = ()
    hang_up_after: bool = False
    loop: bool = False

    @property
    def files(self) -> frozenset[Path]:
        """The sound files that are said in it."""
        return frozenset(step.act.path for step in self.steps if isinstance(step.act, acts.Say))


def parse(data: Any) -> Script:
    """Check and type a script; raises ScriptError."""
    if not isinstance(data, dict):
        raise ScriptError("a script is an object")
    unknown = set(data) - {"answer", "steps", "then", "loop"}
    if unknown:
        raise ScriptError(f"unknown in a script: {', '.join(sorted(unknown))}")
    steps = data.get("steps", [])
    if not isinstance(steps, list):
        raise ScriptError("steps is a list")
    refusal, after_s = _answer(data.get("answer", {}))
    return Script(
        refusal,
        after_s,
        tuple(_step(step, at) for at, step in enumerate(steps)),
        _word(data.get("then", "stay"), "then", ("stay", "hangup")) == "hangup",
        data.get("loop") is True,
    )


def _answer(value: Any) -> tuple[str, float]:
    if isinstance(value, dict) and set(value) <= {"after_s"}:
        return "", _seconds(value.get("after_s", ANSWER_AFTER_S), "answer.after_s")
    if isinstance(value, str) and value in _REFUSALS:
        return value, ANSWER_AFTER_S
    raise ScriptError("answer is never, busy, decline or an object with after_s")


def _step(data: Any, at: int) -> Step:
    where = f"step {at}"
    if not isinstance(data, dict):
        raise ScriptError(f"{where} is no object")
    unknown = set(data) - set(_CUES) - set(_ACTS) - {"timeout_s", "else"}
    if unknown:
        raise ScriptError(f"{where}: unknown {', '.join(sorted(unknown))}")
    cue, act = _one(data, _CUES, where, "cue"), _one(data, _ACTS, where, "act")
    return Step(
        _CUES[cue](data[cue], f"{where}.{cue}"),
        _ACTS[act](data[act], f"{where}.{act}"),
        _seconds(data.get("timeout_s", CUE_TIMEOUT_S), f"{where}.timeout_s"),
        _word(data.get("else", "hangup"), f"{where}.else", ("hangup", "continue")) == "hangup",
    )


def _one(data: dict[str, Any], known: dict[str, Any], where: str, what: str) -> str:
    found = [name for name in data if name in known]
    if len(found) != 1:
        raise ScriptError(f"{where} must hold exactly one {what}")
    return found[0]


def _seconds(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ScriptError(f"{where} is a number of seconds")
    return float(value)


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value:
        raise ScriptError(f"{where} is a text")
    return value


def _word(value: Any, where: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ScriptError(f"{where} is one of {', '.join(allowed)}")
    return str(value)


def _true(value: Any, where: str) -> None:
    if value is not True:
        raise ScriptError(f"{where} must be true")


def _say(value: Any, where: str) -> acts.Act:
    path = Path(_text(value, where))
    if not path.is_absolute() or not path.is_file():
        raise ScriptError(f"{where} is not the absolute path of a file")
    return acts.Say(path)


def _say_tone(value: Any, where: str) -> acts.Act:
    if not isinstance(value, dict) or set(value) != {"hz", "seconds"}:
        raise ScriptError(f"{where} is an object with hz and seconds")
    return acts.SayTone(_seconds(value["hz"], where), _seconds(value["seconds"], where))


def _press(value: Any, where: str) -> acts.Act:
    digits = _text(value, where)
    if not set(digits) <= set("0123456789*#ABCD"):
        raise ScriptError(f"{where} may hold keys only")
    return acts.Press(digits)


def _flag_cue(make: Callable[[], cues.Cue]) -> Callable[[Any, str], cues.Cue]:
    def read(value: Any, where: str) -> cues.Cue:
        _true(value, where)
        return make()

    return read


def _hang_up(value: Any, where: str) -> acts.Act:
    _true(value, where)
    return acts.HangUp()


_CUES: dict[str, Callable[[Any, str], cues.Cue]] = {
    "playing": lambda value, where: cues.playing(_text(value, where)),
    "played": lambda value, where: cues.played(_text(value, where)),
    "beep": _flag_cue(cues.beep),
    "recording": _flag_cue(cues.recording),
    "bridged": _flag_cue(cues.bridged),
    "silence_s": lambda value, where: cues.silence_s(_seconds(value, where)),
    "after_s": lambda value, where: cues.after_s(_seconds(value, where)),
    "hears_speech_s": lambda value, where: cues.hears_speech_s(_seconds(value, where)),
}

_ACTS: dict[str, Callable[[Any, str], acts.Act]] = {
    "press": _press,
    "say": _say,
    "say_tone": _say_tone,
    "hangup": _hang_up,
    "note": lambda value, where: acts.Note(_text(value, where)),
    "wait_s": lambda value, where: acts.Wait(_seconds(value, where)),
}

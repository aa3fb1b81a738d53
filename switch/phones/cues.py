"""Cues: what a scripted phone waits for before it acts."""

from collections.abc import Callable
from dataclasses import dataclass

from switch.phones.ears import Ears

_TOLERANCE_S = 1e-6


@dataclass(frozen=True)
class Cue:
    """A named condition; `met` is asked after every frame and every event."""

    name: str
    met: Callable[[Ears], bool]
    by_event: bool


def playing(url_part: str) -> Cue:
    """A <Play> whose URL holds `url_part` started."""
    return Cue("playing", lambda ears: ears.find("playing", url_part), True)


def played(url_part: str) -> Cue:
    """A <Play> whose URL holds `url_part` ended, completed or not."""
    return Cue("played", lambda ears: ears.find("played", url_part), True)


def beep() -> Cue:
    """The beep before a recording, or a stream's first sound, was heard to its end."""
    return Cue("beep", lambda ears: ears.find("beep"), True)


def recording() -> Cue:
    """A recording or a stream of this line started."""
    return Cue("recording", lambda ears: ears.find("recording_started"), True)


def bridged() -> Cue:
    """The sound path to another party opened."""
    return Cue("bridged", lambda ears: ears.find("bridged"), True)


def silence_s(seconds: float) -> Cue:
    """Nothing but silence for so long, after some sound since the last cue."""

    def met(ears: Ears) -> bool:
        return ears.sound_s > 0 and ears.silence_s >= seconds - _TOLERANCE_S

    return Cue("silence_s", met, False)


def hears_speech_s(seconds: float) -> Cue:
    """At least so much sound since the last cue."""
    return Cue("hears_speech_s", lambda ears: ears.sound_s >= seconds - _TOLERANCE_S, False)


def after_s(seconds: float) -> Cue:
    """So long after the previous step was over."""
    return Cue("after_s", lambda ears: ears.since_act_s >= seconds - _TOLERANCE_S, False)

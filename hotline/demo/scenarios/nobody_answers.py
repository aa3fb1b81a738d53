"""Nobody answers in any round, nor does the last resort; the alarm rings until somebody does."""

from hotline.demo import cast, expect
from hotline.demo.cast import ALARM, DESK, ROSA, TOM
from hotline.demo.scenario import Scenario, Seen


def _done(seen: Seen) -> bool:
    alarm = seen.outcome.alarm
    answered = alarm is not None and alarm.acknowledged_at is not None
    return answered and seen.quiet and seen.outcome.copies_left == 0


SCENARIO = Scenario(
    name="nobody-answers",
    title="nobody answers in two rounds, nor the last resort; the alarm rings until someone does",
    language="en",
    sentences=("there is a boy with a gun in the library",),
    caller=lambda language, props: cast.sends_message(language, props.speech),
    phones=lambda props: {
        ROSA: cast.never(),
        TOM: cast.never(),
        DESK: cast.never(),
        ALARM: cast.acknowledges(),
    },
    roster=cast.roster([(ROSA, 6), (TOM, 6)], rounds=2, last_resort=(DESK, 8)),
    expect=(
        expect.understood(),
        expect.rung(
            *((person, "unanswered") for _ in range(2) for person in (ROSA, TOM)),
            (DESK, "unanswered"),
        ),
        expect.happened("dispatch_exhausted", "everybody was asked"),
        expect.acknowledged_by(ALARM),
        expect.posted(),
        expect.copies_deleted(),
        expect.quiet(),
    ),
    done=_done,
)

"""The caller leaves a number, and whoever took the report calls them back through the hotline."""

from hotline.demo import cast, expect
from hotline.demo.cast import OTHER_PHONE, ROSA
from hotline.demo.scenario import Direction, Expectation, Scenario, Seen, Stage

CALL_BACK = "call back"


def _is_over(seen: Seen | None) -> bool:
    """The call is over, Rosa has it, and there is a number."""
    return seen is not None and expect.settled(seen) and seen.outcome.happened("callback_left")


def _calls_back(stage: Stage) -> None:
    stage.phone(ROSA, cast.calls_back())
    stage.ask(CALL_BACK, lambda console, report: console.call_back(report, ROSA.handle))


def _ended(outcome: str) -> Expectation:
    return Expectation(
        f"the call back ended: {outcome}",
        lambda seen: any(
            event.kind == "callback_ended" and event.detail.get("outcome") == outcome
            for event in seen.outcome.events
        ),
    )


def _was_told_nothing() -> Expectation:
    """Whoever picked up heard one sentence, and of the hotline only after 1."""
    heard = ("callee_intro", "callee_joining")
    return Expectation(
        "whoever picked up heard nothing of the hotline before pressing 1",
        lambda seen: seen.prompts.get(OTHER_PHONE.number, ())[:2] == heard,
    )


SCENARIO = Scenario(
    name="callback",
    title="the caller leaves a number and is called back; neither sees the other's",
    language="en",
    sentences=("there is a fight planned after the game on friday",),
    caller=lambda language, props: cast.leaves_number(language, props.speech),
    phones=lambda props: {ROSA: cast.takes(), OTHER_PHONE: cast.is_called_back()},
    roster=cast.roster([(ROSA, 20)]),
    directions=(Direction("whoever took it asks the console to call back", _is_over, _calls_back),),
    expect=(
        expect.understood(),
        expect.taken_by(ROSA),
        expect.happened("callback_left", "the caller left a number"),
        expect.answered("sign in", 303),
        expect.answered(CALL_BACK, 303),
        expect.called_back(ROSA),
        _was_told_nothing(),
        _ended("spoke"),
        expect.happened("callback_gone", "the number was deleted after use"),
        expect.copies_deleted(),
        expect.no_alarm(),
        expect.quiet(),
    ),
    done=lambda seen: seen.outcome.happened("callback_ended") and seen.quiet,
)

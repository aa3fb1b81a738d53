"""The dispatcher is killed: the caller's own leg rings people, and a message waits for it."""

from hotline.demo import cast, expect
from hotline.demo.cast import ROSA, TOM
from hotline.demo.scenario import Direction, Expectation, Scenario, Seen, Stage


def _talks(seen: Seen | None) -> bool:
    return seen is not None and seen.outcome.dispatch == "taken"


def _second_is_left(seen: Seen | None) -> bool:
    """The message is received, and everybody has hung up."""
    second = seen.second if seen is not None else None
    left = second is not None and second.happened("caller_left")
    return left and seen is not None and seen.quiet


def _second_waits(stage: Stage) -> None:
    stage.phone(ROSA, cast.takes())
    stage.dial_in()


def _alone(seen: Seen) -> bool:
    """Every phone was rung by the caller's own leg, before the dispatcher was there again."""
    rung = [leg for leg in seen.legs if leg["number"] in (ROSA.number, TOM.number)]
    return [leg["direction"] for leg in rung[:2]] == ["outbound-dial"] * 2


def _second_taken(seen: Seen) -> bool:
    second = seen.second
    return second is not None and second.dispatch == "taken" and second.taken_by == ROSA.handle


def _waited(seen: Seen) -> bool:
    """Nobody was rung for the message before the dispatcher was back."""
    second = seen.second
    kinds = [event.kind for event in second.events] if second is not None else []
    return "dispatch_started" in kinds and kinds.index("caller_left") < kinds.index(
        "dispatch_started"
    )


def _done(seen: Seen) -> bool:
    return (
        expect.settled(seen)
        and _second_taken(seen)
        and seen.second is not None
        and (seen.second.copies_left == 0)
    )


SCENARIO = Scenario(
    name="degraded",
    title="the dispatcher is dead; a caller still reaches a human, and a message waits for it",
    language="en",
    sentences=("there is a boy with a knife in the hallway",),
    caller=lambda language, props: cast.speaks_now(language, props.speech),
    second=lambda language, props: cast.sends_message(language, props.speech),
    phones=lambda props: {ROSA: cast.never(), TOM: cast.takes_call()},
    roster=cast.roster([(ROSA, 8), (TOM, 25)]),
    directions=(
        Direction(
            "the dispatcher's process is killed (SIGKILL) and not started again",
            lambda seen: True,
            lambda stage: stage.kill("dispatcher"),
        ),
        Direction(
            "Rosa Delgado is back at her phone; somebody else calls and leaves a message",
            _talks,
            _second_waits,
        ),
        Direction(
            "the dispatcher is started again",
            _second_is_left,
            lambda stage: stage.start_again("dispatcher"),
        ),
    ),
    expect=(
        expect.understood(),
        expect.triaged("weapons", "life-safety"),
        Expectation("the caller's own leg rang both counselors", _alone),
        expect.rung((ROSA, "unanswered"), (TOM, "taken")),
        expect.taken_by(TOM),
        expect.connected(TOM),
        Expectation("nobody was rung for the message before the dispatcher was back", _waited),
        Expectation("then Rosa Delgado took the message", _second_taken),
        expect.copies_deleted(),
        expect.no_alarm(),
        expect.quiet(),
    ),
    done=_done,
    limit_s=800.0,
)

"""Two thousand hostile worlds inside `make test`, and single stories told by hand.

HOTLINE_SIMULATION_RUNS sets how many runs are made, HOTLINE_SIMULATION_SEED the seed. A failing run
is named; `hotline simulate --seed S --run K` tells it.
"""

import os
from collections import Counter

import pytest

from hotline.dispatch.words import Step
from hotline.simulate import chance
from hotline.simulate.many import Tally, simulate
from hotline.simulate.play import Outcome, play
from hotline.simulate.scenario import Act, Caller, Escalation, Manner, Need, Person, Scenario

SEED = int(os.environ.get("HOTLINE_SIMULATION_SEED", "1"))
RUNS = int(os.environ.get("HOTLINE_SIMULATION_RUNS", "2000"))
PARTS = 4
BOSS = Person("boss", (Act(Manner.TAKES),))


@pytest.fixture(scope="module")
def all_runs() -> Tally:
    """What the parts below came to, together."""
    return Tally()


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.timeout(3600 if RUNS > 2000 else 180)
def test_every_promise_holds(all_runs: Tally, part: int) -> None:
    first, last = RUNS * part // PARTS, RUNS * (part + 1) // PARTS
    tally = simulate(SEED, first, last - first)
    all_runs.merge(tally)
    assert [(SEED, run, v.invariant, v.sentence) for run, v in tally.failing] == []


@pytest.mark.skipif(RUNS < 2000, reason="the rarest things need 2,000 runs")
def test_everything_that_can_happen_has_happened(all_runs: Tally) -> None:
    if all_runs.runs < RUNS:
        pytest.skip("only together with all the runs")
    assert all_runs.missing == []


def test_a_run_is_the_same_every_time() -> None:
    for run in range(12):
        once = play(chance.scenario(7, run), telling=True)
        again = play(chance.scenario(7, run), telling=True)
        assert once.digest == again.digest
    assert len({play(chance.scenario(7, run), telling=True).digest for run in range(12)}) == 12


def test_telling_a_run_changes_nothing() -> None:
    silent, told = (play(chance.scenario(7, 3), telling=telling) for telling in (False, True))
    assert silent.states == told.states
    assert silent.lasted_s == told.lasted_s
    assert told.story
    assert not silent.story


# --- stories --------------------------------------------------------------------------------


def story(*people: Person, steps: tuple[Step, ...], caller: Caller) -> tuple[Outcome, str]:
    """A world without any fault, and all it tells in one text."""
    policies = (("default", Escalation(steps, alarm=("boss",))),)
    outcome = play(Scenario((*people, BOSS), policies, (caller,)), telling=True)
    assert outcome.violation is None
    return outcome, "\n".join(sentence for _, sentence in outcome.story)


def endings(outcome: Outcome) -> dict[str, int]:
    """How attempts and the dispatch ended."""
    under_way = ("intended", "placed", "ringing", "screening", "waiting")
    return {k: n for k, n in outcome.states.items() if k.split()[1] not in under_way}


def one(handle: str, manner: Manner, **seconds: float) -> Person:
    """Somebody who does the same with every call."""
    return Person(handle, (Act(manner, **seconds),))


def test_never_answers_then_voicemail_then_taken() -> None:
    outcome, _ = story(
        one("c1", Manner.NEVER),
        one("c2", Manner.VOICEMAIL),
        one("c3", Manner.TAKES),
        steps=tuple(Step((f"c{n}",), 20.0) for n in (1, 2, 3)),
        caller=Caller(Need.MESSAGE),
    )
    assert endings(outcome) == {
        "attempt unanswered": 1,
        "attempt machine": 1,
        "attempt taken": 1,
        "dispatch taken": 1,
    }


def test_nobody_takes_it_and_the_alarm_rings_until_somebody_acknowledges() -> None:
    waiting = Person("boss", (Act(Manner.NEVER), Act(Manner.NEVER), Act(Manner.TAKES)))
    policies = (("default", Escalation((Step(("c1",), 20.0),), alarm=("boss",))),)
    people = (one("c1", Manner.BUSY), waiting)
    outcome = play(Scenario(people, policies, (Caller(Need.MESSAGE),)), telling=True)
    told = Counter(sentence.rpartition(" to ")[2] for _, sentence in outcome.story)
    assert outcome.violation is None
    assert outcome.states["dispatch exhausted"] == 1
    assert told["0904 placed"] == 3
    assert "acknowledges the alarm" in outcome.story[-2][1]


def test_two_people_press_1_in_the_same_millisecond() -> None:
    outcome, told = story(
        one("c1", Manner.TAKES),
        one("c2", Manner.TAKES),
        steps=(Step(("c1", "c2"), 20.0),),
        caller=Caller(Need.WAITS),
    )
    assert outcome.states["attempt taken"] == 1
    assert told.count("hears: yours") == 1
    assert told.count("hears: already taken") == 1


def test_a_caller_who_leaves_without_a_word_stops_the_phones() -> None:
    outcome, told = story(
        one("c1", Manner.NEVER),
        one("c2", Manner.TAKES),
        steps=(Step(("c1",), 20.0), Step(("c2",), 20.0)),
        caller=Caller(Need.WAITS, says_something=False, patience_s=5.0),
    )
    assert endings(outcome) == {"attempt cancelled": 1, "dispatch withdrawn": 1}
    assert "phone c2" not in told


def test_a_responder_who_drops_off_the_bridge_is_followed_by_the_next() -> None:
    outcome, told = story(
        one("c1", Manner.DROPS, talk_s=3.0),
        one("c2", Manner.TAKES),
        steps=(Step(("c1",), 20.0), Step(("c2",), 20.0)),
        caller=Caller(Need.WAITS),
    )
    assert endings(outcome) == {"attempt taken": 2, "attempt left": 1, "dispatch taken": 2}
    assert told.count("caller 1 is in the bridge") == 2


def test_a_colleague_takes_over_and_the_first_one_leaves() -> None:
    outcome, told = story(
        one("c1", Manner.HANDS_OVER, talk_s=3.0),
        one("c2", Manner.TAKES),
        steps=(Step(("c1",), 20.0), Step(("c2",), 20.0)),
        caller=Caller(Need.WAITS, talks_s=120.0),
    )
    assert endings(outcome) == {"attempt taken": 2, "attempt left": 1, "dispatch taken": 1}
    assert "caller 1 hangs up" in told

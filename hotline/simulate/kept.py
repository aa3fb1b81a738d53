"""What a day leaves in the tables: how much for each caller, and whether anything never ended."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from hotline.database.base import Base
from hotline.dispatch import words
from hotline.dispatch.model import Alarm, Attempt, Dispatch
from hotline.reports.model import Call, Message, Report
from hotline.simulate.books import MemoryStore
from hotline.simulate.house import MemoryHouse
from hotline.simulate.play import Outcome, play
from hotline.simulate.scenario import Scenario
from hotline.tasks.model import Task, TaskState

KINDS: tuple[type[Base], ...] = (*(Call, Report, Message, Dispatch, Attempt, Alarm, Task),)


@dataclass(frozen=True)
class Kept:
    """rows: by table, all that there are. under_way: by table, those that have not ended."""

    rows: Counter[str]
    under_way: Counter[str]


def play_and_count(scenario: Scenario) -> tuple[Outcome, Kept]:
    """Play it in memory, and count what is there when nothing happens any more."""
    stores: list[MemoryStore] = []

    def make_house(played: Scenario, on_lock: Callable[[str], None]) -> MemoryHouse:
        house = MemoryHouse(played, on_lock)
        stores.append(house.store)
        return house

    outcome = play(scenario, make_house)
    [store] = stores
    rows = Counter({kind.__tablename__: len(store.all(kind)) for kind in KINDS})
    left = Counter(k.__tablename__ for k in KINDS for row in store.all(k).values() if _lives(row))
    return outcome, Kept(rows, left)


def _lives(row: Base) -> bool:
    match row:
        case Call() as call:
            return call.ended_at is None
        case Dispatch() as dispatch:
            return dispatch.state in words.SEEKING
        case Attempt() as attempt:
            return attempt.state in words.LIVE
        case Alarm() as alarm:
            return alarm.acknowledged_at is None
        case Task() as task:
            return task.state is TaskState.PENDING
    return False

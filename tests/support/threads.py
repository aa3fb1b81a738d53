"""Let several threads do the same thing at the same moment."""

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def together(count: int, act: Callable[[int], T]) -> list[T]:
    """Run `act(0)` … `act(count - 1)` at once and give their results in that order.

    The first error of any of them is raised here.
    """
    gate = threading.Barrier(count)
    results: dict[int, T] = {}
    errors: list[BaseException] = []

    def run(number: int) -> None:
        gate.wait()
        try:
            results[number] = act(number)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return [results[n] for n in range(count)]


def all_at_once(*acts: Callable[[], T]) -> list[T]:
    """Run different things at the same moment; see `together`."""
    return together(len(acts), lambda number: acts[number]())

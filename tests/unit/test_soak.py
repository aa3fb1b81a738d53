"""The judge of a soak: what grows is told, what breathes is not."""

from dataclasses import replace

from tests.soak.gauges import Held, Look
from tests.soak.run import Soak, judge

STEADY = Held(processes=2, pss_kb=80_000, threads=70, handles=60)


def looks(last: Held, part: str = "web") -> list[Look]:
    """Thirty looks; what a part holds in the last ten."""
    return [
        Look(at, {part: STEADY if at < 20 else last}, at * 10, at * 10 * 9000, at * 10 * 60_000)
        for at in range(30)
    ]


def test_what_stays_as_it_is_is_no_fault() -> None:
    breathing = replace(STEADY, pss_kb=82_000, threads=72)
    assert list(judge(Soak(looks(breathing), calls=290, told_sent=200))) == []


def test_what_grows_is_told() -> None:
    for gauge, much in (("pss_kb", 95_000), ("threads", 90), ("handles", 90), ("processes", 5)):
        wrong = list(judge(Soak(looks(replace(STEADY, **{gauge: much})))))
        assert len(wrong) == 1
        assert gauge in wrong[0]
    assert list(judge(Soak(looks(replace(STEADY, pss_kb=900_000), part="switch")))) == []


def test_a_database_that_swells_is_told() -> None:
    swollen = [
        replace(look, database_bytes=look.database_bytes * (2 if at >= 25 else 1))
        for at, look in enumerate(looks(STEADY))
    ]
    assert "bytes of the database" in next(judge(Soak(swollen)))


def test_whoever_was_left_alone_is_told() -> None:
    assert list(judge(Soak(looks(STEADY), waiting=1)))
    assert list(judge(Soak(looks(STEADY), alarms=1)))
    assert list(judge(Soak(looks(STEADY), told_sent=291)))

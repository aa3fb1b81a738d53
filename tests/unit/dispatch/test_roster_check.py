"""Check a roster file: everything that is wrong, each with its line, the days to come included."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotline.dispatch.roster_check import check

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "roster.example.toml"

PEOPLE = "".join(
    f'[[responder]]\nhandle = "{handle}"\nkind = "counselor"\nname = "N"\n'
    f'number = "+1555010010{n}"\nlanguages = ["en"]\n'
    for n, handle in enumerate("abc")
)
DAYS = """
[schedule.days]
timezone = "America/Chicago"
[[schedule.days.rotation]]
people = ["a"]
every = "week"
start = 2026-01-05
handoff = "08:00"
between = [{ days = ["mon", "tue", "wed", "thu", "fri"], from = "07:00", to = "16:30" }]
"""
POLICY = '[policy.{}]\nsteps = [{}]\nalarm = ["a"]\n'
DEFAULT = POLICY.format("default", '{ targets = ["a"] }')
STEP = '{{ targets = ["{}"]{} }}'
HOURS = (
    'between = [{ days = ["mon", "tue"], from = "07:00", to = "16:00" }]\n'
    'timezone = "America/Chicago"\n'
)


def found(text: str) -> list[str]:
    """What is wrong, "line: sentence" each."""
    return [f"{line}: {sentence}" for line, sentence in check(PEOPLE + text, NOW).problems]


def steps(*rows: str) -> str:
    return POLICY.format("default", ", ".join(rows))


def test_the_example_of_the_documents_has_no_problem() -> None:
    checked = check(EXAMPLE.read_text(encoding="utf-8"), NOW)
    assert checked.problems == ()
    assert set(checked.policies) == {"default", "life-safety", "north-days"}
    assert [rule.policy for rule in checked.rules] == ["life-safety", "north-days"]


@pytest.mark.parametrize(
    "text",
    [
        DEFAULT,
        DAYS + steps('{ targets = ["schedule:days", "b"] }'),
        DEFAULT + POLICY.format("x", STEP.format("b", "")) + '[[route]]\npolicy = "x"\n',
        # Twice the same people, in order after each other, is meant.
        steps(STEP.format("a", ""), STEP.format("a", "")),
        steps(STEP.format("a", ""), '{ targets = ["a", "b"], unasked = true }'),
        steps(STEP.format("a", ", overlap_s = 5"), '{ targets = ["a", "b"] }'),
        # Empty at night, when no route leads to it.
        DAYS
        + DEFAULT
        + POLICY.format("x", STEP.format("schedule:days", ""))
        + '[[route]]\npolicy = "x"\n'
        + HOURS,
    ],
)
def test_nothing_is_wrong(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[policy", "not valid TOML"),
        ("", "1: There is no policy 'default'"),
        (DEFAULT.replace('alarm = ["a"]', ""), "19: .*alarms nobody"),
        (DEFAULT.replace('alarm = ["a"]', 'alarm = ["schedule:x"]'), "21: .*names a schedule"),
        (DEFAULT + "rounds = 0", "22: .*from 1 to 10: a policy that loops without a cap"),
        (DEFAULT + 'rounds = "forever"', "22: .*loops without a cap"),
        (DEFAULT + "rounds = 11", "22: .*loops without a cap"),
        (DEFAULT + "round = 2", "22: .*did you mean 'rounds'"),
        (DEFAULT + POLICY.format("x", STEP.format("b", "")), "22: .*'x' is never followed"),
        (DEFAULT + '[[route]]\npolicy = "defalt"', "23: .*did you mean 'default'"),
        (DEFAULT + '[[route]]\npolicy = "default"\nurgency = "high"', "24: .*unknown urgency"),
        (DEFAULT + '[[route]]\npolicy = "default"\ncategory = "drug"', "24: .*mean 'drugs'"),
        (DEFAULT + '[[route]]\npolicy = "default"\nlanguage = "xx"', "24: .*unknown language"),
        (DEFAULT + '[[route]]\npolicy = "default"\nschool = "x"', "24: .*unknown school"),
        (DEFAULT + '[[route]]\npolicy = "default"\ndistrict = "x"', "24: .*unknown district"),
        (DEFAULT + 2 * '[[route]]\npolicy = "default"\n', "24: Route 2 is never chosen"),
        (
            DEFAULT
            + '[[route]]\npolicy = "default"\n'
            + '[[route]]\npolicy = "default"\nurgency = "urgent"\n',
            "24: Route 2 is never chosen",
        ),
        (
            DEFAULT
            + "".join(
                f'[[route]]\npolicy = "default"\nurgency = "{u}"\n'
                for u in ("routine", "urgent", "life-safety")
            )
            + '[[route]]\npolicy = "default"\n',
            "31: Route 4 is never chosen",
        ),
        (
            DEFAULT + 2 * f'[[route]]\npolicy = "default"\n{HOURS}',
            "26: Route 2 is never chosen",
        ),
        (
            steps(STEP.format("a", ""), STEP.format("a", ", unasked = true")),
            "20: Step 2 .* is never rung: the steps before it have asked",
        ),
        (
            steps(STEP.format("a", ", overlap_s = 5"), STEP.format("a", "")),
            "20: Step 2 .* is never rung: the phones",
        ),
        (steps('{ targets = ["a", "a"] }'), "20: .*somebody twice"),
        (
            DAYS + steps(STEP.format("schedule:days", "")),
            r"29: Step 1 of policy 'default' rings nobody from Mon 23 Nov 2026 06:00 to "
            r"Mon 23 Nov 2026 07:00 \(America/Chicago\), and \d+ more times in the next 60 days",
        ),
        (
            DAYS.replace('["a"]', '["nobody"]') + steps(STEP.format("schedule:days", "")),
            "29: .*rings nobody from Mon 23 Nov 2026 06:00 on",
        ),
        (
            DAYS + DEFAULT + 'last_resort = { targets = ["schedule:days"] }',
            "31: The last resort of policy 'default' rings nobody",
        ),
        (DAYS + DEFAULT + 'agency = ["schedule:days"]', "31: The agency .* rings nobody"),
        (
            DAYS
            + DEFAULT
            + POLICY.format("x", STEP.format("schedule:days", ""))
            + '[[route]]\npolicy = "x"\n'
            + HOURS.replace('"16:00"', '"17:00"'),
            r"32: .*rings nobody from Mon 23 Nov 2026 16:30 to Mon 23 Nov 2026 17:00",
        ),
    ],
)
def test_what_is_wrong_is_found(text: str, what: str) -> None:
    sentences = found(text)
    assert any(re.search(what, sentence) for sentence in sentences), sentences


def test_everything_that_is_wrong_is_said_at_once() -> None:
    text = (
        DAYS.replace("every", "evry")
        + steps('{ targets = ["x"], ring_s = 1 }', '{ target = ["a"] }')
        + '[[route]]\npolicy = "y"\nbetween = []\n[other]\n'
    )
    wrong = found(text)
    assert [line.split(":")[0] for line in wrong] == [
        *("22", "24"),  # every is missing, and misspelt
        *("29", "29", "29", "29"),  # an unknown person, too short a ring, no targets, a wrong key
        "33",
        "34",
    ], wrong

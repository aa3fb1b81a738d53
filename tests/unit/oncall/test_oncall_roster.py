"""The roster file: what is read, and one sentence for everything that is wrong."""

import re

import pytest

from hotline.oncall.model import ResponderKind
from hotline.oncall.roster import RosterError, parse, read
from hotline.oncall.roster_forms import DistrictEntry, Entry, ResourceEntry, SchoolEntry

ANA = """
[[responder]]
handle = "counselor-1"
kind = "counselor"
name = "Ana Alvarez"
number = "+1 555 010 0222"
languages = ["en", "es"]
"""
POLICY = """
[policy.default]
rounds = 2
steps = [{ targets = ["counselor-1"], ring_s = 25 }]
alarm = ["counselor-1"]
"""


def test_a_roster_is_read() -> None:
    roster = parse(ANA + POLICY)
    assert roster.responders == (
        Entry("counselor-1", ResponderKind.COUNSELOR, "Ana Alvarez", "+15550100222", ("en", "es")),
    )
    assert roster.policies["default"]["rounds"] == 2


def test_an_empty_file_is_an_empty_roster() -> None:
    roster = parse("")
    assert (roster.responders, dict(roster.policies)) == ((), {})


PLACES = """
[[district]]
handle = "north"
name = "North district"
lines = ["+1 555 010 0911"]

[[school]]
handle = "north-high"
name = "North High"
district = "north"
"""
RESOURCE = """
[[resource]]
handle = "crisis-team"
district = "north"
text = { en = "The crisis team", es = "El equipo" }
"""
SCHEDULE = """
[schedule.days]
timezone = "America/Chicago"
[[schedule.days.rotation]]
people = ["counselor-1"]
every = "week"
start = 2026-01-05
handoff = "08:00"
"""


def test_places_schedules_and_pins_are_read() -> None:
    roster = parse(ANA + 'pin = "4711"\n' + PLACES + SCHEDULE)
    assert roster.districts == (DistrictEntry("north", "North district", ("+15550100911",)),)
    assert roster.schools == (SchoolEntry("north-high", "North High", "north"),)
    assert roster.schedules["days"].timezone == "America/Chicago"
    assert roster.responders[0].pin == "4711"


def test_who_else_can_help_is_read_in_order() -> None:
    everywhere = RESOURCE.replace("crisis-team", "a").replace('district = "north"\n', "")
    team, other = parse(PLACES + RESOURCE + everywhere).resources
    words = (("en", "The crisis team"), ("es", "El equipo"))
    assert team == ResourceEntry("crisis-team", 0, "north", words)
    assert other == ResourceEntry("a", 1, None, words)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("[[responder", 1, "not valid TOML"),
        ("a = 1\nb = [", 2, "not valid TOML"),
        ("a = 1\n\na = 2\nb = 3", 3, "not valid TOML"),
        ("a = " + "[" * 9000, 1, "not valid TOML"),
        ("\n[respond]\na = 1", 2, "did you mean 'responder'"),
        ("responder = 'ana'", 1, r"tables: \[\[responder\]\]"),
        ("responder = ['ana']", 1, "Responder number 1 must be a table"),
        ("[[responder]]\nkind = 'counselor'", 1, "lacks 'handle'"),
        (ANA.replace('"counselor-1"', "7"), 3, "handle"),
        (ANA.replace('"counselor-1"', '"schedule:x"'), 3, "short name without spaces"),
        (ANA.replace("name =", "nme ="), 5, "did you mean 'name'"),
        (ANA.replace("name =", "nom ="), 2, "lacks 'name'"),
        (ANA.replace('kind = "counselor"', 'kind = "teacher"'), 4, "law-enforcement"),
        (ANA.replace('"+1 555 010 0222"', '"0222"'), 6, "phone number"),
        (ANA.replace('"+1 555 010 0222"', "15550100222"), 6, "text"),
        (ANA.replace('["en", "es"]', '"en"'), 7, "list of language codes"),
        (ANA.replace('["en", "es"]', "[1]"), 7, "list of language codes"),
        (ANA.replace('["en", "es"]', '["en", "ess"]'), 7, "'ess'; did you mean 'es'"),
        (ANA + 'pin = "12"', 8, "4 to 8 digits"),
        (ANA + "pin = 4711", 8, "4 to 8 digits"),
        (ANA + ANA, 10, "handle 'counselor-1' already"),
        (ANA + ANA.replace("counselor-1", "c2"), 13, "is that of responder 'counselor-1' already"),
        (ANA + PLACES.replace("0911", "0222"), 6, "a line of district 'north' already"),
        (PLACES + PLACES.replace("north", "south"), 15, "a line of district 'north' already"),
        (PLACES.replace('district = "north"', 'district = "nort"'), 10, "did you mean 'north'"),
        (PLACES.replace('["+1 555 010 0911"]', '["911"]'), 5, "hotline's own numbers"),
        (ANA + SCHEDULE.replace('["counselor-1"]', '["x", "counselor-2"]'), 12, "'counselor-2'"),
        (ANA + SCHEDULE.replace("Chicago", "Chicag"), 10, "America/Chicago"),
        (ANA + SCHEDULE.replace("week", "fortnight"), 13, '"day" or "week"'),
        (ANA + SCHEDULE.replace("every", "evry"), 13, "did you mean 'every'"),
        (ANA + POLICY.replace('alarm = ["counselor-1"]', 'alarm = ["chief"]'), 12, "'chief'"),
        (ANA + POLICY.replace('targets = ["counselor-1"]', 'targets = ["c1"]'), 11, "'c1'"),
        (ANA + POLICY.replace('["counselor-1"], r', '["schedule:x"], r'), 11, "schedule 'x'"),
        (ANA + "[policy.p.last_resort]\ntargets = ['p']", 9, "last resort of policy 'p'"),
        (ANA + "[[schedule.d.override]]\nperson = 'x'", 9, "'x'"),
        (ANA + "[[schedule.d.swap]]\nx = 2026-01-05", 9, "'x'"),
        (
            PLACES + RESOURCE.replace("north", "nort"),
            14,
            "Resource 'crisis-team' is of the unknown",
        ),
        (PLACES + RESOURCE + RESOURCE, 18, "handle 'crisis-team' already"),
        (PLACES + RESOURCE.replace("es =", "ess ="), 15, "'ess'; did you mean 'es'"),
        (PLACES + RESOURCE.replace('"El equipo"', '" "'), 15, "what callers hear, by language"),
        (RESOURCE.replace("text", "txt"), 5, "did you mean 'text'"),
        ("policy = 'default'\n" + ANA, 1, r"tables: \[policy.NAME\]"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, what: str) -> None:
    found = [sentence for at, sentence in read(text).located() if at == line]
    assert any(re.search(what, sentence) for sentence in found), read(text).located()
    for sentence in found:
        assert "\n" not in sentence
        assert "0222" not in sentence
    with pytest.raises(RosterError, match=r"^Line \d+: "):
        parse(text)


def test_every_problem_is_found_at_once() -> None:
    wrong = ANA.replace("counselor-1", "a b").replace('"counselor"', '"teacher"') + "pin = 1\n"
    lines = [line for line, _ in read(wrong + wrong).located()]
    assert lines == [3, 4, 8, 11, 12, 16]

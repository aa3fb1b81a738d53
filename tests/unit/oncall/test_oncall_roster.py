"""The roster file: what is read, and one sentence for everything that is wrong."""

import pytest

from hotline.oncall.model import ResponderKind
from hotline.oncall.roster import Entry, RosterError, parse

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


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[[responder", "TOML"),
        ("responder = 'ana'", "tables"),
        ("responder = ['ana']", "tables"),
        ("[[responder]]\nkind = 'counselor'", "handle"),
        (ANA.replace('"counselor-1"', "7"), "handle"),
        (ANA.replace("name =", "nom ="), "lacks 'name'"),
        (ANA.replace('kind = "counselor"', 'kind = "teacher"'), "law-enforcement"),
        (ANA.replace('"+1 555 010 0222"', '"0222"'), "phone number"),
        (ANA.replace('"+1 555 010 0222"', "15550100222"), "text"),
        (ANA.replace('["en", "es"]', '"en"'), "list of language codes"),
        (ANA.replace('["en", "es"]', "[1]"), "list of language codes"),
        (ANA + ANA, "share the handle"),
        (ANA + ANA.replace("counselor-1", "counselor-2"), "share the number"),
        (ANA + POLICY.replace('alarm = ["counselor-1"]', 'alarm = ["chief"]'), "'chief'"),
        (ANA + POLICY.replace('targets = ["counselor-1"]', 'targets = ["x"]'), "'x'"),
        (ANA + POLICY.replace('targets = ["counselor-1"]', 'targets = "x"'), "lists"),
        (ANA + "[policy]\ndefault = 'counselor-1'", "table"),
        ("policy = 'default'\n" + ANA, "tables"),
        (ANA + "[policy.default]\nsteps = ['counselor-1']", "tables"),
        (ANA + "[policy.default]\nlast_resort = 'counselor-1'", "tables"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(text: str, what: str) -> None:
    with pytest.raises(RosterError, match=what) as raised:
        parse(text)
    assert "\n" not in str(raised.value)
    assert "0222" not in str(raised.value)

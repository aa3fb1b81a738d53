"""Who else can help, heard by the callers of the district it is for, in their language."""

import pytest

from hotline.dispatch import roster
from hotline.oncall import roster as roster_file
from tests.unit.ivr.house import ROSTER, House

RESOURCES = """
[[resource]]
handle = "north-team"
district = "north"
text = { en = "The crisis team of North District comes to you.", es = "El equipo viene a usted." }

[[resource]]
handle = "shelter"
text = { es = "El refugio abre toda la noche." }
"""
NORTH = "+15550100920"


@pytest.fixture(autouse=True)
def resources(house: House) -> None:
    """A roster with a resource of the north, and one of everywhere in Spanish alone."""
    with house.runtime.database.transaction() as session:
        entries = roster_file.parse(ROSTER + RESOURCES)
        roster.apply(session, house.runtime.vault, entries)


def test_the_callers_of_a_district_hear_of_its_own_and_of_everybodys(house: House) -> None:
    caller = house.caller(To=NORTH)
    assert "menu_help" in caller.says
    heard = [url for url in caller.press("4").hears if "/resource/" in url]
    assert len(heard) == 2
    assert len([u for u in house.caller().press("4").hears if "/resource/" in u]) == 1


def test_each_is_spoken_in_the_callers_language_or_in_its_first(house: House) -> None:
    first, second = house.caller(To=NORTH).press("4").hears[1:3]
    english = house.client.get(f"{first}?language=en")
    assert english.mimetype == "audio/wav"
    assert house.client.get(f"{first}?language=es").data != english.data
    spanish = house.client.get(f"{second}?language=es")
    assert house.client.get(f"{second}?language=en").data == spanish.data
    assert house.client.get("/voice/resource/nobody.wav").status_code == 404


def test_nothing_is_offered_once_the_roster_names_nobody(house: House) -> None:
    with house.runtime.database.transaction() as session:
        roster.apply(session, house.runtime.vault, roster_file.parse(ROSTER))
    assert "menu_help" not in house.caller(To=NORTH).says

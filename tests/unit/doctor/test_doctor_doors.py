"""Doors that stand open are told where real callers are, and nowhere else."""

from hotline.doctor.doors import console_doors
from hotline.doctor.finding import Level
from tests.unit.doctor.conftest import MakeSettings

REAL = {"twilio_account_sid": "AC" + "1" * 32, "twilio_auth_token": "secret"}


def test_a_trial_is_left_alone(make_settings: MakeSettings) -> None:
    open_doors = {"second_factor": "offered", "roster_two_people": False}
    assert list(console_doors(make_settings(**open_doors))) == []


def test_what_is_right_for_real_callers(make_settings: MakeSettings) -> None:
    found = list(console_doors(make_settings(**REAL, roster_two_people=True)))
    assert [f.level for f in found] == [Level.OK, Level.OK]


def test_a_password_alone_and_a_person_alone_are_told(make_settings: MakeSettings) -> None:
    wide = {"second_factor": "offered", "roster_two_people": False}
    found = list(console_doors(make_settings(**REAL, **wide)))
    assert [f.level for f in found] == [Level.WARN, Level.WARN]
    assert "HOTLINE_SECOND_FACTOR" in found[0].mend
    assert "HOTLINE_ROSTER_TWO_PEOPLE" in found[1].mend

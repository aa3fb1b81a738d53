"""Attacks on the voice webhooks: forged, taken from elsewhere, too large, replayed, guessing."""

from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from hotline.database.base import Base
from hotline.dispatch.store import RING_ASK_S
from hotline.reports import guesses
from hotline.reports.model import Call
from ivr import guard, twiml
from tests.attacks.attack import Attack, each
from tests.unit.ivr.house import House
from tests.unit.ivr.leg import Leg

STRANGER = {"CallSid": "CA" + "e" * 32, "CallStatus": "in-progress", "Direction": "inbound"}
CALLERS = "+12175550177"
SIGNATURE = "X-Twilio-Signature"
GUESSES = 40
BIG = 2 * 1024 * 1024


def count(house: House, table: type[Base]) -> int:
    """How many rows there are."""
    with house.runtime.database.transaction() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def unsigned(house: House) -> bool:
    """A stranger makes a call up."""
    house.client.post("/voice", data=STRANGER)
    return count(house, Call) > 0


def signed_for_elsewhere(house: House) -> bool:
    """A signature that was seen on one request is put on another."""
    caller = house.caller()
    answer = house.client.post(
        "/voice/status",
        data={"CallSid": caller.call_id, "CallStatus": "completed"},
        headers={SIGNATURE: caller.signatures[-1]},
    )
    return answer.status_code != 403


def flood_of_bytes(house: House) -> bool:
    """A body that would fill the memory of the web process is read to its end."""
    answer = house.client.post("/voice", data={**STRANGER, "Rubbish": "x" * BIG})
    return answer.status_code != 413


def guess_codes(house: House) -> bool:
    """Numbers and PINs are tried one after the other, each by a call of its own."""
    for number in range(GUESSES):
        caller = house.caller().press("3", f"{100_000 + number}", "000000")
        if caller.says[0] == "return_locked":
            return False
    return True


def learn_the_number(house: House) -> bool:
    """A counselor reads the display of the telephone that rings for a caller."""
    caller = house.caller(From=CALLERS)
    caller.press("0")  # dialed on: a Dial without an own number shows the caller's
    return "callerId" not in caller.one("Dial").attrib


def let_in(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(guard, "signed", lambda runtime: True)


def no_limit(patch: pytest.MonkeyPatch) -> None:
    from hotline import app

    patch.setattr(app, "MAX_BODY_BYTES", None)
    let_in(patch)


def no_cap(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(guesses, "_is_locked", lambda *given: False)


def no_caller_id(patch: pytest.MonkeyPatch) -> None:
    real = twiml.Dial

    def dial(*args: object, caller_id: str, **options: object) -> object:
        return real(*args, **options)

    patch.setattr(twiml, "Dial", dial)


ATTACKS = [
    Attack("unsigned", unsigned, let_in),
    Attack("signed_for_elsewhere", signed_for_elsewhere, let_in),
    Attack("flood_of_bytes", flood_of_bytes, no_limit),
    Attack("guess_codes", guess_codes, no_cap),
    Attack("learn_the_number", learn_the_number, no_caller_id),
]


@each(ATTACKS)
def test_it_fails(house: House, attack: Attack[House]) -> None:
    assert not attack.does(house)


@each(ATTACKS)
def test_it_succeeds_without_the_mitigation(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, attack: Attack[House]
) -> None:
    attack.without(monkeypatch)
    assert attack.does(request.getfixturevalue("house"))


seen_at = Call.__table__.c.seen_at


def state_of(house: House) -> dict[str, list[str]]:
    """Every row of every table, but for the hearts of our own processes, and without the moment a
    call was last heard of, which every webhook may move."""
    with house.runtime.database.transaction() as session:
        return {
            table.name: sorted(
                str(row)
                for row in session.execute(
                    select(*(column for column in table.columns if column is not seen_at))
                )
            )
            for table in Base.metadata.sorted_tables
            if table.name != "heartbeat"
        }


@pytest.mark.parametrize("times", [1, 10])
def test_replays_of_everything_a_carrier_sends_change_nothing(house: House, times: int) -> None:
    """Each signed request of a whole call is sent again, later and in another order."""
    sent: list[tuple[str, dict[str, str], str]] = []
    real = Leg.post

    def post(leg: Leg, url: str, **form: str) -> object:
        answer = real(leg, url, **form)
        where = urlsplit(leg.last[0])
        path = f"{where.path}?{where.query}" if where.query else where.path
        data = {"CallSid": leg.call_id, "CallStatus": "in-progress", **form}
        sent.append((path, data, leg.signatures[-1]))
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Leg, "post", post)
        caller, owner = house.talking()
        house.hangs_up(caller)
        house.hangs_up(owner)
    house.later(RING_ASK_S + 1)  # whether they still ring has been asked by then
    before = state_of(house)
    assert (len(before["report"]), len(before["attempt"])) == (1, 1)
    for path, data, signature in list(reversed(sent)) * times:
        answer = house.client.post(path, data=data, headers={SIGNATURE: signature})
        assert answer.status_code in (200, 204), path
    house.later(5)
    assert state_of(house) == before

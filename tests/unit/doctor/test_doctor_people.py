"""Made-up people must not be on call when there is a carrier."""

from hotline.database.engine import Database
from hotline.doctor.finding import Level
from hotline.doctor.people import made_up_people
from hotline.oncall import responders
from hotline.oncall.model import ResponderKind
from hotline.privacy import keys
from hotline.privacy.cipher import Vault
from tests.unit.doctor.conftest import CARRIER, MakeSettings
from tests.unit.doctor.test_doctor_machine import one


def test_they_are_named_by_handle_alone(make_settings: MakeSettings, database_url: str) -> None:
    carrier = make_settings(database_url=database_url, **CARRIER)
    trial = make_settings(database_url=database_url)
    assert list(made_up_people(carrier)) == []  # no key ring yet, and asking makes none
    assert not carrier.key_file.exists()
    vault, database = Vault(keys.load_or_create(carrier.key_file)), Database(database_url)
    with database.transaction() as session:
        for handle, number in (("rosa", "+15550100101"), ("tom", "+12175550143")):
            responders.put(
                session,
                vault,
                handle=handle,
                kind=ResponderKind.COUNSELOR,
                name="Somebody",
                number=number,
                languages=["en"],
            )
    assert list(made_up_people(trial)) == []  # our own switch rings no telephone
    found = one(made_up_people(carrier))
    assert (found.level, found.values) == (Level.BAD, {"handles": "rosa"})
    with database.transaction() as session:
        responders.put(
            session,
            vault,
            handle="rosa",
            kind=ResponderKind.COUNSELOR,
            name="Somebody",
            number="+12175550144",
            languages=["en"],
        )
    database.close()
    assert list(made_up_people(carrier)) == []

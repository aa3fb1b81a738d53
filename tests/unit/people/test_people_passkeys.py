"""Passkeys against a software authenticator that can lie: origin, host, person, count, question."""

import json
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotline.database.engine import Database
from hotline.people import accounts, passkeys, passwords, sessions
from hotline.people.model import Account, ConsoleSession, Passkey, Role
from hotline.people.passkeys import PasskeyRefused, Site, site_of
from tests.support.console import PASSWORD
from tests.support.soft_passkey import SoftPasskey

HERE = Site("line.example.org", "https://line.example.org")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


class Desk:
    """An account with a session, and what is asked and answered in it."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.database, self.now = database, now
        with database.transaction() as session:
            made = passwords.hash_password(PASSWORD)
            self.account = accounts.add_account(session, "ana", "Ana", Role.SUPERVISOR, made, now)
            token = sessions.start(session, self.account.id, now)
            row = sessions.by_token(session, token)
            assert row is not None
            self.here = row.id

    def register(self, device: SoftPasskey, name: str = "Laptop") -> None:
        with self.database.transaction() as session:
            asked = passkeys.registration(session, self.here, self.account, HERE)
        self.keep(device.made(asked), name)

    def keep(self, answer: str, name: str = "Laptop") -> None:
        with self.database.transaction() as session:
            me = self.account.id
            passkeys.register(session, self.here, me, HERE, answer, name, self.now)

    def ask(self) -> str:
        with self.database.transaction() as session:
            return passkeys.question(session, self.here, self.account.id, HERE)

    def accept(self, answer: str, account: Account | None = None) -> None:
        with self.database.transaction() as session:
            me = (account or self.account).id
            passkeys.accept(session, self.here, me, HERE, answer, self.now)


@pytest.fixture
def desk(database: Database, now: datetime) -> Desk:
    return Desk(database, now)


@pytest.fixture
def device() -> SoftPasskey:
    return SoftPasskey(HERE.origin, HERE.id)


def test_a_passkey_that_was_kept_lets_in(desk: Desk, device: SoftPasskey) -> None:
    desk.register(device, "  My   laptop " + "x" * 60)
    desk.accept(device.signed(desk.ask()))
    with desk.database.transaction() as session:
        row = session.query(Passkey).one()
        assert row.name.startswith("My laptop")
        assert len(row.name) == passkeys.LONGEST_NAME
        assert (row.sign_count, row.used_at) == (1, desk.now)


def test_an_answer_is_good_once(desk: Desk, device: SoftPasskey) -> None:
    desk.register(device)
    answer = device.signed(desk.ask())
    desk.accept(answer)
    with pytest.raises(PasskeyRefused):
        desk.accept(answer)
    desk.ask()
    with pytest.raises(PasskeyRefused):
        desk.accept(answer)


def test_nothing_is_answered_that_was_not_asked(desk: Desk, device: SoftPasskey) -> None:
    desk.register(device)
    asked = desk.ask()
    with desk.database.transaction() as session:
        session.get_one(ConsoleSession, desk.here).challenge = None
    with pytest.raises(PasskeyRefused):
        desk.accept(device.signed(asked))


@pytest.mark.parametrize(
    ("origin", "rp_id"),
    [
        ("https://evil.example", "evil.example"),
        ("https://evil.example", HERE.id),
        (HERE.origin, "evil.example"),
        ("http://line.example.org", HERE.id),
        ("https://line.example.org:8443", HERE.id),
        ("https://other.line.example.org", HERE.id),
    ],
)
def test_a_page_elsewhere_proves_nothing(
    desk: Desk, device: SoftPasskey, origin: str, rp_id: str
) -> None:
    desk.register(device)
    device.origin, device.rp_id = origin, rp_id
    with pytest.raises(PasskeyRefused):
        desk.accept(device.signed(desk.ask()))
    with pytest.raises(PasskeyRefused):
        desk.register(SoftPasskey(origin, rp_id))


def test_a_device_that_does_not_know_the_person_proves_nothing(desk: Desk) -> None:
    device = SoftPasskey(HERE.origin, HERE.id, verified=False)
    with pytest.raises(PasskeyRefused):
        desk.register(device)
    device.verified = True
    desk.register(device)
    device.verified = False
    with pytest.raises(PasskeyRefused):
        desk.accept(device.signed(desk.ask()))


def test_a_copy_shows_by_its_count(desk: Desk, device: SoftPasskey) -> None:
    desk.register(device)
    device.count = 7
    desk.accept(device.signed(desk.ask()))
    device.count = 3
    with pytest.raises(PasskeyRefused):
        desk.accept(device.signed(desk.ask()))


def test_another_key_and_another_persons_prove_nothing(desk: Desk, device: SoftPasskey) -> None:
    desk.register(device)
    forged = SoftPasskey(HERE.origin, HERE.id, id=device.id)
    with pytest.raises(PasskeyRefused):
        desk.accept(forged.signed(desk.ask()))
    with desk.database.transaction() as session:
        sol = accounts.add_account(session, "sol", "Sol", Role.SUPERVISOR, "!", desk.now)
    with pytest.raises(PasskeyRefused):
        desk.accept(device.signed(desk.ask()), sol)


def test_a_passkey_is_kept_once_and_not_without_end(desk: Desk, device: SoftPasskey) -> None:
    desk.register(device)
    with pytest.raises(PasskeyRefused):
        desk.register(device)
    for _ in range(passkeys.MOST - 1):
        desk.register(SoftPasskey(HERE.origin, HERE.id))
    with pytest.raises(PasskeyRefused):
        desk.register(SoftPasskey(HERE.origin, HERE.id))


def test_what_is_asked_names_site_person_and_what_is_known(desk: Desk, device: SoftPasskey) -> None:
    desk.register(device)
    with desk.database.transaction() as session:
        made = json.loads(passkeys.registration(session, desk.here, desk.account, HERE))
    assert made["rp"]["id"] == HERE.id
    assert made["user"]["name"] == "ana"
    assert made["authenticatorSelection"]["userVerification"] == "required"
    assert len(made["excludeCredentials"]) == 1
    asked = json.loads(desk.ask())
    assert (asked["rpId"], asked["userVerification"]) == (HERE.id, "required")
    assert asked["challenge"] != made["challenge"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(JSON, st.sampled_from(["id", "rawId", "type", "response"]), st.booleans())
def test_whatever_is_answered_is_refused(
    desk: Desk, device: SoftPasskey, value: object, where: str, inside: bool
) -> None:
    asked = desk.ask()
    with desk.database.transaction() as session:
        if not passkeys.of(session, desk.account.id):
            passkeys.registration(session, desk.here, desk.account, HERE)
    answer = json.loads(device.signed(asked))
    if inside and where == "response":
        answer["response"] = dict.fromkeys(answer["response"], value)
    else:
        answer[where] = value
    for sent in (json.dumps(answer), json.dumps(value)):
        with pytest.raises(PasskeyRefused):
            desk.accept(sent)
        with desk.database.transaction() as session:
            passkeys.registration(session, desk.here, desk.account, HERE)
        with pytest.raises(PasskeyRefused):
            desk.keep(sent)


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://line.example.org", Site("line.example.org", "https://line.example.org")),
        (
            "https://line.example.org:8443",
            Site("line.example.org", "https://line.example.org:8443"),
        ),
        ("http://localhost:8080", Site("localhost", "http://localhost:8080")),
        ("http://line.example.org", None),
        ("http://127.0.0.1:8080", None),
        ("https://192.0.2.7", None),
        ("https://[::1]", None),
    ],
)
def test_the_site_is_the_configured_one(url: str, site: Site | None) -> None:
    assert site_of(url) == site

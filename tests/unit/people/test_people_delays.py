"""The back-off: grows, is capped, is forgotten, and counts before it checks."""

from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.database.engine import Database
from hotline.people import delays
from hotline.people.delays import (
    EVERYBODY,
    delay_s,
    forgive,
    name_key,
    network_of,
    pair_key,
    reserve,
    source_key,
)
from hotline.people.model import SignInDelay

ANA = name_key("ana")


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_the_delay_grows_and_is_capped(failures: int) -> None:
    assert delay_s(failures, ANA) <= delay_s(failures + 1, ANA) <= ANA.cap_s
    assert (delay_s(failures, ANA) == 0) == (failures <= ANA.free)


@settings(deadline=None)
@given(st.text())
def test_every_name_has_one_of_few_keys(name: str) -> None:
    bucket = int(name_key(name).text.removeprefix("name/"))
    assert 0 <= bucket < delays.BUCKETS
    assert name_key(name) == name_key(name)


@given(st.ip_addresses(v=4) | st.ip_addresses(v=6))
def test_an_address_is_counted_by_its_network(address: IPv4Address | IPv6Address) -> None:
    network = network_of(str(address))
    if not network:
        assert address.is_loopback or getattr(address, "ipv4_mapped", None) is not None
        return
    found = ip_network(network)
    assert found.prefixlen in (32, delays.IPV6_PREFIX)
    assert getattr(address, "ipv4_mapped", None) or address in found
    assert network_of(str(found.network_address)) in ("", network)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7/32"),
        ("::ffff:192.0.2.7", "192.0.2.7/32"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("127.0.0.1", ""),
        ("::1", ""),
        ("", ""),
        ("unix:", ""),
        ("evil\n", ""),
    ],
)
def test_where_tries_come_from(address: str, network: str) -> None:
    assert network_of(address) == network


@given(st.text(), st.ip_addresses(v=4))
def test_no_key_tells_an_address_or_a_name(name: str, address: IPv4Address) -> None:
    network = network_of(str(address)) or "192.0.2.7/32"
    bucket = int(source_key(network).text.removeprefix("source/"))
    pair = int(pair_key(name, network).text.removeprefix("pair/"))
    assert 0 <= bucket < delays.BUCKETS
    assert 0 <= pair < delays.PAIR_BUCKETS


def test_a_school_behind_one_address_is_hardly_slowed_down() -> None:
    school = source_key("192.0.2.7/32")
    assert delay_s(30, school) == 0
    assert delay_s(10_000, school) == school.cap_s <= 10


def test_whoever_comes_from_elsewhere_does_not_wait_for_others(
    database: Database, now: datetime
) -> None:
    here, there = source_key("192.0.2.7/32"), source_key("198.51.100.9/32")
    with database.transaction() as session:
        for _ in range(ANA.free + 1):
            assert reserve(session, [ANA, here], now, unless=here) == 0
        assert reserve(session, [ANA, here], now, unless=here) > 0
        assert reserve(session, [ANA, there], now, unless=there) == 0
        assert reserve(session, [ANA, there], now, unless=there) > 0  # that was a failure here too


def test_everybody_together_is_slowed_down_but_hardly() -> None:
    assert delay_s(EVERYBODY.free, EVERYBODY) == 0
    assert delay_s(10_000, EVERYBODY) == EVERYBODY.cap_s <= 5


def test_tries_are_counted_in_advance(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        for _ in range(ANA.free + 1):
            assert reserve(session, [ANA], now) == 0
        assert reserve(session, [ANA], now) == 1.0
        assert reserve(session, [ANA], now + timedelta(seconds=1)) == 0


def test_success_forgets_the_name_and_uncounts_for_everybody(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        for _ in range(3):
            reserve(session, [EVERYBODY, ANA], now)
        forgive(session, [EVERYBODY, ANA], now)
        left = {row.key: row.failures for row in session.query(SignInDelay)}
    assert left == {EVERYBODY.text: 2}


def test_failures_are_forgotten_in_time(database: Database, now: datetime) -> None:
    later = now + timedelta(seconds=delays.FORGET_S + 1)
    with database.transaction() as session:
        for _ in range(3):
            reserve(session, [ANA], now)
        reserve(session, [ANA], later)
        assert session.get_one(SignInDelay, ANA.text).failures == 1

"""Who is asked a question first, and what is remembered of whom."""

from datetime import UTC, datetime, timedelta

from door.crowd import ALL_LIMIT, NETWORK_LIMIT, Crowd

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HERE, THERE = "198.51.100.7", "203.0.113.9"


def test_one_network_is_asked_after_its_tenth_report_of_the_hour() -> None:
    crowd = Crowd()
    for _ in range(NETWORK_LIMIT):
        assert not crowd.is_dense(HERE, NOW)
        crowd.count(HERE, NOW)
    assert crowd.is_dense(HERE, NOW)
    assert not crowd.is_dense(THERE, NOW)
    assert not crowd.is_dense(HERE, NOW + timedelta(hours=1))


def test_a_whole_network_of_ipv6_is_one() -> None:
    crowd = Crowd()
    for n in range(NETWORK_LIMIT):
        crowd.count(f"2001:db8:7:{n:x}::1", NOW)
    assert crowd.is_dense("2001:db8:7:ff::2", NOW)
    assert not crowd.is_dense("2001:db8:8::2", NOW)


def test_everybody_is_asked_when_very_many_come() -> None:
    crowd = Crowd()
    for n in range(ALL_LIMIT):
        crowd.count(f"198.51.{n}.1", NOW)
    assert crowd.is_dense(THERE, NOW)
    assert not crowd.is_dense(THERE, NOW + timedelta(minutes=10))


def test_where_nobody_can_be_told_apart_only_all_together_count() -> None:
    crowd = Crowd()
    for _ in range(ALL_LIMIT - 1):
        crowd.count("127.0.0.1", NOW)
    assert not crowd.is_dense("127.0.0.1", NOW)
    crowd.count("", NOW)
    assert crowd.is_dense("127.0.0.1", NOW)


def test_neither_address_nor_yesterdays_pseudonym_is_remembered() -> None:
    crowd = Crowd()
    crowd.count(HERE, NOW)
    before = set(crowd._by_network)
    assert len(before) == 1
    assert HERE.encode() not in b"".join(before)
    crowd.count(HERE, NOW + timedelta(days=1))
    assert len(crowd._by_network) == 1
    assert before.isdisjoint(crowd._by_network)

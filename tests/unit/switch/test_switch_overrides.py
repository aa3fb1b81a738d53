"""Connection overrides in a URL's fragment."""

import pytest

from switch.overrides import Overrides, split


def test_without_fragment_the_defaults_are_twilios() -> None:
    url, overrides = split("http://h/p?q=1")
    assert url == "http://h/p?q=1"
    assert overrides == Overrides(5.0, 15.0, 15.0, 1, frozenset({"ct"}))


def test_all_words_are_read_and_the_fragment_goes() -> None:
    url, overrides = split("http://h/p#ct=200&rt=300&tt=400&rc=3&rp=5xx,rt")
    assert url == "http://h/p"
    assert overrides == Overrides(0.2, 0.3, 0.4, 3, frozenset({"5xx", "rt"}))
    assert overrides.retries_for("5xx")
    assert not overrides.retries_for("ct")


@pytest.mark.parametrize("fragment", ["top", "rc=-1", "rc=x", "rc"])
def test_what_is_not_understood_changes_nothing(fragment: str) -> None:
    assert split("http://h/#" + fragment)[1].retries == 1


def test_values_out_of_range_are_moved_into_it() -> None:
    overrides = split("http://h/#rc=9&ct=1&rp=all")[1]
    assert overrides.retries == 5
    assert overrides.connect_s == 0.1
    assert overrides.retries_for("4xx")

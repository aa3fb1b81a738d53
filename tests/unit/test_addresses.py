"""Addresses that settings give: what is one, and what is not."""

import pytest

from hotline import addresses


@pytest.mark.parametrize(
    "value",
    [
        "https://alarm.example.org/hook?key=1",
        "http://127.0.0.1:8080/alarm",
        "http://[::1]:9/x",
        "https://user:word@host/",
    ],
)
def test_addresses_of_the_web(value: str) -> None:
    assert addresses.web(value) == value


@pytest.mark.parametrize(
    "value",
    [
        "",
        "alarm.example.org",
        "ftp://h/x",
        "https://",
        "https:///x",
        "https://h:port/",
        "https://h x/",
        *("https://h/\n", "javascript:alert(1)", "https://[::1/", "https://h:99999/"),
    ],
)
def test_what_is_no_address_of_the_web(value: str) -> None:
    with pytest.raises(ValueError, match=r"^must "):
        addresses.web(value)


@pytest.mark.parametrize(
    "value", ["a@example.org", "first.last+alarm@mail.example.org", "root@localhost", "o'b@x-y.org"]
)
def test_addresses_of_mail(value: str) -> None:
    assert addresses.mail(value) == value


@pytest.mark.parametrize(
    "value",
    [
        *("", "a", "@b", "a@", "a@b@c", "a b@c.org", "a@-b.org", ".a@b.org", "a..b@c.org"),
        *("a@b..org", "Name <a@b.org>", "a@b.org\nBcc: c@d.org", "ä@b.org", "a@bücher.org"),
        "a" * 250 + "@b.org",
    ],
)
def test_what_is_no_address_of_mail(value: str) -> None:
    with pytest.raises(ValueError, match=r"^must be an e-mail address"):
        addresses.mail(value)

"""Signatures: published vectors, and what of a URL is signed."""

from switch.signature import sign, signed_url

PARAMS = {
    "CallSid": "CA1234567890ABCDE",
    "Digits": "1234",
    "To": "+18005551212",
}


def test_published_vectors() -> None:
    other = PARAMS | {"Caller": "+14158675310", "From": "+14158675310"}
    url = "https://example.com/myapp.php?foo=1&bar=2"
    assert sign("12345", url, other.items()) == "L/OH5YylLD5NRKLltdqwSvS0BnU="
    mine = PARAMS | {"Caller": "+14158675309", "From": "+14158675309"}
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert sign("12345", url, mine.items()) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_what_of_a_url_is_signed() -> None:
    assert signed_url("http://me:secret@h:8080/p?q=%C3%A9#rc=2") == "http://h:8080/p?q=%C3%A9"
    assert signed_url("https://h:8443/p") == "https://h/p"


def test_doubled_values_count_once() -> None:
    assert sign("t", "http://h/", [("A", "1"), ("A", "1")]) == sign("t", "http://h/", [("A", "1")])

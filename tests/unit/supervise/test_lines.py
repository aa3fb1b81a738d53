"""Log lines of children as a person reads them."""

from hypothesis import given
from hypothesis import strategies as st

from hotline.supervise.lines import readable, worth_showing


def test_json_becomes_a_sentence() -> None:
    line = '{"at":"2026-01-02T03:04:05Z","process":"web","pid":7,"event":"late","level":"info"}'
    assert readable("web", line) == "03:04:05 web         info     late"
    more = '{"at":"2026-01-02T03:04:05Z","event":"late","level":"info","task":"t"}'
    assert readable("web", more).endswith("late  task=t")


@given(st.text())
def test_anything_else_is_passed_on(line: str) -> None:
    assert "web" in readable("web", line)


def test_chatter_is_left_out() -> None:
    assert not worth_showing("redis", "1:M * Ready to accept connections")
    assert worth_showing("redis", "1:M # Fatal error, can't open the socket")
    assert not worth_showing("switch", '{"url": "http://127.0.0.1:1"}')
    assert worth_showing("web", "anything")

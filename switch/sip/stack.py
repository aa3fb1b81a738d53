"""sippy, as it is needed here: what has to be mended in 2.5, and nothing of a message in any log.

Imported by the process of sound alone; the interpreter does without the package.
"""

import sys
from typing import Any

from sippy.Core import Exceptions

failures: dict[str, int] = {}
"""How often sippy stumbled, by the kind of error: all that is kept of it."""


def _count(message: str, f: Any = None, extra: Any = None) -> None:
    """In place of sippy's own, which prints the whole SIP message: numbers of callers are in it."""
    kind = sys.exc_info()[0]
    name = "unknown" if kind is None else kind.__name__
    failures[name] = failures.get(name, 0) + 1


# Modules import it by name: it is replaced before any of them is there.
Exceptions.dump_exception = _count

from sippy import CCEvents, SipRegistrationAgent, Udp_server  # noqa: E402
from sippy.Core.EventDispatcher import ED2  # noqa: E402
from sippy.MsgBody import MsgBody  # noqa: E402
from sippy.SipAddress import SipAddress  # noqa: E402
from sippy.SipContact import SipContact  # noqa: E402
from sippy.SipTransactionManager import SipTransactionManager  # noqa: E402
from sippy.SipURL import SipURL  # noqa: E402
from sippy.Time.Timeout import Timeout  # noqa: E402
from sippy.UA import UA  # noqa: E402

__all__ = [
    "ED2",
    "UA",
    "CCEvents",
    "MsgBody",
    "SipAddress",
    "SipContact",
    "SipRegistrationAgent",
    "SipTransactionManager",
    "SipURL",
    "Timeout",
]

EARLY = 0.75
"""A registration is renewed after this share of its time; sippy would at the very end of it."""

SOONEST_S = 15.0
"""Seconds before which none is renewed, whatever a registrar answers (0 would never rest)."""


class Silent:
    """A logger that keeps nothing."""

    def write(self, *words: Any, **named: Any) -> None:
        """Nothing."""

    def reopen(self, *words: Any, **named: Any) -> None:
        """Nothing."""


def renewal_s(seconds: float) -> float:
    """When to renew what holds for that many seconds."""
    return max(SOONEST_S, seconds * EARLY)


def _mend() -> None:
    # Three sender threads put packets in another order: a 200 before its 100.
    Udp_server.Udp_server_opts.nworkers = 1
    # Named in the receiver's message about an error and never set: the thread would end of it.
    Udp_server.AsyncReceiver.my_pid = 0
    # `;transport=UDP` in a Contact is as good as `udp`: the BYE was never sent.
    address = SipURL.getTAddr

    def in_small_letters(url: Any) -> Any:
        place, transport = address(url)
        return place, transport.lower() if isinstance(transport, str) else transport

    SipURL.getTAddr = in_small_letters
    SipRegistrationAgent.Timeout = lambda work, seconds: Timeout(work, renewal_s(seconds))


_mend()

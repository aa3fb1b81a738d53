"""A carrier made of functions: does what the port promises, keeps a journal, obeys a script.

What happens to a placed call is decided by the function `on_place`; it may also fail the request,
before or after the phone rings. The journal is the ground truth of who rang when.
"""

import itertools
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from hotline.carrier.capabilities import Capabilities
from hotline.carrier.port import LegState, Media, NotThere, Recording, Refused

LIVE = (LegState.QUEUED, LegState.RINGING, LegState.ANSWERED)


@dataclass
class FakeCall:
    """A call the carrier knows. `states` is its journal: each state with the moment it began."""

    id: str
    to: str
    url: str
    status_url: str
    ring_s: float
    placed_at: datetime
    state: LegState = LegState.QUEUED
    states: list[tuple[datetime, LegState]] = field(default_factory=list)
    redirects: list[str] = field(default_factory=list)

    @property
    def live(self) -> bool:
        """Whether a phone rings or somebody talks."""
        return self.state in LIVE

    @property
    def ended_at(self) -> datetime | None:
        """When it was over; None while it is live."""
        return None if self.live else self.states[-1][0]


@dataclass
class FakeText:
    """A text the carrier keeps. came: to us; the others we have sent."""

    id: str
    line: str
    other: str
    body: str
    came: bool


class MemoryCarrier:
    """Implements `hotline.carrier.port.Carrier`. Safe for several threads.

    `on_place(call)` runs after the call exists: it may set its state, schedule its fate, or raise
    a CarrierError (the call then exists all the same). `before(method)` runs before every request
    and may raise: the request was then not done. `listed(call)` says whether `find_call` sees it.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.can = Capabilities()
        self.calls: dict[str, FakeCall] = {}
        self.recordings_of: dict[str, list[Recording]] = {}
        self.media: dict[str, Media] = {}
        self.callers: dict[str, str | None] = {}
        self.deleted_calls: list[str] = []
        self.deleted: list[str] = []
        self.texts: dict[str, FakeText] = {}
        self.requests: list[str] = []
        self.on_place: Callable[[FakeCall], None] = ring
        self.on_change: Callable[[FakeCall], None] = nothing
        self.on_redirect: Callable[[FakeCall], None] = nothing
        self.before: Callable[[str], None] = nothing
        self.listed: Callable[[FakeCall], bool] = always
        self._ids = itertools.count(1)
        self._lock = threading.RLock()

    @property
    def capabilities(self) -> Capabilities:
        """`can`: everything the port knows but streams and browsers, unless somebody sets it."""
        return self.can

    # --- the port -------------------------------------------------------------------------------

    def place_call(self, *, to: str, url: str, status_url: str, ring_s: float) -> str:
        """Make the call, then let `on_place` decide what becomes of it."""
        self._request("place_call")
        with self._lock:
            call = self.add_call(to=to, url=url, status_url=status_url, ring_s=ring_s)
        self.on_place(call)
        return call.id

    def find_call(self, *, to: str, since: datetime, known: Sequence[str]) -> str | None:
        """The first call to that number since then whose id is not known."""
        self._request("find_call")
        calls = [c for c in self.calls.values() if self.listed(c)]
        found = [c for c in calls if c.to == to and c.placed_at >= since]
        return next((c.id for c in found if c.id not in known), None)

    def call_state(self, call_id: str) -> LegState:
        """What the journal says last. Raises NotThere."""
        self._request("call_state")
        return self._call(call_id).state

    def caller_number(self, call_id: str) -> str | None:
        """The number a test has given the call. Raises NotThere for any other."""
        self._request("caller_number")
        if call_id not in self.callers:
            raise NotThere("not_live")
        return self.callers[call_id]

    def redirect_call(self, call_id: str, url: str) -> None:
        """Note where the call was sent. Raises NotThere, or Refused for one that is over."""
        self._request("redirect_call")
        call = self._call(call_id)
        if not call.live:
            raise Refused("21220")
        call.redirects.append(url)
        self.on_redirect(call)

    def end_call(self, call_id: str) -> None:
        """End a call; one that is over stays as it is. Raises NotThere."""
        self._request("end_call")
        call = self._call(call_id)
        if call.live:
            answered = call.state is LegState.ANSWERED
            self.set_state(call, LegState.COMPLETED if answered else LegState.CANCELLED)

    def recordings(self, call_id: str) -> list[Recording]:
        """The recordings a test has given the call. Raises NotThere for an unknown call."""
        self._request("recordings")
        self._call(call_id)
        return list(self.recordings_of.get(call_id, ()))

    def fetch_recording(self, recording_id: str) -> Media:
        """The media a test has put there. Raises NotThere."""
        self._request("fetch_recording")
        if recording_id not in self.media:
            raise NotThere("http_404")
        return self.media[recording_id]

    def delete_recording(self, recording_id: str) -> None:
        """Delete the media; note the id."""
        self._request("delete_recording")
        self.media.pop(recording_id, None)
        self.deleted.append(recording_id)

    def delete_call(self, call_id: str) -> None:
        """Forget that there was a call; note the id."""
        self._request("delete_call")
        self.deleted_calls.append(call_id)

    def send_text(self, *, line: str, to: str, body: str) -> str:
        """Keep the text, as a carrier does."""
        self._request("send_text")
        return self.add_text(line=line, other=to, body=body, came=False).id

    def empty_text(self, text_id: str) -> None:
        """Drop what it says."""
        self._request("empty_text")
        if text_id in self.texts:
            self.texts[text_id].body = ""

    def delete_text(self, text_id: str) -> None:
        """Drop it."""
        self._request("delete_text")
        self.texts.pop(text_id, None)

    def forget_text(self, text_id: str) -> None:
        """Drop it, and all that was sent to whoever wrote it."""
        self._request("forget_text")
        text = self.texts.pop(text_id, None)
        for sent in [t for t in self.texts.values() if not t.came]:
            if text is not None and (sent.line, sent.other) == (text.line, text.other):
                del self.texts[sent.id]

    # --- for tests ------------------------------------------------------------------------------

    def add_call(
        self, *, to: str = "", url: str = "", status_url: str = "", ring_s: float = 0.0
    ) -> FakeCall:
        """A call that did not come through the port: a caller's leg, for example."""
        call = FakeCall(f"CA{next(self._ids):032x}", to, url, status_url, ring_s, self.clock())
        call.states.append((call.placed_at, call.state))
        self.calls[call.id] = call
        return call

    def add_text(self, *, line: str, other: str, body: str, came: bool) -> FakeText:
        """A text that the carrier keeps."""
        text = FakeText(f"SM{next(self._ids):032x}", line, other, body, came)
        self.texts[text.id] = text
        return text

    def set_state(self, call: FakeCall, state: LegState) -> None:
        """Let a call go on to a state now; one that is over stays over."""
        with self._lock:
            if not call.live or call.state is state:
                return
            call.state = state
            call.states.append((self.clock(), state))
        self.on_change(call)

    def live_calls(self) -> list[FakeCall]:
        """Calls that ring or talk now, oldest first."""
        return [c for c in self.calls.values() if c.live]

    def rung(self) -> list[str]:
        """The numbers rung so far, in order."""
        return [c.to for c in self.calls.values() if c.to]

    def _request(self, method: str) -> None:
        self.requests.append(method)
        self.before(method)

    def _call(self, call_id: str) -> FakeCall:
        if call_id not in self.calls:
            raise NotThere("20404")
        return self.calls[call_id]


def ring(call: FakeCall) -> None:
    """The plainest fate: the phone rings, and goes on ringing until somebody ends it."""
    call.state = LegState.RINGING
    call.states.append((call.placed_at, LegState.RINGING))


def always(_: object) -> bool:
    """Yes."""
    return True


def nothing(_: object) -> None:
    """Do nothing."""

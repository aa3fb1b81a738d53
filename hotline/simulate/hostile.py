"""The carrier as the engine sees it: it refuses, times out, lags behind, and dies in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from hotline.carrier.capabilities import Capabilities
from hotline.carrier.port import (
    Busy,
    CarrierError,
    LegState,
    Media,
    Recording,
    Refused,
    Uncertain,
)
from hotline.simulate.carrier import FakeCall, MemoryCarrier
from hotline.simulate.scenario import Fault

if TYPE_CHECKING:
    from hotline.simulate.world import World

Answer = TypeVar("Answer")

# Looks for a call after a request of which nobody knows what became of it (hotline.dispatch
# .effects): three of them, a second apart, and then it is rung once more.
LOOKING_S = 6.0


class HostileCarrier:
    """Implements `hotline.carrier.port.Carrier` over `inner`, as the scenario's faults say."""

    def __init__(self, world: World, inner: MemoryCarrier) -> None:
        self._world, self._inner = world, inner
        self._failed = 0
        self.on_asked: Callable[[str], None] = lambda token: None
        self.unheard: set[str] = set()
        """Calls of which nothing is told until they are answered."""
        self._listed_at: dict[str, datetime] = {}
        inner.listed = self._listed

    @property
    def capabilities(self) -> Capabilities:
        """Those of `inner`."""
        return self._inner.capabilities

    def place_call(self, *, to: str, url: str, status_url: str, ring_s: float) -> str:
        """As in the port."""
        fault = self._world.fault("place")
        around = self._begin("place_call")
        if fault is not None:
            self._unplaced(fault)
        self.on_asked(url)
        call_id = self._inner.place_call(to=to, url=url, status_url=status_url, ring_s=ring_s)
        self._world.tell(f"carrier: call {self.name(call_id)} to {to[-4:]} placed")
        if fault is not None:
            self._placed(fault, self._inner.calls[call_id])
        self._end(around)
        return call_id

    def _unplaced(self, fault: Fault) -> None:
        """The request is not done. Raises CarrierError."""
        errors: dict[str, CarrierError] = {
            "place_refused": Refused("21211"),
            "place_busy": Busy("429"),
            "place_timeout_before": Uncertain("timeout"),
        }
        error = errors.get(fault.kind)
        if error is None:
            return
        self._world.happened(fault)
        self._trouble(LOOKING_S)
        if fault.amount_s:
            self._world.pause(fault.amount_s)
        raise error

    def _placed(self, fault: Fault, call: FakeCall) -> None:
        """The call exists; its answer is lost, or lists do not know it yet."""
        self._listed_at[call.id] = self._world.clock() + timedelta(seconds=2.0)
        self._world.happened(fault)
        self._trouble(LOOKING_S)
        if fault.kind == "place_unheard":
            self.unheard.add(call.id)
            raise Uncertain("timeout")
        if fault.kind == "place_timeout_after":
            self._world.pause(fault.amount_s)
            raise Uncertain("timeout")
        self._listed_at[call.id] = self._world.clock() + timedelta(seconds=fault.amount_s)

    def _listed(self, call: FakeCall) -> bool:
        listed_at = self._listed_at.get(call.id)
        return listed_at is None or listed_at <= self._world.clock()

    def find_call(self, *, to: str, since: datetime, known: Sequence[str]) -> str | None:
        """As in the port."""
        return self._ask(
            "find", lambda: self._inner.find_call(to=to, since=since, known=known), "http_500"
        )

    def call_state(self, call_id: str) -> LegState:
        """As in the port."""
        return self._ask("state", lambda: self._inner.call_state(call_id), "http_500")

    def end_call(self, call_id: str) -> None:
        """As in the port."""
        self._ask("end", lambda: self._inner.end_call(call_id), "timeout")

    def caller_number(self, call_id: str) -> str | None:
        """As in the port."""
        return self._inner.caller_number(call_id)

    def redirect_call(self, call_id: str, url: str) -> None:
        """As in the port."""
        self._ask("redirect", lambda: self._inner.redirect_call(call_id, url), "timeout")

    def recordings(self, call_id: str) -> list[Recording]:
        """As in the port."""
        return self._inner.recordings(call_id)

    def fetch_recording(self, recording_id: str) -> Media:
        """As in the port."""
        return self._inner.fetch_recording(recording_id)

    def delete_recording(self, recording_id: str) -> None:
        """As in the port."""
        self._inner.delete_recording(recording_id)

    def delete_call(self, call_id: str) -> None:
        """As in the port."""
        self._inner.delete_call(call_id)

    # Nobody of the simulation writes texts.

    def send_text(self, *, line: str, to: str, body: str) -> str:
        """As in the port."""
        return self._inner.send_text(line=line, to=to, body=body)

    def empty_text(self, text_id: str) -> None:
        """As in the port."""
        self._inner.empty_text(text_id)

    def delete_text(self, text_id: str) -> None:
        """As in the port."""
        self._inner.delete_text(text_id)

    def forget_text(self, text_id: str) -> None:
        """As in the port."""
        self._inner.forget_text(text_id)

    def name(self, call_id: str) -> str:
        """A short name of a call, for the story."""
        return call_id.lstrip("CA0")

    # --- every request ----------------------------------------------------------------------

    def _ask(self, point: str, do: Callable[[], Answer], code: str) -> Answer:
        fault = self._world.fault(point)
        around = self._begin(point)
        if fault is not None and fault.kind != "end_fails_after":
            self._fail(fault, code)
        answer = do()
        if fault is not None:
            self._fail(fault, code)
        self._end(around)
        return answer

    def _fail(self, fault: Fault, code: str) -> None:
        self._failed += 1
        self._world.happened(fault)
        # Asked again after 2 s doubled with each try (hotline.dispatch.effects), at most 30 s.
        self._trouble(min(2.0 ** (self._failed + 2), 31.0))
        raise Uncertain(code)

    def _trouble(self, seconds: float) -> None:
        self._world.trouble(seconds)

    def _begin(self, what: str) -> Fault | None:
        """Before the carrier does it."""
        world, fault = self._world, self._world.fault("request")
        process = world.actors[-1]
        if fault is None or process is None:
            return None
        if fault.kind == "crash_before_request":
            world.happened(fault, what)
            raise world.crash(process, fault)
        if fault.kind == "race_in_request" and len(world.processes) > 1:
            world.happened(fault, what)
            world.race()
            world.survive(process)
        if fault.kind == "request_slow":
            world.happened(fault, f"{what}, {fault.amount_s} s")
            world.pause(fault.amount_s)
        return fault

    def _end(self, fault: Fault | None) -> None:
        """The carrier has done it; the answer is under way."""
        world = self._world
        process = world.actors[-1]
        if fault is None or process is None:
            return
        if fault.kind == "crash_after_request":
            world.happened(fault)
            raise world.crash(process, fault)
        if fault.kind == "stalled_after_request":
            world.happened(fault, f"{fault.amount_s} s")
            world.pause(fault.amount_s)

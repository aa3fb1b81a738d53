"""What people have said of themselves, in the books in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from hotline.oncall import duty
from hotline.oncall.model import Duty, DutyState
from hotline.people.push import Delivery, Device
from hotline.reports import delivery_model
from hotline.reports.callback import Limits
from hotline.reports.callback_model import CallbackCall
from hotline.reports.delivery_model import DeliveryCall
from hotline.reports.model import Report
from hotline.reports.texted import OutgoingText

if TYPE_CHECKING:
    from hotline.simulate.books import MemoryStore


class MemoryPeople:
    """The part of `hotline.dispatch.books.Books` that is about duty, alarm phones and browsers."""

    store: MemoryStore

    def away(self, now: datetime) -> set[str]:
        """As in `Books`."""
        rows = self.store.all(Duty).values()
        said = {r.responder_id for r in rows if duty.standing(r, now).state is not DutyState.ON}
        return {r.handle for r in self.store.responders.values() if r.id in said}

    def browser_of(self, responder_id: str, now: datetime) -> str | None:
        """As in `Books`."""
        address, until = self.store.browsers.get(responder_id, (None, now))
        on_duty = duty.standing(self.store.all(Duty).get(responder_id), now).state is DutyState.ON
        return address if on_duty and now < until else None

    def alarm_phones(self) -> tuple[str, ...]:
        """Whom the default policy alarms."""
        return self.store.policy_for(Report(urgency="urgent")).alarm

    def is_subscribed(self, responder_id: str) -> bool:
        return False  # nobody of the simulation has a browser

    def devices(self, responder_id: str) -> Sequence[Device]:
        return ()

    def callback_call(self, call_id: str) -> CallbackCall | None:
        return None  # nobody of the simulation leaves a number

    def number_to_call_back(self, call: CallbackCall, limits: Limits, now: datetime) -> str | None:
        return None

    def text_to_send(self, out_id: str) -> OutgoingText | None:
        return None  # nobody of the simulation writes texts

    def callback_ended(self, call: CallbackCall, limits: Limits, now: datetime) -> None:
        """There was none."""

    def share(self, report: Report, now: datetime) -> None:
        """Nobody of the simulation is a recipient, so that no delivery follows."""

    def delivery(self, delivery_id: str) -> delivery_model.Delivery | None:
        return None

    def delivery_call(self, delivery_id: str) -> DeliveryCall | None:
        return None

    def begin_delivery_ring(self, row: delivery_model.Delivery, now: datetime) -> DeliveryCall:
        raise LookupError("there are no recipients")

    def is_rung_for_another(self, row: delivery_model.Delivery) -> bool:
        return False

    def recipients_phone(self, row: delivery_model.Delivery) -> str | None:
        return None

    def recipients_mail(self, row: delivery_model.Delivery) -> str | None:
        return None

    def given(self, row: delivery_model.Delivery) -> None:
        """Nothing was."""

    def vetted(self, row: delivery_model.Delivery, now: datetime) -> None:
        """Nothing was."""

    def is_undelivered(self, report_id: str) -> bool:
        return False

    def push_delivered(self, device_id: str, outcome: Delivery, now: datetime) -> None:
        """Nothing was sent."""

"""The part of the books that is about deliveries to recipients outside (docs/sharing.md)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.oncall import recipients
from hotline.oncall.model import Recipient
from hotline.oncall.recipients import Reached
from hotline.privacy.cipher import CannotOpen, Vault
from hotline.reports import deliveries, delivery_model, vetting
from hotline.reports.delivery_model import DeliveryCall
from hotline.reports.delivery_words import DeliveryPlace


class SqlDeliveries:
    """Implements that part of `hotline.dispatch.books.Books`, on one session's transaction."""

    session: Session
    vault: Vault

    def delivery(self, delivery_id: str) -> delivery_model.Delivery | None:
        return deliveries.locked(self.session, delivery_id)

    def delivery_call(self, delivery_id: str) -> DeliveryCall | None:
        return deliveries.last_call(self.session, delivery_id)

    def begin_delivery_ring(self, row: delivery_model.Delivery, now: datetime) -> DeliveryCall:
        return deliveries.ring(self.session, row, now)

    def is_rung_for_another(self, row: delivery_model.Delivery) -> bool:
        lock = select(Recipient.id).where(Recipient.id == row.recipient_id).with_for_update()
        self.session.execute(lock)
        return deliveries.is_rung(self.session, row)

    def recipients_phone(self, row: delivery_model.Delivery) -> str | None:
        reached = self._reached(row)
        return reached.phone if reached is not None else None

    def recipients_mail(self, row: delivery_model.Delivery) -> str | None:
        reached = self._reached(row)
        return reached.mail if reached is not None and row.by_mail else None

    def _reached(self, row: delivery_model.Delivery) -> Reached | None:
        """Whoever is in the roster now: a number that was taken out is not rung any more."""
        recipient = self.session.get_one(Recipient, row.recipient_id)
        if not recipient.active:
            return None
        try:
            return recipients.opened(self.session, self.vault, recipient)
        except CannotOpen:
            return None

    def given(self, row: delivery_model.Delivery) -> None:
        recipient = self.session.get_one(Recipient, row.recipient_id)
        name = recipients.name(self.session, self.vault, recipient)
        deliveries.given(self.session, self.vault, row, name, recipient.kind)

    def vetted(self, row: delivery_model.Delivery, now: datetime) -> None:
        done = vetting.acknowledged if row.acknowledged_at is not None else vetting.delivered
        done(self.session, row.report_id, now)

    def is_undelivered(self, report_id: str) -> bool:
        rows = deliveries.of(self.session, report_id)
        return any(row.place is DeliveryPlace.UNREACHED for row in rows)

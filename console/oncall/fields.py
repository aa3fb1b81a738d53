"""A field for day and time, in the local time of whatever the form is about."""

from datetime import datetime
from zoneinfo import ZoneInfo

from wtforms.fields import DateTimeLocalField

from console.text import gettext
from hotline.oncall import calendar
from hotline.oncall.schedule_forms import YEARS


class LocalMoment(DateTimeLocalField):
    """Day and time without a zone; `in_zone` makes a moment of it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed. Raises ValueError with the sentence that stands beside the field."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            found = datetime.fromisoformat(valuelist[0].strip())
        except ValueError:
            found = None
        if found is None or found.tzinfo is not None or found.year not in YEARS:
            raise ValueError(gettext("Enter a day and a time, such as 2026-11-29T02:00."))
        self.data = found

    def in_zone(self, zone: ZoneInfo) -> datetime | None:
        """The moment that was meant; the first one where an hour comes twice."""
        at: datetime | None = self.data
        return None if at is None else calendar.moment(at.date(), at.time(), zone)

"""Browsers of staff that are to be told beside the telephone call: whether what is kept opens."""

from collections.abc import Iterator

from hotline.doctor.finding import Finding, ok, warn
from hotline.doctor.looking import look
from hotline.people import push
from hotline.settings import Settings
from hotline.texts import marked


def push_devices(settings: Settings) -> Iterator[Finding]:
    """Every device that was switched on can be told; nothing is said where there is none."""
    found = look(settings, push.opening)
    if found is None:
        return
    opens, closed = found
    if closed:
        yield warn(
            "push_devices",
            marked(
                "Devices of staff that are not told, since their record does not open: %(count)s."
            ),
            marked("Their owners switch them off and on again on My shift (docs/operations.md)."),
            count=closed,
        )
    elif opens:
        yield ok(
            "push_devices", marked("Devices of staff that can be told: %(count)s."), count=opens
        )

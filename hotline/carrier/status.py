"""The words in which TwiML carriers tell the state of a call, in callbacks and in REST answers."""

from collections.abc import Mapping
from typing import Final

from hotline.carrier.port import LegState

CALL_STATUS: Final[Mapping[str, LegState]] = {
    "queued": LegState.QUEUED,
    "initiated": LegState.QUEUED,
    "ringing": LegState.RINGING,
    "in-progress": LegState.ANSWERED,
    "answered": LegState.ANSWERED,
    "completed": LegState.COMPLETED,
    "busy": LegState.BUSY,
    "no-answer": LegState.UNANSWERED,
    "failed": LegState.FAILED,
    "canceled": LegState.CANCELLED,
}

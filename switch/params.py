"""Form parameters of webhooks, by Twilio's names."""

from datetime import datetime
from email.utils import format_datetime

from switch.calls import Call

API_VERSION = "2010-04-01"


def rfc2822(moment: datetime) -> str:
    """A time as Twilio writes it: RFC 2822 in UTC with `+0000`."""
    return format_datetime(moment)


def call_params(call: Call, account_sid: str) -> dict[str, str]:
    """What every webhook says about its call."""
    params = {
        "CallSid": call.sid,
        "AccountSid": account_sid,
        "From": call.from_number,
        "To": call.to_number,
        "Caller": call.from_number,
        "Called": call.to_number,
        "CallStatus": str(call.status),
        "ApiVersion": API_VERSION,
        "Direction": str(call.direction),
    }
    if call.parent_sid:
        params["ParentCallSid"] = call.parent_sid
    return params | call.about


def progress_params(call: Call, event: str, sequence: int, now: datetime) -> dict[str, str]:
    """What a call status callback adds; Duration is in minutes, CallDuration in seconds."""
    params = {
        "Timestamp": rfc2822(now),
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(sequence),
    }
    if event == "initiated":
        params["CallStatus"] = "initiated"
    if event == "completed":
        params["CallDuration"] = str(call.duration_s)
        params["Duration"] = str(-(-call.duration_s // 60))
        if call.sip_code is not None:
            params["SipResponseCode"] = str(call.sip_code)
    return params

"""JSON bodies of calls, recordings and conferences, by Twilio's published description."""

from typing import Any

from switch.calls import Call, Direction, Moment, Status
from switch.conferences import Conference, Participant
from switch.exchange import Exchange
from switch.params import API_VERSION, rfc2822
from switch.recordings import Recording

Body = dict[str, Any]


def account_path(account_sid: str) -> str:
    """Path of everything that belongs to an account."""
    return f"/{API_VERSION}/Accounts/{account_sid}"


def call(exchange: Exchange, each: Call) -> Body:
    """A Call resource."""
    account = exchange.config.account_sid
    path = f"{account_path(account)}/Calls/{each.sid}"
    return {
        "sid": each.sid,
        "account_sid": account,
        "api_version": API_VERSION,
        "parent_call_sid": each.parent_sid,
        "from": each.from_number,
        "from_formatted": each.from_number,
        "to": each.to_number,
        "to_formatted": each.to_number,
        "status": str(each.status),
        "direction": str(each.direction),
        "date_created": rfc2822(each.created),
        "date_updated": rfc2822(each.updated),
        "start_time": _time(each.answered or each.started),
        "end_time": _time(each.ended),
        "duration": str(each.duration_s) if each.ended else None,
        "answered_by": None,
        "caller_name": "" if each.direction is Direction.INBOUND else None,
        "forwarded_from": None,
        "group_sid": None,
        "phone_number_sid": None,
        "price": None,
        "price_unit": "USD",
        "queue_time": str(each.queued_ms),
        "trunk_sid": None,
        "uri": f"{path}.json",
        "subresource_uris": {
            "recordings": f"{path}/Recordings.json",
            "streams": f"{path}/Streams.json",
        },
    }


def recording(exchange: Exchange, each: Recording) -> Body:
    """A Recording resource."""
    account = exchange.config.account_sid
    path = f"{account_path(account)}/Recordings/{each.sid}"
    common = _recording(exchange, each, path)
    return common | {
        "media_url": f"{exchange.public_url}{path}",
        "subresource_uris": {},
    }


def call_recording(exchange: Exchange, each: Recording) -> Body:
    """A Recording resource as a part of its call."""
    account = exchange.config.account_sid
    path = f"{account_path(account)}/Calls/{each.call_sid}/Recordings/{each.sid}"
    return _recording(exchange, each, path) | {"track": each.track}


def conference_recording(exchange: Exchange, each: Recording) -> Body:
    """A Recording resource as a part of its conference."""
    account = exchange.config.account_sid
    path = f"{account_path(account)}/Conferences/{each.conference_sid}/Recordings/{each.sid}"
    return _recording(exchange, each, path)


def _recording(exchange: Exchange, each: Recording, path: str) -> Body:
    return {
        "sid": each.sid,
        "account_sid": exchange.config.account_sid,
        "api_version": API_VERSION,
        "call_sid": each.call_sid,
        "conference_sid": each.conference_sid,
        "channels": each.channels,
        "date_created": rfc2822(each.started),
        "date_updated": rfc2822(each.updated),
        "start_time": rfc2822(each.started),
        "duration": str(each.duration_s),
        "encryption_details": None,
        "error_code": None,
        "price": None,
        "price_unit": "USD",
        "source": each.source,
        "status": each.status,
        "uri": f"{path}.json",
    }


def conference(exchange: Exchange, each: Conference) -> Body:
    """A Conference resource."""
    account = exchange.config.account_sid
    path = f"{account_path(account)}/Conferences/{each.sid}"
    body: Body = {
        "sid": each.sid,
        "account_sid": account,
        "api_version": API_VERSION,
        "friendly_name": each.friendly_name,
        "region": "us1",
        "status": each.status,
        "date_created": rfc2822(each.created),
        "date_updated": rfc2822(each.updated),
        "call_sid_ending_conference": each.ended_by,
        "uri": f"{path}.json",
        "subresource_uris": {
            "participants": f"{path}/Participants.json",
            "recordings": f"{path}/Recordings.json",
        },
    }
    if each.reason_ended is not None:
        body["reason_conference_ended"] = each.reason_ended
    return body


_CONNECTING = {
    Status.QUEUED: "queued",
    Status.RINGING: "ringing",
    Status.IN_PROGRESS: "connected",
    Status.COMPLETED: "complete",
}


def participant(exchange: Exchange, room: Conference, each: Participant) -> Body:
    """A Participant resource."""
    account = exchange.config.account_sid
    path = f"{account_path(account)}/Conferences/{room.sid}/Participants/{each.call.sid}"
    return {
        "account_sid": account,
        "call_sid": each.call.sid,
        "conference_sid": room.sid,
        "label": each.label or None,
        "call_sid_to_coach": each.coached,
        "coaching": each.coached is not None,
        "date_created": rfc2822(each.created),
        "date_updated": rfc2822(each.updated),
        "end_conference_on_exit": each.ends,
        "start_conference_on_enter": each.starts,
        "muted": each.muted,
        "hold": each.hold is not None,
        "status": _CONNECTING.get(each.call.status, "failed"),
        "queue_time": str(each.call.queued_ms),
        "uri": f"{path}.json",
    }


def _time(moment: Moment | None) -> str | None:
    return None if moment is None else rfc2822(moment.wall)

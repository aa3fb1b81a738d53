"""Participants of a conference: create, list, fetch, update, remove."""

from xml.etree import ElementTree

from aiohttp import web

from switch import announcing, callbacks, placing
from switch.calls import Call, Direction, Status
from switch.conferences import UPDATED_BY_API, Conference, Participant
from switch.errors import NO_COACHED, DocumentError
from switch.exchange import Exchange
from switch.keys import EXCHANGE
from switch.rest import errors, fields, lookup, recordings, resources
from switch.rest.calls import MAX_TIMEOUT_S, TIMEOUT_S
from switch.rest.errors import RestError
from switch.rest.pages import page
from switch.steps import Fetch, Inline

_NOUN = {
    "Label": "participantLabel",
    "Muted": "muted",
    "Beep": "beep",
    "StartConferenceOnEnter": "startConferenceOnEnter",
    "EndConferenceOnExit": "endConferenceOnExit",
    "WaitUrl": "waitUrl",
    "WaitMethod": "waitMethod",
    "MaxParticipants": "maxParticipants",
    "CallSidToCoach": "coach",
    "ConferenceRecord": "record",
    "ConferenceTrim": "trim",
    "ConferenceStatusCallback": "statusCallback",
    "ConferenceStatusCallbackMethod": "statusCallbackMethod",
    "ConferenceStatusCallbackEvent": "statusCallbackEvent",
    "ConferenceRecordingStatusCallback": "recordingStatusCallback",
    "ConferenceRecordingStatusCallbackMethod": "recordingStatusCallbackMethod",
    "ConferenceRecordingStatusCallbackEvent": "recordingStatusCallbackEvent",
}
"""Parameters of a new participant, each with the attribute of <Conference> that means the same."""


async def create(request: web.Request) -> web.Response:
    """POST Participants.json: call somebody who then joins; the path may name a new conference."""
    exchange, form = request.app[EXCHANGE], await fields.read(request)
    conference = _wanted(exchange, request.match_info["conference_sid"])
    owned = exchange.config.hotline_number
    call = Call(
        Direction.OUTBOUND_API,
        fields.from_number(form, owned),
        fields.to_number(form),
        fields.hooks(form),
    )
    call.from_number = fields.text(form, "CallerId") or call.from_number
    guest = _guest(conference, call, form)
    order = placing.Order(
        fields.seconds(form, "Timeout", TIMEOUT_S, MAX_TIMEOUT_S),
        fields.seconds(form, "TimeLimit", placing.TIME_LIMIT_S, placing.TIME_LIMIT_S),
        tape=recordings.options(form) if fields.flag(form, "Record") else None,
    )
    step = Inline(_document(conference, form))
    conference.invited.append(guest)
    placing.place(exchange, call, step, order)
    body = resources.participant(exchange, conference, guest)
    return web.json_response(body, status=201)


async def listing(request: web.Request) -> web.Response:
    """GET Participants.json: who is there or is being called, by Muted, Hold, Coaching."""
    exchange, conference = request.app[EXCHANGE], lookup.conference(request)
    query = fields.query(request)
    everybody = [*conference.participants, *conference.ringing()]
    wanted = [
        each
        for each in everybody
        if fields.wants(query, "Muted", str(each.muted).lower())
        and fields.wants(query, "Hold", str(each.hold is not None).lower())
        and fields.wants(query, "Coaching", str(each.coached is not None).lower())
    ]
    bodies = [resources.participant(exchange, conference, each) for each in wanted]
    return page(request, "participants", bodies)


async def fetch(request: web.Request) -> web.Response:
    """GET Participants/{CA or label}.json."""
    conference, member = _find(request)
    return web.json_response(resources.participant(request.app[EXCHANGE], conference, member))


async def update(request: web.Request) -> web.Response:
    """POST Participants/{CA or label}.json: mute, hold, announce, coach, ending on exit."""
    exchange, (conference, member) = request.app[EXCHANGE], _find(request)
    form = await fields.read(request)
    announce = Fetch(fields.url(form, "AnnounceUrl"), fields.method(form, "AnnounceMethod"))
    hold_url = fields.url(form, "HoldUrl")
    hold = Fetch(hold_url, fields.choice(form, "HoldMethod", "GET", "POST"))
    _coach(exchange, conference, member, form)
    if form.given("Muted"):
        _mute(exchange, conference, member, fields.flag(form, "Muted"))
    if form.given("Hold"):
        _hold(exchange, conference, member, hold if fields.flag(form, "Hold") else None)
    if form.given("EndConferenceOnExit"):
        member.ends = fields.flag(form, "EndConferenceOnExit")
        callbacks.conference_progress(exchange, conference, "participant-modify", member)
    if form.given("BeepOnExit"):
        member.beeps_out = fields.flag(form, "BeepOnExit")
    if announce.url:
        exchange.spawn(_announce(exchange, conference, member, announce))
    member.changed()
    return web.json_response(resources.participant(exchange, conference, member))


async def delete(request: web.Request) -> web.Response:
    """DELETE Participants/{CA or label}.json: out of the conference; one who is called is not."""
    exchange, (conference, member) = request.app[EXCHANGE], _find(request)
    if member in conference.participants:
        member.reason_left = UPDATED_BY_API
        member.kicked.set()
    else:
        ending = Status.COMPLETED if member.call.live else Status.CANCELED
        exchange.end(member.call, ending, by="rest")
    return web.Response(status=204)


def _wanted(exchange: Exchange, name: str) -> Conference:
    found = exchange.conferences.get(name)
    if found is not None and found.over.is_set():
        raise errors.not_found()
    if found is None and name.startswith("CF") and len(name) == len("CF") + 32:
        raise errors.not_found()
    return found or exchange.conferences.named(name)


def _guest(conference: Conference, call: Call, form: fields.Form) -> Participant:
    label = fields.text(form, "Label")
    if label and conference.find(label) is not None:
        raise RestError(400, errors.LABEL_TAKEN, "Participant label is already in use")
    return Participant(
        call,
        starts=fields.flag(form, "StartConferenceOnEnter", True),
        ends=fields.flag(form, "EndConferenceOnExit"),
        muted=fields.flag(form, "Muted"),
        label=label,
        coached=_coached(conference, form),
    )


def _coached(conference: Conference, form: fields.Form) -> str | None:
    sid, coaching = fields.text(form, "CallSidToCoach"), fields.flag(form, "Coaching", True)
    if not sid or not coaching:
        return None
    if conference.find(sid) is None:
        raise RestError(400, NO_COACHED, "The call to coach is not in the conference")
    return sid


def _document(conference: Conference, form: fields.Form) -> str:
    response = ElementTree.Element("Response")
    dial = ElementTree.SubElement(response, "Dial")
    noun = ElementTree.SubElement(dial, "Conference")
    noun.text = conference.friendly_name
    for name, attribute in _NOUN.items():
        if form.given(name):
            noun.set(attribute, " ".join(form.getall(name)))
    return ElementTree.tostring(response, encoding="unicode")


def _find(request: web.Request) -> tuple[Conference, Participant]:
    conference = lookup.conference(request)
    member = conference.find(request.match_info["participant"])
    if member is None or conference.over.is_set():
        raise errors.not_found()
    return conference, member


def _coach(
    exchange: Exchange, conference: Conference, member: Participant, form: fields.Form
) -> None:
    if form.given("Coaching") or form.given("CallSidToCoach"):
        member.coached = _coached(conference, form)
        conference.coach(member)
        callbacks.conference_progress(exchange, conference, "participant-modify", member)


def _mute(exchange: Exchange, conference: Conference, member: Participant, muted: bool) -> None:
    member.muted = muted
    if member.seat is not None:
        member.seat.mute(muted)
    word = "mute" if muted else "unmute"
    callbacks.conference_progress(exchange, conference, f"participant-{word}", member)


def _hold(
    exchange: Exchange, conference: Conference, member: Participant, hold: Fetch | None
) -> None:
    member.hold = hold
    word = "unhold" if hold is None else "hold"
    callbacks.conference_progress(exchange, conference, f"participant-{word}", member)


async def _announce(
    exchange: Exchange, conference: Conference, member: Participant, step: Fetch
) -> None:
    try:
        member.announcement = await announcing.read_out(exchange, step, member.call)
    except DocumentError:
        callbacks.conference_progress(exchange, conference, "announcement-fail", member)
        return
    member.changed()

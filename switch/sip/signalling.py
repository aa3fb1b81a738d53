"""SIP calls: between sippy's events, the sound of each call, and the interpreter's commands.

Everything here runs in sippy's thread. A description that is broken is answered with 488 and does
nothing else; a call that is over is told of once.
"""

import secrets
import time
from dataclasses import dataclass
from typing import Any

from switch.sip import crypto, sdp
from switch.sip.config import SipConfig
from switch.sip.crypto import Crypto
from switch.sip.engine import Engine
from switch.sip.leg import Leg, NoPortError, open_port
from switch.sip.numbers import from_sip
from switch.sip.secure import Secure
from switch.sip.sources import Sources, network
from switch.sip.stack import (
    ED2,
    UA,
    CCEvents,
    MsgBody,
    Silent,
    SipAddress,
    SipContact,
    SipRegistrationAgent,
    SipTransactionManager,
    SipURL,
    Timeout,
)
from switch.sip.wire import Message

REASONS = {
    480: "Temporarily Unavailable",
    486: "Busy Here",
    488: "Not Acceptable Here",
    500: "Server Internal Error",
    503: "Service Unavailable",
    603: "Decline",
}

FAREWELL_S = 1.0
"""Seconds that the last messages get when the process ends."""

WATCH_S = 30.0
"""Seconds between looks at whether the registration still holds."""


@dataclass(eq=False)
class SipCall:
    """One call: sippy's part, ours, and what was agreed on."""

    number: int
    outbound: bool
    ua: Any
    leg: Leg
    sound: sdp.Sound | None = None
    session: int = 0
    version: int = 1
    source: str = ""
    """The address its signalling comes from."""
    body: str = ""
    """The far end's description as it came."""
    connected: bool = False
    offered: tuple[Crypto, ...] = ()
    """Keys of ours that a called far end may choose from."""
    secure: Secure | None = None
    """What encrypts the sound; None: nothing does."""


class Signalling:
    """All calls of one process."""

    def __init__(self, config: SipConfig, engine: Engine) -> None:
        """Listen; raises OSError when that address or port cannot be had."""
        self._config = config
        self._engine = engine
        self._calls: dict[int, SipCall] = {}
        self._numbers = iter(range(1, 1 << 31, 2))  # even ones are the interpreter's
        self._sources = Sources([network(each) for each in config.allowed])
        self._global: dict[str, Any] = {
            "_sip_address": config.host,
            "_sip_port": config.port,
            "_sip_logger": Silent(),
        }
        manager = SipTransactionManager(self._global, self._request)
        self._global["_sip_tm"] = manager
        for server in manager.l4r.cache_l2s.values():
            self._guard(server)
        self._agent: Any = None
        self._registered_until = 0.0
        if config.register and config.trunk_host:
            self._register()

    def obey(self, message: Message) -> None:
        """Do what the interpreter, or the engine, asks for."""
        if message["do"] == "call":
            self._dial(int(message["leg"]), str(message["from"]), str(message["to"]))
            return
        call = self._calls.get(int(message["leg"]))
        if call is None:
            return
        try:
            self._do(call, message)
        except Exception as error:
            self._break(call, error)

    def _do(self, call: SipCall, message: Message) -> None:
        if message["do"] == "ring":
            call.ua.recvEvent(CCEvents.CCEventRing((180, "Ringing", None)))
        elif message["do"] == "answer":
            self._answer(call)
        elif message["do"] == "hangup":
            self._hang_up(call, int(message.get("code", 480)))
        elif message["do"] == "end":
            self._hang_up(call, 500)
            self._tell(call, "ended", why=message["why"])

    def close(self) -> None:
        """Say good-bye to everybody, then end sippy's loop."""
        for call in tuple(self._calls.values()):
            self._hang_up(call, 503)
        Timeout(ED2.breakLoop, FAREWELL_S)

    # What comes in.

    def _guard(self, server: Any) -> None:
        """Let only messages through whose sender may send them; name ourselves as configured."""
        take = server.uopts.data_callback

        def guarded(data: bytes, origin: Any, server: Any, when: Any) -> None:
            if self._sources.allow(origin.address[0], time.monotonic()):
                take(data, origin, server, when)

        server.uopts.data_callback = guarded
        self.port = int(server.uopts.laddress[1])
        address = ((self._config.address, self.port), "udp")
        server.getSIPaddr = lambda: address

    def _request(self, request: Any, transaction: Any) -> Any:
        method = request.getMethod()
        if request.getHFBody("to").getTag() is not None:
            return request.genResponse(481, "Call Leg/Transaction Does Not Exist"), None, None
        if method == "INVITE":
            return self._invited(request, transaction)
        if method in {"OPTIONS", "NOTIFY"}:
            return request.genResponse(200, "OK"), None, None
        return request.genResponse(501, "Not Implemented"), None, None

    def _invited(self, request: Any, transaction: Any) -> Any:
        try:
            sound = self._description(request.getBody(), encrypted=self._config.srtp_required)
        except sdp.BadSdpError:
            return request.genResponse(488, REASONS[488]), None, None
        leg = self._leg(next(self._numbers))
        if leg is None:
            return request.genResponse(503, REASONS[503]), None, None
        source = str(request.getSource()[0])
        ua = UA(self._global)
        call = SipCall(leg.number, False, ua, leg, sound, secrets.randbits(31), 1, source)
        _agree(call, sound)
        self._begin(call)
        try:
            return ua.recvRequest(request, transaction)
        except Exception:
            self._forget(call)
            raise

    def _begin(self, call: SipCall) -> None:
        call.ua.event_cb = lambda event, ua: self._event(call, event)
        call.ua.lContact = self._contact()
        self._calls[call.number] = call

    def _event(self, call: SipCall, event: Any) -> None:
        """Something sippy says of a call. Nothing that goes wrong here may keep the call alive."""
        try:
            self._react(call, event)
        except Exception as error:
            self._break(call, error)

    def _break(self, call: SipCall, error: Exception) -> None:
        self._tell(call, "ended", why=f"broken: {type(error).__name__}")
        self._hang_up(call, 500)

    def _react(self, call: SipCall, event: Any) -> None:
        data = event.getData()
        if isinstance(event, CCEvents.CCEventTry):
            call.body = str(data[3])
            from_number, to_number = from_sip(data[1]), from_sip(data[2])
            self._tell(call, "incoming", **{"from": from_number, "to": to_number})
        elif isinstance(event, CCEvents.CCEventRing):
            self._tell(call, "ringing")
        elif isinstance(event, CCEvents.CCEventConnect):
            self._agreed(call, data[2])
        elif isinstance(event, CCEvents.CCEventUpdate):
            self._changed(call, data)
        elif isinstance(event, CCEvents.CCEventRedirect):
            # Never followed: it would ring a number that is on no list.
            self._over(call, "refused", code=480)
        elif isinstance(event, CCEvents.CCEventFail):
            self._over(call, "refused", code=int(data[0]) if data else 500)
        elif isinstance(event, CCEvents.CCEventDisconnect):
            self._over(call, "ended", why="phone")

    def _agreed(self, call: SipCall, body: Any) -> None:
        """Our call is answered; or the far end's ACK came, with a description now and then."""
        if call.outbound and not call.connected:
            try:
                sound = self._description(body, encrypted=bool(call.offered))
                _accept(call, sound)
            except sdp.BadSdpError:
                self._hang_up(call, 488)
                self._tell(call, "refused", code=488)
                return
            call.connected = True
            call.leg.live = True
            self._tell(call, "answered")
        elif body is not None:
            self._follow(call, self._next(call, body), str(body))
        elif call.body:
            # sippy forgets the description with an ACK that has none, and would need it again.
            call.ua.rSDP = MsgBody(call.body)

    def _changed(self, call: SipCall, body: Any) -> None:
        """The far end offers another description: hold, or sound to somewhere else."""
        try:
            sound = self._next(call, body)
        except sdp.BadSdpError:
            call.ua.recvEvent(CCEvents.CCEventFail((488, REASONS[488])))
            return
        call.version += 1
        self._follow(call, sound, str(body))
        answer = MsgBody(self._answer_text(call, sound))
        call.ua.recvEvent(CCEvents.CCEventConnect((200, "OK", answer)))
        call.ua.lSDP = answer.getCopy()

    def _follow(self, call: SipCall, sound: sdp.Sound, body: str) -> None:
        call.body = body
        _agree(call, sound)

    def _next(self, call: SipCall, body: Any) -> sdp.Sound:
        """Another description of a running call: encrypted, if the one before it was."""
        return self._description(body, encrypted=call.secure is not None)

    # What goes out.

    def _dial(self, number: int, from_number: str, to_number: str) -> None:
        leg = self._leg(number) if self._config.trunk_host else None
        if leg is None:
            self._engine.tell({"event": "refused", "leg": number, "code": 503})
            return
        login = (self._config.trunk_user, self._config.password) if self._config.password else ()
        ua = UA(self._global, None, *login, nh_address=self._config.way_out)
        call = SipCall(number, True, ua, leg, None, secrets.randbits(31))
        self._begin(call)
        if self._config.srtp_required:
            call.offered = crypto.offered()
        offer = MsgBody(sdp.offer(self._config.address, leg.port, call.session, call.offered))
        attempt = CCEvents.CCEventTry((None, from_number, to_number, offer, None, None))
        attempt.onUacSetupComplete = self._name_trunk
        ua.recvEvent(attempt)

    def _name_trunk(self, ua: Any) -> None:
        """Calls come from the trunk's own domain: many take them from nowhere else. They go there
        too, whichever proxy stands before it."""
        ua.lUri.getUrl().host = ua.rUri.getUrl().host = self._config.trunk_host
        ua.lUri.getUrl().port = None
        ua.rTarget.host, ua.rTarget.port = self._config.trunk_host, self._config.trunk_port

    def _answer(self, call: SipCall) -> None:
        if call.connected or call.outbound or call.sound is None:
            return
        call.connected = call.leg.live = True
        text = self._answer_text(call, call.sound)
        call.ua.recvEvent(CCEvents.CCEventConnect((200, "OK", MsgBody(text))))

    def _hang_up(self, call: SipCall, code: int) -> None:
        self._forget(call)
        if call.outbound or call.connected:
            call.ua.recvEvent(CCEvents.CCEventDisconnect())
        else:
            reason = REASONS.get(code, "Refused")
            call.ua.recvEvent(CCEvents.CCEventFail((code, reason)))

    def _over(self, call: SipCall, event: str, **details: Any) -> None:
        if call.number in self._calls:
            self._forget(call)
            self._tell(call, event, **details)

    def _forget(self, call: SipCall) -> None:
        if self._calls.pop(call.number, None) is not None:
            self._engine.remove(call.leg)

    def _tell(self, call: SipCall, event: str, **details: Any) -> None:
        self._engine.tell({"event": event, "leg": call.number} | details)

    def _leg(self, number: int) -> Leg | None:
        """The sound of one more call; None: there are as many as may be."""
        config = self._config
        if len(self._calls) >= config.most_calls:
            return None
        try:
            port = open_port(config.host, range(config.first_port, config.last_port + 1))
        except NoPortError:
            return None
        leg = Leg(number, port)
        self._engine.add(leg)
        return leg

    def _description(self, body: Any, *, encrypted: bool) -> sdp.Sound:
        if body is None or body.getType() != "application/sdp":
            raise sdp.BadSdpError("there is no description")
        return sdp.parse(str(body), encrypted=encrypted)

    def _answer_text(self, call: SipCall, sound: sdp.Sound) -> str:
        key = None if call.secure is None else call.secure.ours
        place = (self._config.address, call.leg.port)
        return sdp.answer(sound, *place, call.session, call.version, key)

    def _contact(self) -> Any:
        user = self._config.trunk_user or "hotline"
        url = SipURL(username=user, host=self._config.address, port=self.port)
        return SipContact(address=SipAddress(url=url))

    # The registration.

    def _register(self) -> None:
        """Register at the trunk, and begin again when an answer left that standing."""
        config = self._config
        if time.monotonic() >= self._registered_until:
            if self._agent is not None:
                self._agent.stopregister()
            self._registered_until = time.monotonic() + 2 * WATCH_S
            self._agent = SipRegistrationAgent.SipRegistrationAgent(
                self._global,
                SipURL(username=config.trunk_user, host=config.trunk_host, port=config.trunk_port),
                SipURL(username=config.trunk_user, host=config.address, port=self.port),
                user=config.trunk_user,
                passw=config.password,
                exp=config.expires_s,
                rok_cb=self._registered,
                rfail_cb=self._not_registered,
                target=(config.way_out, "udp"),
            )
            self._agent.doregister()
        Timeout(self._register, WATCH_S)

    def _registered(self, until: float, contact: Any, argument: Any) -> None:
        self._registered_until = time.monotonic() + self._config.expires_s + 2 * WATCH_S
        self._engine.tell({"event": "registered"})

    def _not_registered(self, reason: str, argument: Any) -> None:
        words = str(reason).split()
        code = next((int(word) for word in words[:2] if word.isdigit()), 0)
        self._registered_until = time.monotonic() + 4 * WATCH_S
        self._engine.tell({"event": "unregistered", "code": code})


def _agree(call: SipCall, sound: sdp.Sound) -> None:
    """Follow an offer of the far end; where it is encrypted, with the first suite it names."""
    if sound.crypto:
        theirs = sound.crypto[0]
        ours = crypto.answering(theirs, None if call.secure is None else call.secure.ours)
        if call.secure is None:
            call.secure = Secure(ours, theirs)
        else:
            call.secure.change(ours, theirs)
    _aim(call, sound)


def _accept(call: SipCall, sound: sdp.Sound) -> None:
    """Follow the answer to our offer; raises BadSdpError where its key is none that we offered."""
    if call.offered or sound.crypto:
        pairs = [(ours, theirs) for theirs in sound.crypto for ours in call.offered]
        chosen = [pair for pair in pairs if pair[0].tag == pair[1].tag]
        if len(sound.crypto) != 1 or not chosen or chosen[0][0].suite != chosen[0][1].suite:
            raise sdp.BadSdpError("an answer names a key that was not offered")
        call.secure = Secure(*chosen[0])
    _aim(call, sound)


def _aim(call: SipCall, sound: sdp.Sound) -> None:
    call.sound = sound
    call.leg.aim(sound, call.source, call.secure)

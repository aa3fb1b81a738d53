"""Pure: the carriers there are, each with what its own pages say that it can do.

None of the values has been tried with a live account (docs/carriers.md), except those of our own
switch, which the tests run. Where no page says that something works, it counts as missing.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from hotline.carrier.capabilities import Algorithm, Capabilities, Rest, Signature

TOLERANCE_S: Final = 300.0
"""Of Telnyx's timestamp: what its guides advise, five minutes."""

_TWILIO = "https://www.twilio.com/docs/"
_SIGNALWIRE = "https://developer.signalwire.com/compatibility-api/"
_SIGNALWIRE_JS = "https://github.com/signalwire/compatibility-api-js/blob/main/"
_TELNYX = "https://developers.telnyx.com/"
_TEXML = _TELNYX + "docs/voice/programmable-voice/texml-verbs/"
_SOMLENG = "https://github.com/somleng/somleng/blob/develop/app/"
_SOMLENG_SWITCH = "https://github.com/somleng/somleng-switch/tree/develop/components/app/"

TWILIO: Final = Capabilities(
    stream=True,
    sources={
        "signature": _TWILIO + "usage/security",
        "rest": _TWILIO + "voice/api/call-resource",
        "ids": "https://github.com/twilio/twilio-oai/blob/main/spec/json/twilio_api_v2010.json",
        "conference": _TWILIO + "voice/twiml/conference",
        "conference_events": _TWILIO + "voice/twiml/conference",
        "whisper": _TWILIO + "voice/twiml/number",
        "stream": _TWILIO + "voice/twiml/stream",
        "parameters_at": _TWILIO + "voice/media-streams/websocket-messages",
        "silence_ends": _TWILIO + "voice/twiml/record",
        "delete_recording": _TWILIO + "voice/api/recording",
        "delete_call": _TWILIO + "voice/api/call-resource",
        "fragments": _TWILIO + "usage/webhooks/webhooks-connection-overrides",
        "longest_dial_s": _TWILIO + "voice/twiml/dial",
        # <Client> is there, for pages made with its own library, and not with our tickets.
        "browsers": _TWILIO + "voice/twiml",
        "texts": _TWILIO + "messaging/api/message-resource",
        "missing": _TWILIO + "voice/twiml",
    },
)

SIGNALWIRE: Final = Capabilities(
    name="SignalWire",
    signature=Signature(
        headers=("X-SignalWire-Signature", "X-Twilio-Signature"), repeated="all", own_key=True
    ),
    # https://SPACE.signalwire.com/api/laml: each space has a host of its own.
    rest=Rest(base_url=""),
    conference_events=False,  # we have read no page of theirs that names any
    delete_call=False,  # no page of theirs says that the record of a call can be deleted
    fragments=False,  # its time limits have other names, and no number of tries among them
    texts=False,  # the pictures of a text that is deleted are not
    sources={
        "signature": _SIGNALWIRE_JS + "lib/webhooks/webhooks.js",
        "rest": "https://developer.signalwire.com/rest/compatibility-api/overview",
        "ids": _SIGNALWIRE + "client-sdks/methods/calls",
        "conference": _SIGNALWIRE + "cxml/voice/conference-noun/",
        "conference_events": _SIGNALWIRE + "cxml/voice/conference-noun/",
        "whisper": _SIGNALWIRE + "xml/voice/number-noun",
        # <Stream> is there, but no page says that its handshake is signed.
        "stream": _SIGNALWIRE + "cxml/voice/stream/",
        "parameters_at": _SIGNALWIRE + "cxml/voice/stream/",
        "silence_ends": _SIGNALWIRE + "xml/voice/record/",
        "delete_recording": _SIGNALWIRE + "client-sdks/methods/recordings/delete",
        "delete_call": _SIGNALWIRE + "client-sdks/methods/calls",
        "fragments": "https://signalwire.com/docs/platform/webhooks",
        # No limit is given there: Twilio's stands.
        "longest_dial_s": _SIGNALWIRE + "cxml/voice/dial",
        "browsers": _SIGNALWIRE + "cxml/voice/dial",
        "texts": _SIGNALWIRE + "client-sdks/methods/messaging/delete",
        "missing": _SIGNALWIRE + "xml/voice/",
    },
)

TELNYX: Final = Capabilities(
    name="Telnyx",
    signature=Signature(
        headers=("Telnyx-Signature-Ed25519",),
        algorithm=Algorithm.ED25519,
        covers_url=False,
        own_key=True,
        timestamp="Telnyx-Timestamp",
        tolerance_s=TOLERANCE_S,
    ),
    rest=Rest(
        base_url="https://api.telnyx.com/v2/texml",
        form="telnyx",
        auth="bearer",
        ring_limit=False,
        application=True,
    ),
    ids=r"[A-Za-z0-9:_-]{2,128}",
    whisper=False,  # no page of theirs gives <Number> a document to run before it is connected
    silence_ends=False,  # "the transcription is used to detect silence"
    delete_call=False,
    fragments=False,
    longest_dial_s=120,
    texts=False,  # no page of its TeXML tells of any
    # <Gather> uses the method that is set for the application; without `timeout` a recording is
    # not transcribed to find its end.
    missing=frozenset({"Gather.method", "Record.timeout", "Number.url", "Number.method"}),
    sources={
        "signature": _TELNYX + "api-reference/callbacks/texml-gather",
        "rest": _TELNYX + "api-reference/texml-rest-commands/initiate-an-outbound-call",
        "ids": _TELNYX + "api-reference/callbacks/texml-call-completed",
        "conference": _TEXML + "conference",
        "conference_events": _TELNYX + "api-reference/callbacks/texml-conference-start.md",
        "whisper": _TEXML + "dial",
        # <Stream> is there, but no page says that its handshake is signed.
        "stream": _TEXML + "stream.md",
        "parameters_at": _TEXML + "stream.md",
        "silence_ends": _TEXML + "record/index",
        "delete_recording": _TELNYX + "api/call-scripting-twexit/delete-te-xml-call-recording",
        "delete_call": _TELNYX + "docs/voice/texml/rest-api/calls.md",
        "fragments": _TELNYX + "docs/voice/programmable-voice/texml-instruction-fetching",
        "longest_dial_s": _TEXML + "dial",
        "browsers": _TEXML + "dial",
        "texts": _TELNYX + "docs/voice/texml/rest-api/calls.md",
        "missing": _TEXML + "gather",
    },
)

SOMLENG: Final = Capabilities(
    name="Somleng",
    rest=Rest(
        base_url="https://api.somleng.org", ring_limit=False, events=False, lists_calls=False
    ),
    conference=False,
    conference_events=False,
    whisper=False,
    parameters_at="beside",
    delete_recording=False,
    delete_call=False,
    fragments=False,  # what stands after # is signed with the rest
    texts=False,  # we have found nothing in its code that deletes one
    missing=frozenset(
        {
            *("Pause", "Conference", "Gather.input", "Play.digits", "Record.trim"),
            *("Record.recordingStatusCallbackEvent", "Dial.answerOnBridge", "Dial.hangupOnStar"),
            *("Dial.timeLimit", "Number.url", "Number.method", "Number.statusCallback"),
            *("Number.statusCallbackMethod", "Number.statusCallbackEvent"),
        }
    ),
    sources={
        "signature": _SOMLENG + "workflows/twilio_api/notify_webhook.rb",
        "rest": _SOMLENG + "request_schemas/twilio_api/phone_call_request_schema.rb",
        "ids": _SOMLENG + "serializers/twilio_api/phone_call_serializer.rb",
        "conference": _SOMLENG_SWITCH,
        "conference_events": _SOMLENG_SWITCH,
        "whisper": _SOMLENG_SWITCH,
        # <Connect><Stream> is there; nothing in its code signs the handshake that we have found.
        "stream": _SOMLENG_SWITCH,
        "parameters_at": _SOMLENG_SWITCH,
        "silence_ends": _SOMLENG_SWITCH,
        "delete_recording": _SOMLENG + "controllers/twilio_api/recordings_controller.rb",
        "delete_call": _SOMLENG + "controllers/twilio_api/phone_calls_controller.rb",
        "fragments": _SOMLENG + "workflows/twilio_api/notify_webhook.rb",
        "longest_dial_s": _SOMLENG_SWITCH,
        "browsers": _SOMLENG_SWITCH,
        "texts": _SOMLENG + "controllers/twilio_api/",
        "missing": _SOMLENG_SWITCH,
    },
)

SWITCH: Final = replace(
    TWILIO,
    name="our switch",
    rest=Rest(base_url=""),
    browsers=True,
    sources=dict.fromkeys(TWILIO.sources, "docs/switch.md"),
)

KINDS: Final[Mapping[str, Capabilities]] = MappingProxyType(
    {
        "twilio": TWILIO,
        "signalwire": SIGNALWIRE,
        "telnyx": TELNYX,
        "somleng": SOMLENG,
        "switch": SWITCH,
    }
)
"""By the value of HOTLINE_CARRIER."""

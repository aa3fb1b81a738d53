"""Pure: a TwiML document in the words that one carrier knows.

What a carrier does not know is left out where the call goes on without it: attributes, and what
stands after the # of an address. Elements are never left out: who writes one has to ask first
whether the carrier has it (`hotline.carrier.capabilities`).
"""

from xml.etree import ElementTree

from hotline.carrier.capabilities import Capabilities

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def fitted(document: str, can: Capabilities) -> str:
    """The document as this carrier takes it; unchanged where it knows everything we write."""
    if can.fragments and not can.missing and can.longest_dial_s >= Capabilities.longest_dial_s:
        return document
    # We have just written it ourselves.
    root = ElementTree.fromstring(document)  # noqa: S314  # nosec B314
    for element in root.iter():
        _fit(element, can)
    return HEAD + ElementTree.tostring(root, encoding="unicode", short_empty_elements=True)


def _fit(element: ElementTree.Element, can: Capabilities) -> None:
    for name in [n for n in element.attrib if f"{element.tag}.{n}" in can.missing]:
        del element.attrib[name]
    if element.tag == "Dial" and "timeout" in element.attrib:
        seconds = min(int(element.attrib["timeout"]), can.longest_dial_s)
        element.attrib["timeout"] = str(seconds)
    if not can.fragments:
        for name, value in element.attrib.items():
            element.attrib[name] = _bare(value)
        element.text = _bare(element.text or "") or None


def _bare(text: str) -> str:
    """An address without what stands after its #; any other text as it is."""
    return text.partition("#")[0] if text.startswith(("http://", "https://", "wss://")) else text

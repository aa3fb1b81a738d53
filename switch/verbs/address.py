"""Who is rung by <Number>, <Sip> and <Client>: the name that a phone is registered by."""

from xml.etree.ElementTree import Element

from switch.errors import SCHEMA, DocumentError
from switch.verbs.base import content, no_children

NOUNS = frozenset({"Number", "Sip", "Client"})
"""Nouns of <Dial> that ring a phone."""

_IN_CLIENT = frozenset({"Identity", "Parameter"})


def address(element: Element) -> str:
    """The name of the phone that a noun rings; raises DocumentError."""
    if element.tag == "Client":
        return "client:" + _identity(element)
    no_children(element)
    text = content(element)
    return sip(text) if element.tag == "Sip" else text


def sip(text: str) -> str:
    """A SIP address without the headers behind it; raises DocumentError."""
    plain = text.partition("?")[0].strip()
    if not plain.lower().startswith(("sip:", "sips:")) or "@" not in plain:
        raise DocumentError(SCHEMA, "<Sip> holds an address such as sip:desk@example.com")
    return plain


def _identity(element: Element) -> str:
    children = {child.tag for child in element}
    if not children <= _IN_CLIENT:
        raise DocumentError(SCHEMA, "<Client> may hold <Identity> and <Parameter>")
    named = element.find("Identity")
    name = content(element if named is None else named)
    if not name:
        raise DocumentError(SCHEMA, "<Client> has no identity")
    return name

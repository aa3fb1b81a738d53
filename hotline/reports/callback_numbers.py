"""Which numbers may be called back. Pure.

Whoever leaves a number chooses what the hotline dials at its own cost, so only ordinary subscriber
numbers of the countries (or beginnings) that the deployment allows pass.
"""

from collections.abc import Sequence

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType, shortnumberinfo

ORDINARY = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.VOIP,
    }
)
"""What a person is reached at. Not: premium rate, shared cost, toll free, personal and company
numbers, pagers, voicemail boxes, and whatever is unknown."""


def checked(digits: str, own: str, allowed: Sequence[str] = ()) -> str | None:
    """The number in E.164 that these keys mean, None where it may not be called back.

    own: the hotline's number; its country is that of a number entered without one, and it is never
    called back itself. allowed: countries ("US") and beginnings ("+1217"); none: the own country.
    A number whose beginning is named there need only be of a possible length, so that a private
    numbering plan can be named too.
    """
    if not digits.isascii() or not digits.isdecimal():
        return None
    home = _country(phonenumbers.parse(own, None))
    if shortnumberinfo.connects_to_emergency_number(digits, home):
        return None
    try:
        number = phonenumbers.parse(digits, home)
    except phonenumbers.NumberParseException:
        return None
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if e164 == own or not _is_allowed(number, e164, allowed or (home,)):
        return None
    return e164


def _country(number: PhoneNumber) -> str:
    """Its country; that of the country code where the number itself is in no plan."""
    found = phonenumbers.region_code_for_number(number)
    return found or phonenumbers.region_code_for_country_code(number.country_code or 0)


def _is_allowed(number: PhoneNumber, e164: str, allowed: Sequence[str]) -> bool:
    begins = tuple(part for part in allowed if part.startswith("+"))
    kind = phonenumbers.number_type(number)
    if begins and e164.startswith(begins):
        unplanned = kind == PhoneNumberType.UNKNOWN and phonenumbers.is_possible_number(number)
        return kind in ORDINARY or unplanned
    valid = phonenumbers.is_valid_number(number) and kind in ORDINARY
    return valid and phonenumbers.region_code_for_number(number) in allowed

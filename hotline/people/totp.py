"""Codes of an authenticator app: time-based one-time passwords (RFC 6238). Pure.

A step lasts 30 s and has a code of six digits. One step before and one after are accepted too, for
clocks that differ and people who type; a step that was accepted, and all before it, never again
(RFC 6238, 5.2).
"""

import hmac
from datetime import datetime

import pyotp

STEP_S = 30
DIGITS = 6
DRIFT = 1
"""Steps before and after the present one; RFC 6238, 5.2 recommends at most one."""
ISSUER = "Hotline"


def new_secret() -> str:
    """A secret of 160 random bits (RFC 4226, 4), base32."""
    return pyotp.random_base32(32)


def step_at(now: datetime) -> int:
    """The number of the present step."""
    return int(now.timestamp()) // STEP_S


def code_of(secret: str, step: int) -> str:
    """The code that an app shows during a step."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_S).generate_otp(step)


def typed_code(typed: str) -> str | None:
    """The six digits of what was typed, without spaces; None if it is no such code."""
    digits = "".join(typed.split())
    return digits if len(digits) == DIGITS and digits.isascii() and digits.isdigit() else None


def fitting_step(secret: str, typed: str, now: datetime, after: int) -> int | None:
    """The step whose code was typed: the first one later than `after` that is near enough."""
    code, present = typed_code(typed), step_at(now)
    if code is None:
        return None
    near = range(max(present - DRIFT, after + 1), present + DRIFT + 1)
    fitting = [step for step in near if hmac.compare_digest(code_of(secret, step), code)]
    return fitting[0] if fitting else None


def grouped(secret: str) -> str:
    """The secret in groups of four, for whoever types it."""
    return " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))


def address(secret: str, name: str, host: str) -> str:
    """What the QR code says (otpauth://). `host` tells hotlines apart in an app."""
    issuer = f"{ISSUER} ({host})"
    made = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_S)
    return made.provisioning_uri(name=name, issuer_name=issuer)

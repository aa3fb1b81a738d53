"""How a person proves who they are, on the door's second step and before grave acts.

Fields: `proof_code` (of the app, or a recovery code), `proof_passkey` (what the browser answered,
JSON), `proof_password` (for whoever has no second factor).
"""

from dataclasses import dataclass

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from console import door_says, times
from console.context import runtime, signed_in
from console.text import gettext, marked
from hotline.people import factors, passkeys, second_step
from hotline.people.passkeys import Site
from hotline.people.passwords import TooBusy
from hotline.people.second_step import Checker, Kind, Proof, ProofRefused
from hotline.people.sessions import SignedIn
from hotline.people.sign_in import SignInDelayed

PREFIX = "proof_"
PATH, METHOD = "proof_path", "proof_method"
REFUSED = marked("This does not fit. A code works once; wait for the next one and try again.")


@dataclass(frozen=True)
class Ways:
    """With what somebody can prove themselves. `passkey`: what the browser is asked, as JSON."""

    app: bool
    passkey: str | None
    password: bool


@dataclass(frozen=True)
class Refused:
    """What to say, and with which status."""

    said: str
    status: int
    wait_s: float = 0.0


def site() -> Site | None:
    """The site of passkeys here; None: browsers know none at this address."""
    return passkeys.site_of(runtime().settings.public_url)


def checker() -> Checker:
    """What proofs are checked with."""
    return Checker(runtime().database, runtime().vault, site())


def required() -> bool:
    """Whether everybody needs a second factor."""
    return runtime().settings.second_factor == "required"


def ways(who: SignedIn) -> Ways:
    """What can be asked of somebody now; a passkey is asked a new question each time."""
    here = site()
    with runtime().database.transaction() as session:
        found = factors.of(session, who.account.id)
        asked = None
        if here is not None and found.passkeys:
            asked = passkeys.question(session, who.session.id, who.account.id, here)
    return Ways(found.app is not None, asked, not found)


def prove(who: SignedIn, token: str) -> tuple[str, Kind] | Refused:
    """Check what was sent; the session's new token and what it was, or what to say."""
    proof = Proof(
        request.form.get("proof_code", "")[:64],
        request.form.get("proof_passkey", ""),
        request.form.get("proof_password", ""),
    )
    try:
        return second_step.prove(checker(), who, token, proof, runtime().clock())
    except ProofRefused:
        return Refused(gettext(REFUSED), 401)
    except SignInDelayed as delay:
        wait = times.lasted(max(1.0, delay.wait_s))
        said = gettext("Too many wrong codes. Wait %(wait)s, then try again.", wait=wait)
        return Refused(said, 429, delay.wait_s)
    except TooBusy:
        return Refused(gettext(door_says.BUSY), 503)


def ask_again(path: str, method: str, refused: Refused | None = None) -> Response:
    """The page that asks for a fresh proof, and carries along what was sent."""
    page = render_template(
        "door/step_up.html",
        ways=ways(signed_in()),
        path=path,
        method=method,
        kept=carried(),
        wrong=refused and refused.said,
    )
    return answer(page, refused, 401 if request.method == "POST" else 200)


def carried() -> list[tuple[str, str]]:
    """The fields of the form that was sent, without those of the proof."""
    sent = request.form.items(multi=True)
    return [(name, value) for name, value in sent if not name.startswith(PREFIX)]


def answer(page: str, refused: Refused | None, status: int) -> Response:
    """A page with the status of what was refused."""
    response = make_response(page, refused.status if refused else status)
    if refused and refused.wait_s:
        response.headers["Retry-After"] = str(max(1, round(refused.wait_s)))
    return response

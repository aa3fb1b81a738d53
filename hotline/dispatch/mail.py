"""An alarm as e-mail: ids and closed words, a plain sentence, and the way to the console.

What the server answers may name addresses, so only codes of ours come out of here.
"""

import smtplib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from hotline.dispatch.books import Letter, Waits
from hotline.settings import Settings

STEP_S = 10.0
"""How long the server may take for each step: RFC 5321 allows minutes, but whoever is to be woken
is better told again in the next round."""
PORTS = {"starttls": 587, "tls": 465, "none": 25}
"""RFC 6409, section 3.1; RFC 8314, section 3.3; RFC 5321, section 4.5.4.2."""

TEST = "test"
"""The reason of an alarm that only tries the ways."""
NAMED = ("reason", "alarm", "report", "raised_at", "round")


class NotMailed(Exception):
    """The server did not take it; `code` says why in one word of ours."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Mailbox:
    """Where alarms are mailed. tls: as in the settings. recipients: at least one."""

    host: str
    port: int
    tls: str
    user: str | None
    password: str = field(repr=False)
    sender: str
    recipients: tuple[str, ...]


def mailbox(settings: Settings) -> Mailbox | None:
    """The mailbox of the settings; None where no mail is wanted."""
    if settings.mail_host is None or settings.mail_from is None:
        return None
    password = settings.mail_password
    return Mailbox(
        host=settings.mail_host,
        port=settings.mail_port or PORTS[settings.mail_tls],
        tls=settings.mail_tls,
        user=settings.mail_user,
        password=password.get_secret_value() if password is not None else "",
        sender=settings.mail_from,
        recipients=tuple(settings.mail_to),
    )


def compose(box: Mailbox, fact: Mapping[str, object], console: str, now: datetime) -> EmailMessage:
    """The mail of one round of an alarm; the rounds of one alarm belong to one thread.

    fact: as `hotline.dispatch.alarms.fact` gives it. console: the address of the board.
    """
    domain, first = box.sender.rpartition("@")[2], f"alarm-{fact['alarm']}"
    message = EmailMessage()
    message["From"], message["To"] = box.sender, ", ".join(box.recipients)
    message["Subject"] = f"Hotline alarm: {fact['reason']}"
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{first}-{fact['round']}@{domain}>"
    message["References"] = f"<{first}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answering machine answers
    said = "This is a test alarm: somebody looks whether this mail arrives."
    if fact["reason"] != TEST:
        said = "An alarm of the hotline is open, and nobody has answered for it yet."
    lines = [f"{name}: {fact[name]}" for name in NAMED if fact.get(name) is not None]
    message.set_content("\n".join([said, "", *lines, "", f"The console: {console}", ""]))
    return message


SAID = {
    Waits.DELIVERY: (
        "The school safety line has something for you",
        "The school safety line has something for you. What it is, stands in no mail.\n"
        "Sign in to read it, and say there that you have it:",
    ),
    Waits.OUTCOMES: (
        "The school safety line: an outcome is late",
        "How some reports ended is not written down yet. Sign in to see which they are:",
    ),
}
"""Subject and text; neither tells what any report is about."""


def letter(box: Mailbox, letter: Letter, link: str, now: datetime) -> EmailMessage:
    """A mail that tells that something waits: whoever reads along learns no more than that there is
    a hotline. link: where it waits."""
    subject, said = SAID[letter.waits]
    message = EmailMessage()
    message["From"], message["To"] = box.sender, ", ".join(letter.to)
    message["Subject"] = subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{letter.about}@{box.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{said}\n\n{link}\n")
    return message


def send(box: Mailbox, message: EmailMessage, step_s: float = STEP_S) -> None:
    """Hand the mail to the server. Raises NotMailed, also when some addresses were refused; the
    others have it then."""
    refused = _with_server(box, step_s, lambda server: server.send_message(message))
    if refused:
        raise NotMailed("addresses_refused")


def try_out(box: Mailbox, step_s: float = STEP_S) -> None:
    """Go as far as signing in, and send nothing. Raises NotMailed."""
    _with_server(box, step_s, lambda server: server.noop())


def _with_server(box: Mailbox, step_s: float, act: Callable[[smtplib.SMTP], object]) -> object:
    try:
        with _connected(box, step_s) as server:
            if box.user is not None:
                server.login(box.user, box.password)
            return act(server)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise NotMailed(_code(error)) from None


def _connected(box: Mailbox, step_s: float) -> smtplib.SMTP:
    """A greeted server, the way to it encrypted where that is wanted."""
    # Our own name would be looked up otherwise, and a slow DNS would be waited for.
    us = box.sender.rpartition("@")[2]
    if box.tls == "tls":
        return smtplib.SMTP_SSL(
            box.host,
            box.port,
            local_hostname=us,
            timeout=step_s,
            context=ssl.create_default_context(),
        )
    server = smtplib.SMTP(box.host, box.port, local_hostname=us, timeout=step_s)
    if box.tls == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def _code(error: Exception) -> str:
    """Why, in a word of ours: the texts of these errors hold addresses and what servers say."""
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "timeout"
    match error:
        case smtplib.SMTPRecipientsRefused():
            return "addresses_refused"
        case smtplib.SMTPNotSupportedError():
            return "not_supported"
        case smtplib.SMTPResponseException():
            return f"answer_{error.smtp_code}"
        case ssl.SSLCertVerificationError():
            return "certificate"
        case ssl.SSLError():
            return "tls"
    return "unreachable" if isinstance(error, OSError) else type(error).__name__

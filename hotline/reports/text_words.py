"""Words by which whoever writes a text steers the texts themselves. Pure.

Carriers demand them: STOP ends texts to a number, START begins them again, HELP is answered with
who we are (CTIA, Messaging Principles and Best Practices, 2023, section 5.1.3).
"""

import re
import unicodedata
from enum import StrEnum
from typing import Final

LONGEST: Final = 20
"""Signs of a text that can be nothing but such a word."""
_LETTERS: Final = re.compile(r"[^\w]+")


class Keyword(StrEnum):
    """stop: no more texts · start: texts again · help: who is this?"""

    STOP = "stop"
    START = "start"
    HELP = "help"


STOP: Final = frozenset(
    {
        # Twilio's, for numbers of the United States and Canada.
        *("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"),
        *("alto", "parar", "arret", "arrêt"),
    }
)
START: Final = frozenset({"start", "unstop"})
HELP: Final = frozenset({"help", "info", "ayuda", "aide"})


def keyword(body: str) -> Keyword | None:
    """The word that a text consists of; None for every text that says more. "stop" among others is
    what somebody wants to happen."""
    if len(body.strip()) > LONGEST:
        return None
    bare = _LETTERS.sub("", unicodedata.normalize("NFC", body).casefold())
    for word, spelled in ((Keyword.STOP, STOP), (Keyword.START, START), (Keyword.HELP, HELP)):
        if bare in spelled:
            return word
    return None

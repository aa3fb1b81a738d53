"""An unauthenticated request changes nothing (invariant I11)."""

import pytest
import requests
from sqlalchemy import func, select

from hotline.database.base import Base
from hotline.tasks.model import Task
from tests.e2e.conftest import Theatre

pytestmark = pytest.mark.e2e
PATHS = (
    "/voice",
    "/voice/step",
    "/voice/park",
    "/voice/status",
    "/voice/recording?message=x",
    "/voice/responder/x",
    "/voice/responder/x/key",
    "/voice/responder/x/status",
    "/voice/alarm/x",
    "/voice/alarm/x/key",
)


BACKGROUND = ("heartbeat", "task")
"""What the dispatcher itself writes all the time; of tasks only the number is compared."""


def everything(theatre: Theatre) -> dict[str, object]:
    """Every row of every table."""
    with theatre.stack.runtime.database.transaction() as session:
        found: dict[str, object] = {
            name: sorted(map(str, session.execute(select(table))))
            for name, table in Base.metadata.tables.items()
            if name not in BACKGROUND
        }
        return found | {"task": session.scalar(select(func.count()).select_from(Task))}


@pytest.mark.parametrize("signature", [None, "", "bm90IHRoZSByaWdodCBvbmU="])
@pytest.mark.parametrize("path", PATHS)
def test_is_refused(theatre: Theatre, path: str, signature: str | None) -> None:
    before = everything(theatre)
    form = {"CallSid": "CA" + "0" * 32, "CallStatus": "completed", "Digits": "1"}
    headers = {} if signature is None else {"X-Twilio-Signature": signature}
    url = theatre.stack.settings.public_url + path
    answer = requests.post(url, data=form, headers=headers, timeout=10)
    assert answer.status_code == 403
    assert everything(theatre) == before

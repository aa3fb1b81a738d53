"""A supervisor at the console, over HTTP and signed in, as their browser would be."""

import secrets
import time

import requests
from sqlalchemy import select, update

from hotline.context import Runtime
from hotline.oncall.model import Responder
from hotline.people.accounts import add_account
from hotline.people.model import Account, Role
from hotline.people.passwords import hash_password

NAME = "Nora Quinn"
TIMEOUT_S = 20.0
LOOK_EVERY_S = 0.2
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
"""What a browser says of a form of one of our own pages."""


class Supervisor:
    """One person with an account of their own. `runtime`: where the account is made."""

    def __init__(self, runtime: Runtime, url: str) -> None:
        self._runtime, self._url = runtime, url
        self._name = f"supervisor-{secrets.token_hex(4)}"
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.update(OWN_PAGE)

    def sign_in(self) -> int:
        """Make the account and sign in with name and password; gives the status of the answer."""
        name, password = self._name, secrets.token_urlsafe(18)
        now = self._runtime.clock()
        with self._runtime.database.transaction() as session:
            add_account(session, name, NAME, Role.SUPERVISOR, hash_password(password), now)
        return self._send("/sign-in", {"name": name, "password": password})

    def ask(self, report_id: str, question: str) -> int:
        """Leave a question that the caller hears when they return."""
        return self._send(f"/reports/{report_id}/replies", {"reply": question})

    def call_back(self, report_id: str, handle: str) -> int:
        """Call the caller back, as the responder of that handle: as soon as the page offers it."""
        self._be(handle)
        path = f"/reports/{report_id}"
        until = time.monotonic() + TIMEOUT_S
        while time.monotonic() < until:  # the end of the responder's last call may just be told
            page = self._session.get(f"{self._url}{path}", timeout=TIMEOUT_S)
            if f"{path}/called-back" in page.text:
                break
            time.sleep(LOOK_EVERY_S)
        return self._send(f"{path}/called-back", {})

    def _be(self, handle: str) -> None:
        """From now on the account is this responder's."""
        with self._runtime.database.transaction() as session:
            account = session.scalars(select(Account).where(Account.name == self._name)).one()
            query = select(Responder.id).where(Responder.handle == handle)
            who = session.scalars(query).one()
            others = update(Account).where(Account.responder_id == who)
            session.execute(others.values(responder_id=None))  # of an earlier play
            account.responder_id = who

    def close(self, report_id: str, disposition: str) -> int:
        """Close the report as it stands. disposition: how it ended; "": not said."""
        page = self._session.get(f"{self._url}/reports/{report_id}", timeout=TIMEOUT_S)
        _, _, rest = page.text.partition('name="version" value="')
        form = {"version": rest.partition('"')[0], "disposition": disposition}
        return self._send(f"/reports/{report_id}/closed", form)

    def _send(self, path: str, form: dict[str, str]) -> int:
        """Send a form; what it leads to is not fetched."""
        answer = self._session.post(
            f"{self._url}{path}", data=form, timeout=TIMEOUT_S, allow_redirects=False
        )
        return answer.status_code

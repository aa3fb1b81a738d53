"""A supervisor at the console, over HTTP and signed in, as their browser would be."""

import secrets

import requests

from hotline.context import Runtime
from hotline.people.accounts import add_account
from hotline.people.model import Role
from hotline.people.passwords import hash_password

NAME = "Nora Quinn"
TIMEOUT_S = 20.0
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
"""What a browser says of a form of one of our own pages."""


class Supervisor:
    """One person with an account of their own. `runtime`: where the account is made."""

    def __init__(self, runtime: Runtime, url: str) -> None:
        self._runtime, self._url = runtime, url
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.update(OWN_PAGE)

    def sign_in(self) -> int:
        """Make the account and sign in with name and password; gives the status of the answer."""
        name, password = f"supervisor-{secrets.token_hex(4)}", secrets.token_urlsafe(18)
        now = self._runtime.clock()
        with self._runtime.database.transaction() as session:
            add_account(session, name, NAME, Role.SUPERVISOR, hash_password(password), now)
        return self._send("/sign-in", {"name": name, "password": password})

    def ask(self, report_id: str, question: str) -> int:
        """Leave a question that the caller hears when they return."""
        return self._send(f"/reports/{report_id}/replies", {"reply": question})

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

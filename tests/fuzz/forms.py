"""Every form of the console with anything in its fields, as everybody who may send it.

Fields are those that the pages themselves name, and some that they do not; never a 500.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tests.fuzz.webhooks import HOSTILE, NotKept

FIELD = re.compile(r'<(?:input|select|textarea|button)[^>]*\bname="([^"]+)"')
OPTION = re.compile(r'\bvalue="([^"]{1,80})"')
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
LEAVES = ("console.do_sign_out", "console.do_sign_in", "console.do_setup")
"""They end the session that the next input needs."""


@dataclass
class Forms:
    """A console with somebody signed in. `place` gives values for the parts of an address."""

    client: FlaskClient
    rules: list[Rule]
    places: dict[str, list[str]]
    chance: random.Random
    fields: set[str] = field(default_factory=set)
    values: set[str] = field(default_factory=set)
    answered: dict[int, int] = field(default_factory=dict)

    def learn(self) -> None:
        """Look at every page for the names of fields and for what may be chosen."""
        for rule in self.rules:
            if "GET" in (rule.methods or ()) and "events" not in rule.rule:
                answer = self.client.get(self._path(rule, known=True))
                if answer.mimetype == "text/html":
                    page = answer.get_data(as_text=True)
                    self.fields.update(FIELD.findall(page))
                    self.values.update(OPTION.findall(page))
                answer.close()

    def send(self, rule: Rule, times: int) -> None:
        """Send a form so often. Raises NotKept."""
        for _ in range(times):
            path, form = self._path(rule), dict(self._form())
            answer = self.client.post(path, data=form, headers=SAME_SITE)
            self._judge(answer.status_code, f"POST {path!r} {form!r}")
            answer.close()

    def ask(self, rule: Rule, times: int) -> None:
        """Ask for a page with a query so often. Raises NotKept."""
        for _ in range(times):
            path, query = self._path(rule), dict(self._form())
            answer = self.client.get(path, query_string=query)
            self._judge(answer.status_code, f"GET {path!r} {query!r}")
            answer.close()

    def _judge(self, status: int, what: str) -> None:
        self.answered[status] = self.answered.get(status, 0) + 1
        if status >= 500:
            raise NotKept(f"{status}: {what}")

    def _path(self, rule: Rule, known: bool = False) -> str:
        path = rule.rule
        for name in rule.arguments:
            there = self.places.get(name) or ["x"]
            value = self.chance.choice(there)
            if not known and self.chance.random() < 0.1:
                value = self.chance.choice(("x", "0", "-1", "%00", "..", "é", "9" * 30))
            path = re.sub(rf"<(?:\w+:)?{name}>", value, path)
        return path

    def _form(self) -> Iterator[tuple[str, str]]:
        fields = sorted(self.fields)
        for name in self.chance.sample(fields, min(len(fields), self.chance.randrange(12))):
            yield name, self._value()

    def _value(self) -> str:
        if self.values and self.chance.random() < 0.5:
            return self.chance.choice(sorted(self.values))
        return self.chance.choice((*HOSTILE, "2026-02-30", "25:61", "2026-11-29T02:30", "1e400"))

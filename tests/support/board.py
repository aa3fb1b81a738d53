"""The board, read as words."""

import re

from flask.testing import FlaskClient

from hotline.reports.model import Report
from tests.support.console import World

MARKUP = re.compile(r"<[^>]+>")


def words_of(client: FlaskClient, path: str = "/board/now") -> str:
    """The board's words, without markup."""
    return " ".join(MARKUP.sub(" ", client.get(path).text).split())


def number_of(world: World, report_id: str) -> str:
    """The number of a report as people say it."""
    with world.database.transaction() as session:
        return session.get_one(Report, report_id).number

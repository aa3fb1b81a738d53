"""The audit as a file: every entry that fits the filters, and the anchor of the whole chain."""

import json
from collections.abc import Iterator
from dataclasses import replace

from flask import Response, request

from console import csv_cells, guard
from console.audit import wanted
from console.context import runtime
from console.routes import Route
from hotline import audit as chain
from hotline.audit import AuditEntry, Wanted
from hotline.database.engine import Database
from hotline.people.permissions import Action

COLUMNS = ("seq", "at", "actor", "action", "subject", "detail", "previous", "digest")
STEP = 500


@guard.allows(Action.READ_AUDIT)
@guard.fresh
@guard.gives_file
def do_export_audit() -> Response:
    """The file; that it was made is the chain's last entry and its digest the anchor."""
    with runtime().database.transaction() as session:
        asked = wanted.of(session, request.form)
        guard.audited(session, "audit.exported", "audit")
        head = chain.head(session)
    at = runtime().clock()
    lines = _lines(runtime().database, asked, head, at.isoformat())
    response = Response(lines, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="audit-{at:%Y-%m-%d}.csv"'
    return response


def _lines(database: Database, asked: Wanted, head: tuple[int, str], at: str) -> Iterator[str]:
    """Newest first, read in short transactions; the last line is the anchor."""
    yield csv_cells.line(COLUMNS)
    asked = replace(asked, before=head[0] + 1)
    while True:
        with database.transaction() as session:
            entries = chain.read(session, asked, STEP)
        if not entries:
            break
        yield "".join(_cells(entry) for entry in entries)
        asked = replace(asked, before=entries[-1].seq)
    yield csv_cells.line((head[0], at, "", "anchor", "audit", "", "", head[1]))


def _cells(entry: AuditEntry) -> str:
    detail = json.dumps(entry.detail, sort_keys=True) if entry.detail else ""
    fields = (entry.actor, entry.action, entry.subject, detail, entry.previous, entry.digest)
    return csv_cells.line((entry.seq, entry.at.isoformat(), *fields))


ROUTES = (Route("/audit/export", "do_export_audit", do_export_audit, "POST"),)

"""The help of each page: one template a page, always at the same place of it (WCAG 3.2.6)."""

from flask import request

TEMPLATES = "help"
# Pages that are parts of another one share its help.
SHARED = {
    "new_person": "people",
    "person": "people",
    "do_add_person": "people",
    "do_change_person": "people",
    "do_new_code": "people",
    "do_disable_person": "people",
    "do_enable_person": "people",
    "do_end_session": "people",
    "do_reset_factors": "people",
    "password": "account",
    "do_password": "account",
    "do_account": "account",
    "new_factor": "security",
    "do_add_app": "security",
    "do_add_passkey": "security",
    "do_remove_app": "security",
    "do_remove_passkey": "security",
    "do_new_codes": "security",
    "do_step_up": "step_up",
    "do_passphrase": "sealed_reports",
    "do_unlock": "sealed_reports",
    "do_enroll": "checklist",
    "do_first_policy": "checklist",
    "do_ring": "responders",
    "do_propose_number": "responders",
    "do_approve": "responders",
    "do_ring_change": "responders",
    "do_withdraw": "responders",
    "incident_review": "incident",
    "do_ask_number": "break_glass",
    "do_break_glass": "break_glass",
}


def templates() -> list[str]:
    """Templates with the help of the page that is shown: its own, else what fits every page."""
    endpoint = (request.endpoint or "").removeprefix("console.")
    page = SHARED.get(endpoint, endpoint)
    return [f"{TEMPLATES}/{page}.html", f"{TEMPLATES}/_any.html"]

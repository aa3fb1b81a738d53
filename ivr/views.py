"""The blueprint of the voice menu: every route a carrier asks for, behind one gate."""

from flask import Blueprint

from hotline.context import Runtime
from ivr.guard import guard
from ivr.line import open_line
from ivr.views_alarm import add_alarm_views
from ivr.views_bridge import add_bridge_views
from ivr.views_callback import add_callback_views
from ivr.views_callee import add_callee_views
from ivr.views_caller import add_caller_views
from ivr.views_check import add_check_views
from ivr.views_degraded import add_degraded_views
from ivr.views_delivery import add_delivery_views
from ivr.views_prompts import add_prompt_views
from ivr.views_recording import add_recording_views
from ivr.views_responder import add_responder_views
from ivr.views_synthetic import add_synthetic_views
from ivr.views_text import add_text_views


def create_blueprint(runtime: Runtime) -> Blueprint:
    """All `/voice` routes. Raises PromptError when a language lacks a prompt."""
    line = open_line(runtime)
    blueprint = Blueprint("ivr", __name__)
    guard(blueprint, runtime)
    add_caller_views(blueprint, line)
    add_recording_views(blueprint, line)
    add_responder_views(blueprint, line)
    add_degraded_views(blueprint, line)
    add_check_views(blueprint, line)
    add_bridge_views(blueprint, line)
    add_callback_views(blueprint, line)
    add_delivery_views(blueprint, line)
    add_callee_views(blueprint, line)
    add_alarm_views(blueprint, line)
    add_prompt_views(blueprint, line)
    add_synthetic_views(blueprint, line)
    add_text_views(blueprint, line)
    return blueprint

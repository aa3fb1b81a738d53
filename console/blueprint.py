"""All pages of the console, and where each one lives."""

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

from console import audio, context, desk_views, door_views, guard, report_list, report_page
from hotline.context import Runtime
from hotline.reports import masks

ROUTES = (
    ("/", "home", report_list.home, "GET"),
    ("/sign-in", "sign_in", door_views.sign_in, "GET"),
    ("/sign-in", "do_sign_in", door_views.do_sign_in, "POST"),
    ("/sign-out", "do_sign_out", door_views.do_sign_out, "POST"),
    ("/setup", "setup", door_views.setup, "GET"),
    ("/setup", "do_setup", door_views.do_setup, "POST"),
    ("/reports", "reports", report_list.reports, "GET"),
    ("/reports/<report_id>", "report", report_page.report, "GET"),
    ("/reports/<report_id>/reveal", "do_reveal", report_page.do_reveal, "POST"),
    ("/reports/<report_id>/reviewed", "do_review", desk_views.do_review, "POST"),
    ("/messages/<message_id>/audio", "audio", audio.audio, "GET"),
    ("/alarms/<alarm_id>/acknowledged", "do_acknowledge", desk_views.do_acknowledge, "POST"),
)


def create_blueprint(runtime: Runtime) -> Blueprint:
    """The console's blueprint for this runtime. Raises LanguageRulesWrong when a language
    file is in disorder."""
    maskers = masks.parse(runtime.languages)
    blueprint = Blueprint(
        "console",
        __name__,
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    guard.install(blueprint)
    for rule, endpoint, view, method in ROUTES:
        blueprint.add_url_rule(rule, endpoint, view, methods=[method])

    def keep_runtime(state: BlueprintSetupState) -> None:
        state.app.extensions[context.EXTENSION] = runtime
        state.app.extensions[context.MASKS] = maskers

    blueprint.record(keep_runtime)
    return blueprint

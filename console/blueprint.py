"""All pages of the console, and where each one lives."""

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

from console import alarm_views, context, door_views, guard, locale
from console.account import preferences
from console.reports import listing, page, review, sound
from console.statistics import page as statistics
from console.statistics import year as statistics_year
from console.voice_menu import page as voice_menu
from console.voice_menu import recording as voice_menu_recording
from hotline.context import Runtime
from hotline.reports import masks

# One line a module, so that a new page is one new line.
MODULES = (
    door_views,
    preferences,
    alarm_views,
    listing,
    page,
    review,
    sound,
    statistics,
    statistics_year,
    voice_menu,
    voice_menu_recording,
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
    for module in MODULES:
        for route in module.ROUTES:
            blueprint.add_url_rule(route.rule, route.endpoint, route.view, methods=[route.method])

    def keep_runtime(state: BlueprintSetupState) -> None:
        state.app.extensions[context.EXTENSION] = runtime
        locale.install(state.app)
        state.app.extensions[context.MASKS] = maskers

    blueprint.record(keep_runtime)
    return blueprint

"""All pages of the console, and where each one lives."""

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

from console import alarm_views, context, door_views, guard, locale
from console.account import preferences
from console.reports import bulk, listing, newer, page, review, sound
from hotline.context import Runtime

# One line a module, so that a new page is one new line.
MODULES = (
    door_views,
    preferences,
    alarm_views,
    listing,
    newer,
    bulk,
    page,
    review,
    sound,
)


def create_blueprint(runtime: Runtime) -> Blueprint:
    """The console's blueprint for this runtime."""
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

    blueprint.record(keep_runtime)
    return blueprint

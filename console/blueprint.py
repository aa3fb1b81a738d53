"""All pages of the console, and where each one lives."""

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

from console import (
    alarm_views,
    break_glass,
    context,
    door_views,
    guard,
    locale,
    palette_views,
    second_step_views,
    step_up,
    welcome_views,
)
from console.account import password, preferences, sealed_reports, security, speed
from console.audit import export as audit_export
from console.audit import page as audit_page
from console.board import views as board
from console.casework import (
    calling_back,
    closing,
    delivering,
    holding,
    keeping,
    sorting,
    telephone,
    telling,
)
from console.casework import notes as casework_notes
from console.incidents import page as incidents
from console.live import events, still_here
from console.oncall import changes, device, my_phone, my_shift, recipients, responders, stand_in
from console.oncall import page as on_call_page
from console.people import listing as people_listing
from console.people import person
from console.policies import page as policies
from console.reports import bulk, correct, listing, newer, page, review, sound
from console.statistics import page as statistics
from console.statistics import year as statistics_year
from console.system import health, steps
from console.system import settings as settings_page
from console.voice_menu import notice as voice_menu_notice
from console.voice_menu import page as voice_menu
from console.voice_menu import recording as voice_menu_recording
from console.voice_menu import review as voice_menu_review
from hotline.context import Runtime
from hotline.reports import masks
from hotline.reports.casework import facts

# One line a module, so that a new page is one new line.
MODULES = (
    door_views,
    welcome_views,
    second_step_views,
    step_up,
    board,
    events,
    still_here,
    preferences,
    password,
    security,
    sealed_reports,
    speed,
    alarm_views,
    listing,
    newer,
    bulk,
    page,
    review,
    sound,
    incidents,
    casework_notes,
    sorting,
    holding,
    calling_back,
    delivering,
    telephone,
    keeping,
    closing,
    telling,
    on_call_page,
    stand_in,
    people_listing,
    person,
    audit_page,
    audit_export,
    settings_page,
    health,
    steps,
    palette_views,
    correct,
    responders,
    recipients,
    changes,
    my_phone,
    my_shift,
    device,
    policies,
    statistics,
    statistics_year,
    voice_menu,
    voice_menu_notice,
    voice_menu_recording,
    voice_menu_review,
)


def create_blueprint(runtime: Runtime) -> Blueprint:
    """The console's blueprint for this runtime. Raises LanguageRulesWrong when a language
    file is in disorder, FactsError when the file of facts is."""
    facts.fields(runtime.settings.facts_file)
    maskers = masks.parse(runtime.languages)
    blueprint = Blueprint(
        "console",
        __name__,
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    guard.install(blueprint)
    glass = (break_glass,) if runtime.settings.break_glass else ()
    for module in (*MODULES, *glass):
        for route in module.ROUTES:
            blueprint.add_url_rule(route.rule, route.endpoint, route.view, methods=[route.method])

    def keep_runtime(state: BlueprintSetupState) -> None:
        state.app.extensions[context.EXTENSION] = runtime
        locale.install(state.app)
        state.app.extensions[context.MASKS] = maskers
        events.install(state.app, runtime)

    blueprint.record(keep_runtime)
    return blueprint

"""The first steps, from an empty database to a phone that rings."""

from flask import current_app, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from console import guard, wrong
from console.context import runtime, signed_in
from console.forms import HotlineForm
from console.oncall import change_cards
from console.routes import Route
from console.system import steps_forms
from console.text import gettext, lazy_gettext
from hotline import first_steps
from hotline.dispatch import policy
from hotline.first_steps import ESSENTIAL, Step
from hotline.oncall import changes, enrolling
from hotline.oncall.enrolling import NotEnrolled
from hotline.people.permissions import Action

NAMES = {
    Step.ADMINISTRATOR: lazy_gettext("An administrator"),
    Step.LINE: lazy_gettext("A number and a carrier"),
    Step.MODELS: lazy_gettext("Speech models for real callers"),
    Step.RESPONDER: lazy_gettext("Somebody who is rung"),
    Step.POLICY: lazy_gettext("A policy that comes to a person"),
    Step.SUPERVISOR: lazy_gettext("A supervisor"),
    Step.RING: lazy_gettext("A test ring, confirmed"),
    Step.MESSAGE: lazy_gettext("A first message"),
}


@guard.allows(Action.SEE_SYSTEM)
def checklist() -> Response:
    """The steps as they stand, and forms for those that can be taken here."""
    return _page()


@guard.allows(Action.MANAGE_PEOPLE)
@guard.fresh
def do_enroll() -> Response:
    """Add somebody who is rung; 422 with what is wrong."""
    form = steps_forms.responder_form(sent=True)
    if form.validate() and _enrolled(form):
        return _back()
    return _page(responder=form, status=422)


@guard.allows(Action.MANAGE_PEOPLE)
@guard.fresh
def do_first_policy() -> Response:
    """Make the default policy where there is none; 409 where somebody has made one meanwhile."""
    with runtime().database.transaction() as session:
        form = steps_forms.policy_form(session, sent=True)
        status = _make_policy(session, form) if form.validate() else 422
    return _back() if status == 303 else _page(policy_=form, status=status)


def _enrolled(form: steps_forms.ResponderForm) -> bool:
    with runtime().database.transaction() as session:
        own = runtime().settings.phone_number
        try:
            if change_cards.needs_two(session):
                me, now = signed_in().account.id, runtime().clock()
                new, vault = form.newcomer(), runtime().vault
                made = changes.propose_new(session, vault, new, own, by=me, now=now)
                change_cards.put_on_record(session, made)
            else:
                row = enrolling.enroll(session, runtime().vault, form.newcomer(), own)
                guard.audited(session, "responder.added", f"responder:{row.id}")
        except NotEnrolled as refused:
            wrong.add(form, refused.field, gettext(str(refused)))
            return False
    return True


def _make_policy(session: Session, form: steps_forms.PolicyForm) -> int:
    if not policy.put_first(session, form.policy()):
        said = gettext("There is a default policy meanwhile. It was not changed.")
        wrong.add(form, "", said)
        return 409
    guard.audited(session, "policy.added", f"policy:{policy.DEFAULT}")
    return 303


def _page(
    *,
    responder: HotlineForm | None = None,
    policy_: HotlineForm | None = None,
    status: int = 200,
) -> Response:
    with runtime().database.transaction() as session:
        done = first_steps.done(session, runtime())
        policy_form = policy_ or steps_forms.policy_form(session)
        has_policy = policy.DEFAULT in policy.names(session)
    page = render_template(
        "system/steps.html",
        steps=[(step, NAMES[step], shape(step, done)) for step in Step],
        is_ready=not any(not done[step] for step in ESSENTIAL),
        headline=headline(done),
        responder=responder or steps_forms.responder_form(),
        policy=policy_form,
        has_policy=has_policy,
        rings=_where_to_ring(),
        own_switch=runtime().settings.needs_own_switch,
    )
    return make_response(page, status)


def _where_to_ring() -> str | None:
    """The page that sends test rings, where there is one."""
    there = "console.responders" in current_app.view_functions
    return url_for("console.responders") if there else None


def following(done: dict[Step, bool]) -> Step | None:
    """The step to take next: the first essential one that is open, else the first open one."""
    still = [step for step in Step if not done[step]]
    return next((step for step in still if step in ESSENTIAL), still[0] if still else None)


def shape(step: Step, done: dict[Step, bool]) -> str:
    """How the step stands on the line: taken, next or later."""
    if done[step]:
        return "taken"
    return "next" if step is following(done) else "later"


def headline(done: dict[Step, bool]) -> tuple[str, str]:
    """How far it is, and what comes next."""
    following_ = following(done)
    if following_ is None:
        return gettext("Everything is ready: a caller comes to a person."), ""
    count = sum(done.values())
    said = gettext("%(count)s of %(all)s steps are done.", count=count, all=len(done))
    return said, gettext("Next: %(step)s.", step=_small(str(NAMES[following_])))


def _small(name: str) -> str:
    return name[:1].lower() + name[1:]


def _back() -> Response:
    return redirect(url_for("console.checklist"), 303)


ROUTES = (
    Route("/first-steps", "checklist", checklist),
    Route("/first-steps/responder", "do_enroll", do_enroll, "POST"),
    Route("/first-steps/policy", "do_first_policy", do_first_policy, "POST"),
)

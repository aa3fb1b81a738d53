"""Every command that README and the guides have somebody type: it exists as it is written, and is
run by a test, or the reason why not stands here."""

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import click
import pytest

from hotline.cli import main
from switch.__main__ import parse_arguments

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
# `sh` in the guides "Start here" and "For administrators" is typed by their tests, as it stands;
# `shell` in them needs what a test has not got.
TYPED = ("sh", "shell", "bash", "console")
ASSIGNS = re.compile(r"[A-Z_]+=")
INLINE = re.compile(r"`(?:\.venv/bin/)?(hotline [^`|…]+)`")

START = "tests/e2e/test_start_guide.py::test_the_guide_ends_with_a_report_taken"
ADMINISTRATOR = "tests/integration/test_administrators_guide.py::test_the_guide_can_be_typed"
DRILL = "tests/integration/test_restore_drill.py::test_the_drill"
SWITCH = "tests/e2e/test_switch_guide.py::test_the_guide_can_be_played"
MODELS = "tests/unit/commands/test_models_command.py::"
RUN_BY = {
    "hotline migrate": ADMINISTRATOR,
    "hotline keys status": ADMINISTRATOR,
    "hotline setup-code": ADMINISTRATOR,
    "cp docs/roster.example.toml roster.toml": ADMINISTRATOR,
    "hotline roster check roster.toml": ADMINISTRATOR,
    "hotline roster apply roster.toml": ADMINISTRATOR,
    "hotline oncall gaps": ADMINISTRATOR,
    "hotline backup key > identity": ADMINISTRATOR,
    "hotline backup --keep 30": ADMINISTRATOR,
    "hotline audit verify": ADMINISTRATOR,
    "hotline audit anchor >> anchors.jsonl": ADMINISTRATOR,
    "hotline up": START,
    "cp docs/roster.example.toml var/roster.toml": START,
    "hotline roster check var/roster.toml": START,
    "hotline roster apply var/roster.toml": START,
    "hotline policy explain default": START,
    "hotline trial": START,
    "hotline doctor": "tests/unit/doctor/test_doctor_command.py::test_the_command",
    "hotline models list": f"{MODELS}test_list",
    "hotline models verify": f"{MODELS}test_verify_says_that_it_is_a_test_model",
    "hotline models install en es ar": f"{MODELS}test_install_list_verify_remove",
    "hotline models install en --from-zip vosk-model-small-en-us-0.15.zip": f"{MODELS}"
    "test_install_from_a_zip",
    "hotline models remove vosk-model-small-en-us-0.15": f"{MODELS}test_install_list_verify_remove",
    "hotline account code NAME": "tests/unit/commands/test_account_command.py"
    "::test_the_last_administrator_gets_a_code",
    "hotline account reset-factors NAME": "tests/unit/commands/test_account_command.py"
    "::test_the_last_administrator_who_lost_their_device_sets_up_another",
    "hotline purge --dry-run": "tests/integration/test_purging.py"
    "::test_the_command_says_what_and_why",
    "hotline purge": "tests/integration/test_purging.py::test_the_command_says_what_and_why",
    "hotline purge --replay-tombstones FILE": "tests/attacks/test_retention_attacks.py"
    "::test_the_command_deletes_it_again_before_anything_is_started",
    "hotline restore FILE --identity identity --tombstones tombstones.jsonl": DRILL,
    "hotline restore FILE --identity identity --check": ADMINISTRATOR,
    "hotline setup twilio": "tests/unit/carrier/test_twilio_number.py"
    "::test_a_fresh_number_is_shown_and_not_touched",
    "hotline setup twilio --apply": "tests/unit/carrier/test_twilio_number.py"
    "::test_with_apply_it_is_changed_and_its_fallback_kept",
    "hotline simulate --seed 1 --run 4711": "tests/unit/simulate/test_simulate_command.py"
    "::test_a_run_can_be_replayed_word_for_word",
    "hotline simulate --runs 20000 --seed 1": "tests/unit/simulate/test_simulate_command.py"
    "::test_runs_that_hold",
    "flask --app docs/examples/desk.py run --port 5001": SWITCH,
    "export SWITCH_AUTH_TOKEN=secret": SWITCH,
    "hotline switch --app http://127.0.0.1:5001/voice --phones phones.json --port 5002"
    " --speed 10": SWITCH,
    'curl -H Authorization: Bearer secret http://127.0.0.1:5002/control/calls --json {"from": '
    '"+15550100001"}': SWITCH,
    "curl -H Authorization: Bearer secret"
    " http://127.0.0.1:5002/control/journal?after=0&wait=10": SWITCH,
    "curl -X PUT -H Authorization: Bearer secret http://127.0.0.1:5002/control/room"
    " --json @room.json": SWITCH,
    "curl -H Authorization: Bearer secret -o heard.wav"
    " http://127.0.0.1:5002/control/phones/%2B15550100001/heard.wav": SWITCH,
    "export SWITCH_SIP_PASSWORD=secret": "tests/unit/switch/test_sip_options.py::test_a_trunk",
    "hotline switch --app http://127.0.0.1:5001/voice --port 5002 --sip-listen 192.0.2.10:5060"
    " --sip-trunk sip:hotline@192.0.2.1 --sip-register --sip-allowed /etc/hotline/numbers": "tests"
    "/sip/test_sip_process.py::test_the_switch_says_its_port_answers_and_ends",
    "export SWITCH_ASTERISK_PASSWORD=secret": "tests/unit/switch/test_asterisk_options.py"
    "::test_they_are_read_and_the_password_is_not_shown",
    "hotline switch --app http://127.0.0.1:5001/voice --port 5002 --asterisk"
    " https://pbx.example:8089 --asterisk-user hotline --asterisk-endpoint PJSIP/{number}@trunk"
    " --asterisk-allowed /etc/hotline/numbers": "tests/integration/test_own_lines.py"
    "::test_it_rings_the_roster_and_nobody_else",
    "hotline oncall drill --all": "tests/integration/test_drill.py"
    "::test_everybody_is_rung_and_told_apart",
}
"""Where a command is run, with values of the test's own."""

SECRETS = ("SWITCH_AUTH_TOKEN", "SWITCH_ASTERISK_PASSWORD")
DOCKER = "needs Docker and the image; tests/unit/test_compose.py reads the file"
SYSTEMD = "changes the machine; tests/unit/test_deploy.py has systemd read the units"
LONG = "takes minutes to hours and is a target of its own; the tests run its parts"
NOT_RUN = {
    "make install": "comes before every test, and is typed on a fresh machine before each release",
    "make demo": "a step of its own in .ci/run",
    "hotline models install en --size large": "fetches gigabytes; smaller ones are run by a test",
    "docker compose up --build --detach": DOCKER,
    "docker compose exec web hotline setup-code": DOCKER,
    "docker compose run --rm --no-deps --volume /srv/backups:/backups web backup --to /backups"
    " --keep 30": DOCKER,
    "cp .env.example .env": "its lines are checked in tests/unit/test_docs.py",
    "pip install --require-hashes -r requirements-sip.lock": "fetches packages; the same versions"
    " are in requirements-dev.lock",
    "chmod 0600 .env": "there is nothing of ours in it",
    "cp deploy/systemd/* /etc/systemd/system/": SYSTEMD,
    "systemctl daemon-reload": SYSTEMD,
    "systemctl enable --now hotline.service": SYSTEMD,
    "hotline simulate --mutants": LONG,
    "hotline simulate --wave --seed 1": LONG,
    "hotline simulate --day --seed 1": LONG,
    "make test-faults RUNS=30 SEED=1": LONG,
}


class Wrong(Exception):
    """The command is not there, or does not take what it is given."""


def blocks(page: Path) -> Iterator[tuple[str, str]]:
    """(language, text) of the page's blocks."""
    for _, language, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        yield language, text


def commands(text: str) -> Iterator[str]:
    """The commands of a block, without comments and as `hotline …`, wherever it lies."""
    for line in text.replace("\\\n", " ").splitlines():
        words = shlex.split(line.removeprefix("$ "), comments=True)
        for part in " ".join(words).split(" && "):
            if part and not ASSIGNS.match(part):
                yield part.removeprefix(".venv/bin/")


def all_commands() -> list[str]:
    """Every command in a block of every page, each once."""
    found = (c for p in PAGES for lang, text in blocks(p) if lang in TYPED for c in commands(text))
    return sorted(set(found))


def ours(command: str) -> list[str] | None:
    """What `hotline` is given by the command, or None where it is another program."""
    words = re.split(r" >>? ", command)[0].split()
    if words[0] == "hotline":
        return words[1:]
    if words[:2] == ["docker", "compose"] and "web" in words:
        rest = words[words.index("web") + 1 :]
        return rest[1:] if rest[0] == "hotline" else rest
    return None


def check(words: list[str], *, whole: bool = True) -> None:
    """Find the command and each option. `whole`: and every value and argument that it needs.

    Raises Wrong, or click.BadParameter for a value that an option does not take.
    """
    command, rest = find(words)
    if command.name == "switch" and rest:  # it has a command line of its own
        check_switch([*rest, *(() if whole else ("--app", "http://localhost"))])
        return
    options = {name: p for p in command.params if isinstance(p, click.Option) for name in p.opts}
    given = 0
    while rest:
        name, sign, value = rest.pop(0).partition("=")
        if not name.startswith("-"):
            given += 1
        elif name not in options:
            raise Wrong(f"there is no option {name}")
        elif not options[name].is_flag and (sign or rest or whole):
            take(options[name], value if sign else next(iter(rest), ""))
            rest = rest if sign else rest[1:]
    if whole:
        count_arguments(command, given)


def check_switch(words: list[str]) -> None:
    """Raises Wrong for what the switch would refuse. Its files are the guide's own."""
    for option in ("--phones", "--sip-allowed", "--asterisk-allowed"):
        if option in words:
            at = words.index(option)
            words = words[:at] + words[at + 2 :]
    with patch.dict(os.environ, dict.fromkeys(SECRETS, "secret")):  # as guides set them
        try:
            parse_arguments(words)
        except SystemExit as end:
            raise Wrong("the switch does not take that") from end


def find(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that the first words lead to, and what it is given. Raises Wrong."""
    command: click.Command = main
    for at, word in enumerate(words):
        if not isinstance(command, click.Group) or word.startswith("-"):
            return command, words[at:]
        if word not in command.commands:
            raise Wrong(f"there is no command {word}")
        command = command.commands[word]
    return command, []


def take(option: click.Option, value: str) -> None:
    """Raises Wrong without a value, click.BadParameter for one that the option does not take."""
    if not value:
        raise Wrong(f"{option.opts[0]} wants a value")
    if not isinstance(option.type, click.Path | click.File):
        option.type.convert(value, option, None)


def count_arguments(command: click.Command, given: int) -> None:
    """Raises Wrong when so many arguments are too few or too many."""
    arguments = [p for p in command.params if isinstance(p, click.Argument)]
    if given < sum(p.required for p in arguments):
        raise Wrong("an argument is missing")
    if given > len(arguments) and not any(p.nargs == -1 for p in arguments):
        raise Wrong("there is an argument too many")


@pytest.mark.parametrize("command", all_commands())
def test_each_is_run_by_a_test_or_says_why_not(command: str) -> None:
    assert (command in RUN_BY) != (command in NOT_RUN), "name its test, or the reason why none is"


@pytest.mark.parametrize("command", all_commands())
def test_each_is_there(command: str) -> None:
    words = ours(command)
    program, *arguments = command.split()
    if words is not None:
        check(words)
    elif program == "make":
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        assert re.search(rf"^{arguments[0]}:.*##", makefile, flags=re.MULTILINE)
    elif program == "cp":
        assert list(ROOT.glob(arguments[0]))


def test_what_is_listed_is_in_a_guide_and_its_test_is_there() -> None:
    assert {*RUN_BY, *NOT_RUN} == set(all_commands())
    for name in RUN_BY.values():
        path, _, function = name.partition("::")
        assert f"def {function}(" in (ROOT / path).read_text(encoding="utf-8"), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_stand_in_blocks_that_say_so(page: Path) -> None:
    """A block without a language is a picture or an address; no command hides in one."""
    for language, text in blocks(page):
        if language not in TYPED:
            assert not re.search(r"^\s*(\$ |(\.venv/bin/)?hotline |make )", text, re.MULTILINE)


def inline() -> list[str]:
    """Every `hotline …` within a sentence, each once."""
    found = (text for page in PAGES for text in INLINE.findall(page.read_text(encoding="utf-8")))
    return sorted({re.split(r" >>? ", text)[0].rstrip("\\ ") for text in found})


@pytest.mark.parametrize("command", inline())
def test_each_within_a_sentence_is_there(command: str) -> None:
    check(command.replace('"', "").split()[1:], whole=False)


@pytest.mark.parametrize(
    "command",
    [
        "roster chekc FILE",
        "roster check",
        "roster check FILE FILE",
        "purge --dry",
        "backup --keep",
        "nothing",
    ],
)
def test_a_stale_command_is_found(command: str) -> None:
    with pytest.raises(Wrong):
        check(command.split())


def test_a_value_that_an_option_does_not_take_is_found() -> None:
    with pytest.raises(click.BadParameter):
        check(["backup", "--keep", "many"])

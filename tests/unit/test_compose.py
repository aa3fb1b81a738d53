"""docker-compose.yml and the Dockerfile hold together, as far as can be seen without an engine."""

import base64
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from sqlalchemy import Table

from hotline.cli import main
from hotline.database.base import Base
from hotline.database.engine import Database
from hotline.memory import LARGE_PAGES
from hotline.settings_page import names
from hotline.tasks.heartbeat import beat
from hotline.tasks.model import Heartbeat

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "door", "media", "lines", "worker", "dispatcher", "auditor")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")

ours = pytest.mark.parametrize("name", OURS)


def test_all_services_are_there() -> None:
    assert set(SERVICES) == {"postgres", "redis", *OURS}


@ours
def test_each_service_runs_a_command_of_ours(name: str) -> None:
    help_text = main.get_help(main.make_context("hotline", [], resilient_parsing=True))
    assert re.search(rf"^  {SERVICES[name]['command'][0]} ", help_text, flags=re.M)


@ours
def test_each_service_has_the_same_database_keys_and_secrets(name: str) -> None:
    service, first = SERVICES[name], SERVICES["migrate"]
    assert service["env_file"] == ".env"
    for variable in ("HOTLINE_DATABASE_URL", "HOTLINE_REDIS_URL", "HOTLINE_KEYS"):
        assert service["environment"][variable] == first["environment"][variable]


@ours
def test_each_service_has_as_few_rights_as_it_can(name: str) -> None:
    assert SERVICES[name]["read_only"] is True
    assert SERVICES[name]["cap_drop"] == ["ALL"]


def test_settings_are_spelled_right() -> None:
    used = {v for s in SERVICES.values() for v in s.get("environment", {}) if "HOTLINE" in v}
    assert used <= set(names())


def test_models_lie_in_large_pages() -> None:
    for name in ("worker", "media"):
        assert SERVICES[name]["environment"].items() > LARGE_PAGES.items()


def test_no_secret_has_a_value() -> None:
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    for line in text.splitlines():
        if re.search(r"^\s*(\w*PASSWORD|REDISCLI_AUTH|HOTLINE_KEYS): ", line):
            assert "${" in line, line


def test_only_web_door_and_media_are_published_and_only_to_this_machine() -> None:
    published = {n: s["ports"] for n, s in SERVICES.items() if "ports" in s and n != "lines"}
    assert published == {
        "web": ["127.0.0.1:8080:8080"],
        "door": ["127.0.0.1:8090:8090"],
        "media": ["127.0.0.1:8081:8081"],
    }
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert SERVICES["postgres"]["networks"] == SERVICES["redis"]["networks"] == ["inside"]


def test_lines_publish_signalling_and_sound_alone_and_start_only_when_wanted() -> None:
    lines = SERVICES["lines"]
    ports = lines["environment"]["HOTLINE_SIP_RTP_PORTS"]
    assert lines["ports"] == ["5060:5060/udp", f"{ports}:{ports}/udp"]
    assert lines["profiles"] == ["lines"]
    assert f" {ports}/udp" in DOCKERFILE


def test_the_image_of_lines_has_what_sip_needs() -> None:
    lock = SERVICES["lines"]["build"]["args"]["LOCK"]
    assert SERVICES["lines"]["image"] != SERVICES["web"]["image"]
    assert re.search(r"^ARG LOCK=requirements\.lock$", DOCKERFILE, flags=re.M)
    assert re.search(r"^sippy==", (ROOT / lock).read_text("utf-8"), flags=re.M)
    plain = (ROOT / "requirements.lock").read_text("utf-8")
    assert not re.search(r"^sippy==", plain, flags=re.M)


def test_what_is_waited_for_can_become_healthy() -> None:
    for service in SERVICES.values():
        for other, wanted in service.get("depends_on", {}).items():
            if wanted["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[other]


def test_volumes_and_networks_are_declared() -> None:
    for service in SERVICES.values():
        assert set(service["networks"]) <= set(COMPOSE["networks"])
        assert {v.split(":")[0] for v in service.get("volumes", ())} <= set(COMPOSE["volumes"])


@pytest.mark.parametrize(("age_s", "exit_code"), [(1, 0), (60, 1), (None, 1)])
def test_the_dispatchers_health_check_reads_its_heartbeat(
    tmp_path: Path, age_s: int | None, exit_code: int
) -> None:
    url = f"sqlite:///{tmp_path / 'hotline.sqlite'}"
    database = Database(url)
    table = Heartbeat.__table__
    assert isinstance(table, Table)
    Base.metadata.create_all(database.engine, tables=[table])
    with database.transaction() as session:
        if age_s is not None:
            beat(session, "dispatcher", datetime.now(UTC) - timedelta(seconds=age_s))
    database.close()
    code = SERVICES["dispatcher"]["healthcheck"]["test"][-1]
    environment = {**os.environ, "HOTLINE_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=tmp_path, check=False, timeout=60
    )
    assert done.returncode == exit_code


def test_health_checks_are_python() -> None:
    for name in ("web", "lines", "dispatcher"):
        compile(SERVICES[name]["healthcheck"]["test"][-1], name, "exec")


def test_the_image_holds_what_the_dockerfile_copies() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    copied = re.findall(r"^COPY (.+) \S+$", DOCKERFILE, flags=re.M)
    for source in " ".join(copied).split():
        assert (ROOT / source).exists()
        assert f"!{source}" in ignored


def test_the_image_checks_hashes_and_is_not_root() -> None:
    installs = [line for line in DOCKERFILE.splitlines() if "pip install" in line]
    assert all("--require-hashes" in line or "--no-index" in line for line in installs)
    assert re.search(r"^USER hotline$", DOCKERFILE, flags=re.M)


def test_the_recipe_for_a_key_makes_one_that_the_key_ring_takes() -> None:
    from hotline.privacy.keys import parse

    key = base64.b64encode(bytes(32)).decode()  # what `openssl rand -base64 32` prints the form of
    assert parse(f"1:{key}").current[0] == "1"

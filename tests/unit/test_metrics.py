"""Figures for a Prometheus: of both kinds of database, for who knows the token, and of nobody."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from hotline import metrics
from hotline.app import create_app
from hotline.context import Runtime
from hotline.dispatch.model import Alarm
from hotline.reports.model import Call
from tests.conftest import MakeRuntime
from tests.support.console import World, leave_message, make_world

TOKEN = "a-token-of-24-characters"
DEPLOY = Path(__file__).parent.parent.parent / "deploy"
LABELS = {"process", "kind", "outcome", "quantile"}


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    """A small hotline, once on each kind of database."""
    made = make_world(tmp_path, database_url)
    yield made
    made.database.close()


def read(runtime: Runtime) -> dict[str, dict[str, float]]:
    """The figures by name, then by label."""
    text = metrics.exposition(runtime).decode()
    return {
        family.name: {"".join(s.labels.values()): s.value for s in family.samples}
        for family in text_string_to_metric_families(text)
    }


def test_an_empty_hotline_has_every_figure(world: World) -> None:
    found = read(world.runtime)
    assert found["hotline_callers_waiting"] == {"": 0}
    assert found["hotline_attempts"]["taken"] == 0
    assert found["hotline_first_ring_seconds"] == {}
    assert found["hotline_tasks_due"]["transcribe"] == 0


def test_what_waits_is_seen(world: World) -> None:
    leave_message(world)
    with world.database.transaction() as session:
        now = world.now
        session.add(
            Call(id="c1", carrier_call_id="CA1", started_at=now, seen_at=now, parked_at=now)
        )
        session.add(Alarm(id="a1", report_id=None, reason="backup_old", raised_at=now))
    world.pass_s(30)
    found = read(world.runtime)
    assert found["hotline_reports_untaken"] == {"": 1}  # no search for it has begun
    assert found["hotline_oldest_untaken_seconds"][""] >= 30
    assert found["hotline_callers_waiting"] == {"": 1}
    assert found["hotline_longest_wait_seconds"] == {"": 30}
    assert found["hotline_alarms_open"] == {"": 1}
    assert found["hotline_task_age_seconds"]["fetch_recording"] == 30


def app_of(make_runtime: MakeRuntime, url: str, **settings: object) -> Flask:
    return create_app(make_runtime(url, **settings), [])


def test_without_a_token_there_is_no_such_page(make_runtime: MakeRuntime, sqlite_url: str) -> None:
    client = app_of(make_runtime, sqlite_url).test_client()
    assert client.get("/metrics").status_code == 404


def test_only_for_who_knows_the_token(make_runtime: MakeRuntime, sqlite_url: str) -> None:
    client = app_of(make_runtime, sqlite_url, metrics_token=TOKEN).test_client()
    for given in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}):
        answer = client.get("/metrics", headers=given)
        assert answer.status_code == 401
        assert "hotline_" not in answer.text
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.content_type == metrics.CONTENT_TYPE
    assert "hotline_callers_waiting 0.0" in answer.text


def test_a_database_that_does_not_answer(make_runtime: MakeRuntime, tmp_path: Path) -> None:
    gone = f"sqlite:///{tmp_path / 'nowhere' / 'hotline.sqlite'}"
    client = app_of(make_runtime, gone, metrics_token=TOKEN).test_client()
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 503


def test_labels_are_of_closed_lists(world: World) -> None:
    leave_message(world)
    text = metrics.exposition(world.runtime).decode()
    assert set(re.findall(r'[{,](\w+)="', text)) <= LABELS


def named(text: str) -> set[str]:
    """The figures of ours that a text names."""
    return set(re.findall(r"\bhotline_[a-z_]+\b", text))


def test_dashboard_and_alerts_name_only_what_there_is(world: World) -> None:
    known = read(world.runtime).keys()
    rules = (DEPLOY / "prometheus-alerts.yml").read_text()
    dashboard = json.loads((DEPLOY / "grafana-dashboard.json").read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    assert named("\n".join(asked)) <= known
    groups = yaml.safe_load(rules)["groups"]
    alerts = [rule for group in groups for rule in group["rules"]]
    assert named("\n".join(rule["expr"] for rule in alerts)) <= known
    assert all(rule["annotations"]["summary"].endswith(".") for rule in alerts)
    assert known <= named("\n".join([*asked, rules]))  # and nothing is measured for nobody

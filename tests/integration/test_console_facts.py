"""The fields that a deployment fills in for every report."""

from pathlib import Path

import pytest

from hotline.database.base import new_id
from hotline.oncall.model import School
from hotline.reports.casework.facts import FactsError
from tests.support.console import (
    World,
    leave_message,
)
from tests.support.desk import do, other_browser, over


def test_the_fields_of_the_deployment(world: World, tmp_path: Path) -> None:
    path = tmp_path / "facts.toml"
    path.write_text(
        '[[field]]\nkey = "grade"\nkind = "choice"\nlabel = { en = "Grade" }\n'
        'choices = [{ key = "k5", label = { en = "Up to 5" } }]\n'
        '[[field]]\nkey = "place"\nlabel = { en = "Where in the school" }\n',
        encoding="utf-8",
    )
    settings = world.runtime.settings.model_copy(update={"facts_file": path})
    object.__setattr__(world.runtime, "settings", settings)
    with world.database.transaction() as session:
        session.add(School(id=new_id(), handle="n", name="North High", district="north"))
        session.add(School(id=new_id(), handle="s", name="South High", district="south"))
    client, report_id = other_browser(world), leave_message(world, district="north")
    page = client.get(f"/reports/{report_id}").text
    assert "North High" in page
    assert "South High" not in page
    form = {"school": "n", "fact_grade": "k5", "fact_place": "By the gym"}
    assert do(client, report_id, "facts", over(world, report_id, form)).status_code == 303
    page = client.get(f"/reports/{report_id}").text
    for seen in ("<bdi>North High</bdi>", "<bdi>Up to 5</bdi>", "<bdi>By the gym</bdi>"):
        assert seen in page
    for wrong in ({"school": "s"}, {"fact_grade": "k9"}, {"fact_place": "x" * 501}):
        answer = do(client, report_id, "facts", over(world, report_id, {**form, **wrong}))
        assert answer.status_code == 422


def test_a_wrong_file_of_fields_stops_the_start(world: World, tmp_path: Path) -> None:
    path = tmp_path / "facts.toml"
    path.write_text('[[field]]\nkey = "Grade"\n', encoding="utf-8")
    settings = world.runtime.settings.model_copy(update={"facts_file": path})
    object.__setattr__(world.runtime, "settings", settings)
    with pytest.raises(FactsError, match="begins with a letter"):
        world.app()

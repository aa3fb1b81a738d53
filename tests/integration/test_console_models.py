"""The console says on every page that a test model listens, to those who are signed in."""

from pathlib import Path

from flask.testing import FlaskClient

from tests.support.console import World, leave_message

SAYS = "Speech is recognized with the small test model for English, Spanish and Arabic."
COMMAND = "<code>hotline models install en es ar</code>"
INSTALLED = ("vosk-model-small-en-us-0.15", "vosk-model-es-0.42", "vosk-model-ar-mgb2-0.4")


def install(models_dir: Path, name: str) -> None:
    """Put a file there that makes a folder count as a model."""
    (models_dir / name / "am").mkdir(parents=True)
    (models_dir / name / "am" / "final.mdl").touch()


def test_every_page_says_so(world: World, client: FlaskClient) -> None:
    report = leave_message(world)
    for path in ("/reports", f"/reports/{report}"):
        page = client.get(path).text
        assert SAYS in page
        assert COMMAND in page


def test_a_stranger_learns_nothing(stranger: FlaskClient) -> None:
    assert "test model" not in stranger.get("/sign-in").text


def test_it_goes_away_with_the_test_models(world: World, client: FlaskClient) -> None:
    models_dir = world.runtime.settings.models_folder
    for name in INSTALLED[:2]:
        install(models_dir, name)
    assert "test model for Arabic." in client.get("/reports").text
    install(models_dir, INSTALLED[2])
    assert "test model" not in client.get("/reports").text

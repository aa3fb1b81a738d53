"""A door on a runtime of its own."""

import pytest
from flask import Flask

from door.app import create_app
from hotline.context import Runtime
from tests.support.door import Visitor


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    """The door."""
    return create_app(runtime)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Somebody who reads English."""
    return Visitor(app)

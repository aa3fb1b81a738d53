"""The web door for gunicorn: `gunicorn wsgi_door:app`."""

from door.app import create_app
from hotline import memory
from hotline.observe import configure_logging
from hotline.runtime import open_runtime
from hotline.settings import load_settings

configure_logging("door")
memory.share_one_heap()
app = create_app(open_runtime(load_settings()))

"""The web process for gunicorn: `gunicorn wsgi:app`."""

from console.live.stopping import end_streams_when_told
from hotline import memory
from hotline.app import create_app
from hotline.observe import configure_logging
from hotline.runtime import open_runtime
from hotline.settings import load_settings

configure_logging("web")
memory.share_one_heap()
app = create_app(open_runtime(load_settings()))
end_streams_when_told(app)

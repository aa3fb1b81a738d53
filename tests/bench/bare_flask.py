"""The yardstick of `bench_webhooks`: one Flask route that answers a small TwiML document.

gunicorn serves it as it serves us."""

from flask import Flask, Response

DOCUMENT = (
    '<?xml version="1.0" encoding="UTF-8"?><Response><Play>http://127.0.0.1/a.wav</Play>'
    '<Redirect method="POST">http://127.0.0.1/again</Redirect></Response>'
)

app = Flask(__name__)


@app.post("/voice")
def voice() -> Response:
    """The same document every time."""
    return Response(DOCUMENT, mimetype="text/xml")

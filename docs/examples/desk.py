"""A front desk with three menu entries: any TwiML application will do in its place.

flask --app docs/examples/desk.py run --port 5001
"""

from flask import Flask, request
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

app = Flask(__name__)


@app.post("/voice")
def voice() -> str:
    answer = VoiceResponse()
    menu = Gather(num_digits=1, action="/menu", timeout=10)
    menu.say("For Anna press 1, to leave a message press 2.")
    answer.append(menu)
    answer.hangup()
    return str(answer)


@app.post("/menu")
def menu() -> str:
    answer = VoiceResponse()
    if request.form.get("Digits") == "1":
        dial = Dial(timeout=20)
        dial.client("anna")
        answer.append(dial)
    elif request.form.get("Digits") == "2":
        answer.record(max_length=30, action="/thanks")
    answer.redirect("/voice")
    return str(answer)


@app.post("/thanks")
def thanks() -> str:
    return "<Response><Say>Thank you.</Say><Hangup/></Response>"

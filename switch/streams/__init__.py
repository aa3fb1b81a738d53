"""Bidirectional media streams: a call's sound over a WebSocket, in Twilio's messages."""

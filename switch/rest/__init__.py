"""Twilio's REST API, as much of it as a hotline needs."""

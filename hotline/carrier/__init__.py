"""The port to the telephone network, and its Twilio adapter."""

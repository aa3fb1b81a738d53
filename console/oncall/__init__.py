"""Who is on call: the week, stand-ins, responders, and one's own shift."""

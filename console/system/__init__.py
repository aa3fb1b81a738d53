"""The system itself: its settings, its health, and the first steps with it."""

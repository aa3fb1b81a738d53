"""By which policy people are rung, and what it would do at a moment."""

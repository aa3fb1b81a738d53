"""What several pages of the door say."""

from console.text import marked

BUSY = marked("Too many people are signing in at this moment. Try again in a few seconds.")

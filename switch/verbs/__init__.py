"""TwiML verbs, one file each: how it is parsed and how it runs."""

"""The report, from the caller's first word to the closed case."""

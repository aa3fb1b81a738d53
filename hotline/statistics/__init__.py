"""What a period's reports add up to: counts and waits, never a report, a number or a word."""

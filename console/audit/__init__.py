"""What was done, by whom: the audit chain as people read it."""

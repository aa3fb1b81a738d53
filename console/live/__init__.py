"""Live pages: hints that something has changed, and the fragments that are read anew."""

"""All tests. A package of its own, because one of the libraries installs another `tests`."""

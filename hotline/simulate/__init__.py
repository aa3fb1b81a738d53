"""The proof of dispatch: the real machine, desk and engine in a hostile world of virtual time."""

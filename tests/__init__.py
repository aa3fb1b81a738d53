"""A package that is found before any other of this name: sippy installs one."""

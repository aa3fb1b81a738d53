"""`hotline doctor` and the page Health: what is wrong with this installation, and how it is mended.

One function a check, in the file of what it looks at; `examination` runs them all.
"""

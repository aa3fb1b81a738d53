"""Telephone lines over SIP: signalling and sound in a process apart from the interpreter.

Only `switch.sip.stack`, which that process alone imports, needs the optional packages.
"""

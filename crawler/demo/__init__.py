"""The demo newspaper: an invented local paper on a loopback port, whose script lives through one news day.

It shares no code with what reads it: the ledger is judged against the script, never against itself.
"""

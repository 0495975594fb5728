"""The demo newspaper: an invented local paper on a loopback port, with a script of one news day.

It shares no code with the crawler that reads it: the ledger is judged against the script, never against itself.
"""

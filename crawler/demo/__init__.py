"""The demo newspaper: an invented local paper on a loopback port, with a script of one news day.

It shares no code with the crawler that reads it: the ledger is compared with the script, never with itself.
"""

"""Telling what goes on: logs, metrics, a page of health, alerts. Reads the ledger and the schedule; decides nothing of crawls."""

"""Monitoring: metrics, a health page, alerts. Reads the ledger and the schedule; does not influence crawls."""

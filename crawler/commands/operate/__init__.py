"""The verbs of those who run it: the schedule and its crawls, health, metrics and alerts, settings, copies."""

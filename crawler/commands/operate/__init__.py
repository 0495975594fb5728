"""The verbs for operators: the schedule and its crawls, health, metrics and alerts, settings, copies."""

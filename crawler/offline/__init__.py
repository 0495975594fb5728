"""Offline jobs: import of archives, reprocessing, replay of quarantine, redaction, and the diagnosis behind `why`."""

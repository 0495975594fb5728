"""Offline jobs: import of archives, reprocessing, replay of quarantine, redaction, backups, and the diagnosis behind `why`."""

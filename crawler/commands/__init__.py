"""One module a verb of the `newsledger` command: options in, a few calls, text or JSON out. No rule of the house lives here."""

"""All reads of the store for people. The command line, the viewer and exports call these."""

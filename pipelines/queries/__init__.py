"""Everything that reads the store for people. The command line, the viewer and exports call these."""

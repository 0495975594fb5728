"""The stories of the news day, by desk. All names, places and events are invented."""

"""The kind of a page: an article, or a notice, a list, a wall, a game."""

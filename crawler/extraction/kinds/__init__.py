"""What kind of page it is: an article, or a notice, a list, a wall, a game."""

"""Revisions as Atom and JSON Feed. Pure."""

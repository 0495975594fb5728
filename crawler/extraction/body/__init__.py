"""The article's text: which part of the page holds it, and which blocks of it are its paragraphs."""

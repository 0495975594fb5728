"""Pure normalisers of text, URLs, dates, bylines and captions. No network, no store."""

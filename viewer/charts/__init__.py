"""Numbers as inline SVG charts. Pure."""

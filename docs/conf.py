"""How the documentation site is built: `make docs`. Strict: a warning, as of a link that leads nowhere, is an error."""

from crawler import __version__

project = "Newsledger"
author = copyright = "the Newsledger project"  # noqa: A001 - Sphinx's word
release = version = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_heading_anchors = 4
exclude_patterns = ["operate/container", "operate/systemd", "examples", "notebooks"]
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
html_theme = "furo"
html_title = f"Newsledger {release}"
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {"top_of_page_buttons": []}

"""The catalogue: TOML files of `[[site]]` tables, read strictly into `Site` values.

    load.py       files and folders -> sites; the one door, and the one error
    tables.py     one table -> one Site, or what is wrong with each of its keys
    addresses.py  URLs, checked and made absolute

In a checkout the shipped files lie in data/sites/; a wheel carries them beside this module, by country.
A wrong definition stops the start: nothing here warns, guesses or skips.
"""

from crawler.catalogue.load import CatalogueError, CatalogueProblem, load_sites

__all__ = ["CatalogueError", "CatalogueProblem", "load_sites"]

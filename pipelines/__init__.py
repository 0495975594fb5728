"""What an article is and what becomes of it: values, normalisers, the revision decision, the store.

This package knows no network and no site. `crawler` and `viewer` stand on it; it stands on nothing of ours.
"""

"""Captions as printed, parted into what the picture shows and whose picture it is.

split.py        the public door: text -> Caption
lines.py        what is no part of a caption: counters, icons, doubled lines
trailing.py credits.py labels.py sentences.py     where a credit begins, and what may be one
"""

from pipelines.text.captions.credits import cleaned_credit
from pipelines.text.captions.split import Caption, split_caption

__all__ = ["Caption", "cleaned_credit", "split_caption"]

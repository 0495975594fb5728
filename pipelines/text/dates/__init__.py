"""Times as pages print them, turned into aware instants with their precision, or into nothing.

parse.py        the public door: machine forms here, printed ones in printed.py
forms.py words.py     patterns; words as codes, from the lists of many languages beside it (words.txt months.txt weekdays.txt)
"""

from pipelines.article import Precision, Timestamp
from pipelines.text.dates.parse import digits_of, parse_digits, parse_labelled, parse_timestamp

__all__ = ["Precision", "Timestamp", "digits_of", "parse_digits", "parse_labelled", "parse_timestamp"]

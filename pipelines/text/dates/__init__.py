"""Times as pages print them, turned into aware instants with their precision, or into nothing.

timestamp.py    the value
parse.py        the public door: machine forms here, printed ones in printed.py
forms.py words.py     patterns; words as codes, from the lists of many languages beside it (words.txt months.txt weekdays.txt)
"""

from pipelines.text.dates.parse import parse_labelled, parse_timestamp
from pipelines.text.dates.timestamp import Precision, Timestamp

__all__ = ["Precision", "Timestamp", "parse_labelled", "parse_timestamp"]

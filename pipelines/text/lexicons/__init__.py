"""Words that tell names from titles, agencies and places, in many languages: tables, and the questions asked of them.

Shared by bylines and captions. Knows neither; a word stands in one table only.
"""

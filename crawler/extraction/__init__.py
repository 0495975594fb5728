"""Extracts an article from its page: HTML -> Article. Pure: no socket, no file, no clock, no Scrapy."""

from crawler.extraction.extract import Explanation, explain, extract

__all__ = ["Explanation", "explain", "extract"]

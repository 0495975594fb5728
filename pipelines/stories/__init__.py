"""Stories: articles of several sites that carry the same copy, found as revisions arrive.

sketch.py        a text -> its words, and the few hashes by which it is found; pure
matching.py      two texts -> how much of each the other has, and whether that is the same copy; pure
attribution.py   whose copy an article says it is; pure
index.py         sketches in the store, and which articles share some of theirs
grouping.py      which story an article joins, and what is told of the story
update.py        revisions that came since the last time join stories
queries.py       what people ask of stories
"""

from pipelines.stories.queries import LONGEST_LIST, latest, of_article, story
from pipelines.stories.update import catch_up, forget, rebuild

__all__ = ["LONGEST_LIST", "catch_up", "forget", "latest", "of_article", "rebuild", "story"]

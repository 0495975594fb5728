"""What a page is: article, live blog, gallery, video, sponsored, or none of them - and then why.

Judges by the address, by what the page calls itself and by what was read from it. A page in doubt is an article.
"""

from __future__ import annotations

import re

from crawler.extraction.addresses import address_words, segments_of
from crawler.extraction.labels import says_paid
from crawler.extraction.not_articles import refusal
from crawler.extraction.proposals import Verdict
from crawler.extraction.signs import Signs
from pipelines.article import Kind

_SPONSORED = re.compile(
    r"sponsored|advertorial|advertisement(?:[- ]feature)?|paid[- ](?:content|post|partner\w*)|partner[- ]content|"
    r"brand(?:ed)?[- ]?(?:content|studio|voice)|promoted|anzeige|publirreportajes?|publireportage|"
    r"contenido patrocinado|contenu sponsorisé|native[- ]?ad\w*",
    re.IGNORECASE,
)


def judge_kind(signs: Signs) -> Verdict[Kind]:
    """What the page is; of NOT_ARTICLE `why` is the reason that is stored."""
    reason = refusal(signs)
    if reason:
        return Verdict(Kind.NOT_ARTICLE, "signs", reason)
    segments = segments_of(signs.url)
    if "liveblogposting" in signs.all_types or signs.live_posts >= 3:
        told = "liveblogposting" in signs.all_types
        why = "JSON-LD calls it a live blog" if told else f"{signs.live_posts} entries with times of their own"
        return Verdict(Kind.LIVE, "signs", why)
    if (
        signs.types & {"advertisercontentarticle"}
        or _SPONSORED.fullmatch(signs.section)
        or any(_SPONSORED.fullmatch(segment) for segment in segments[:-1])
    ):
        return Verdict(Kind.SPONSORED, "signs", "its type, section or address says that it was paid for")
    if says_paid(signs.labels, signs.headline):
        return Verdict(Kind.SPONSORED, "signs", "a line by its heading says that it was paid for")
    if (
        signs.body_length < 1500
        and signs.pictures >= 4
        and (signs.types & {"imagegallery", "mediagallery"} or address_words().galleries.intersection(segments))
    ):
        return Verdict(Kind.GALLERY, "signs", "called a gallery, with little text and four pictures or more")
    if signs.body_length < 300 and signs.pictures >= 5:
        return Verdict(Kind.GALLERY, "signs", "hardly any text and five pictures or more")
    if signs.body_length < 700 and (
        "videoobject" in signs.types or signs.og_type.startswith("video") or address_words().videos.intersection(segments[:-1])
    ):
        return Verdict(Kind.VIDEO, "signs", "called a video, with little text")
    return Verdict(Kind.ARTICLE, "signs", "nothing says otherwise")

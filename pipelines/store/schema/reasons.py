"""Migrations 16 and 18: why a fetch came to what it did, and why a reading is not believed, as codes beside the sentences.

The sentences of all older versions stand here as they were written; what is unknown is `other`.
"""

from __future__ import annotations

# Sentences of quarantine name their symptoms before the colon, in order of the alphabet; the gravest decides.
_CODE_OF_QUARANTINE = """CASE
        WHEN reason = 'withdrawn' THEN 'withdrawn'
        WHEN reason LIKE 'the same line came or went in %' THEN 'shared_line'
        WHEN reason NOT LIKE '%: so in % of this crawl''s readings, % were sound' THEN 'other'
        WHEN instr(reason, 'lost article') THEN 'lost_article'
        WHEN instr(reason, 'lost ') OR instr(reason, 'new: no ') THEN 'lost_fields'
        WHEN instr(reason, 'shrunk body') OR instr(reason, 'swollen body') THEN 'body_differs'
        WHEN instr(reason, 'other body') OR instr(reason, 'short body') THEN 'body_differs'
        WHEN instr(reason, 'silent ') THEN 'silent_edits'
        ELSE 'other' END"""

# The code beside the reason of each fetch. Patterns begin with the fixed words of a sentence: what follows them may quote a page.
_CODE_OF_FETCH = f"""CASE
    WHEN outcome = 'quarantined' THEN {_CODE_OF_QUARANTINE}
    WHEN reason = 'status 404' THEN 'gone'
    WHEN reason = 'status 410' THEN 'gone'
    WHEN reason = 'robots.txt forbids it' THEN 'robots_forbids'
    WHEN reason = 'the crawl was asked to end' THEN 'crawl_ending'
    WHEN reason = 'unpacks to more than the bound on size' THEN 'unpacks_too_large'
    WHEN reason = 'larger than the bound on size' THEN 'too_large'
    WHEN reason = 'too many redirects' THEN 'too_many_redirects'
    WHEN reason = 'no whole answer in time' THEN 'timeout'
    WHEN reason = 'the answer was cut off' THEN 'not_whole'
    WHEN reason = 'leads to an address that is none' THEN 'bad_address'
    WHEN reason = 'the host''s name cannot be resolved' THEN 'name_unresolved'
    WHEN reason = 'the host refuses connections' THEN 'connection_refused'
    WHEN reason = 'the certificate is not valid for the host' THEN 'bad_certificate'
    WHEN reason = 'the connection was closed before an answer' THEN 'connection_closed'
    WHEN reason = 'the connection was lost' THEN 'connection_lost'
    WHEN reason = 'the answer is not HTTP' THEN 'not_http'
    WHEN reason = 'the answer is not packed as it says' THEN 'bad_encoding'
    WHEN reason = 'no answer' THEN 'no_answer'
    WHEN reason = 'the record is damaged' THEN 'damaged_record'
    WHEN reason = 'withdrawn' THEN 'withdrawn'
    WHEN reason = 'empty page' THEN 'empty_page'
    WHEN reason = 'soft 404: the page says that it was not found' THEN 'soft_404'
    WHEN reason = 'a wall against robots, not the page' THEN 'bot_wall'
    WHEN reason = 'log-in wall' THEN 'login_wall'
    WHEN reason = 'consent page, not the page asked for' THEN 'consent_wall'
    WHEN reason = 'front page' THEN 'front_page'
    WHEN reason = 'section front' THEN 'section_front'
    WHEN reason = 'search page' THEN 'search_page'
    WHEN reason = 'author page' THEN 'author_page'
    WHEN reason = 'topic page' THEN 'topic_page'
    WHEN reason = 'account page' THEN 'account_page'
    WHEN reason = 'page about the site' THEN 'about_page'
    WHEN reason = 'shop page' THEN 'shop_page'
    WHEN reason = 'puzzle page' THEN 'puzzle_page'
    WHEN reason = 'weather page' THEN 'weather_page'
    WHEN reason = 'horoscope page' THEN 'horoscope_page'
    WHEN reason = 'podcast page' THEN 'podcast_page'
    WHEN reason = 'competition page' THEN 'competition_page'
    WHEN reason = 'listing of notices' THEN 'notices'
    WHEN reason = 'listing of events' THEN 'events'
    WHEN reason = 'classified advertisement' THEN 'classified'
    WHEN reason = 'e-paper' THEN 'e_paper'
    WHEN reason = 'little text, no date, no byline: not called an article by the page itself' THEN 'little_text'
    WHEN reason = 'no text' THEN 'no_text'
    WHEN reason = 'no headline and no text' THEN 'no_content'
    WHEN reason = 'no headline' THEN 'no_headline'
    WHEN reason = 'no text: code or data' THEN 'code_or_data'
    WHEN reason = 'no page: bytes of another kind than HTML' THEN 'not_text'
    WHEN reason = 'older than the last look, and unlike any revision: kept out of the history' THEN 'out_of_order'
    WHEN reason = 'only the beginning is shown: it is behind a wall now' THEN 'paywalled'
    WHEN reason LIKE 'changed, though the host''s validators or a 304 said that it had not: %' THEN 'validators_lied'
    WHEN reason LIKE 'status %, a challenge page (%' THEN 'challenge'
    WHEN reason LIKE 'status %' AND outcome = 'refused' THEN 'refused'
    WHEN reason LIKE 'status %' THEN 'http_error'
    WHEN reason LIKE 'redirects to %' THEN 'moved'
    WHEN reason LIKE 'a file of type %' THEN 'not_html'
    WHEN reason LIKE 'text and data mining is reserved%' THEN 'mining_reserved'
    WHEN reason LIKE 'no copy is wanted: %' THEN 'no_copy'
    WHEN reason LIKE 'robots.txt could not be read (%' THEN 'robots_unreadable'
    WHEN reason LIKE 'not a web address: %' THEN 'not_web_address'
    WHEN reason LIKE 'leads to a private address: %' THEN 'private_address'
    WHEN reason LIKE 'leads away from the site, to %' THEN 'off_site'
    WHEN reason LIKE 'leads to http%' THEN 'leads_elsewhere'
    WHEN reason LIKE 'the host''s lease was lost%' THEN 'lease_lost'
    WHEN reason LIKE 'unreadable: %' THEN 'unreadable'
    WHEN reason LIKE 'told by %, which keeps no such look' THEN 'inferred'
    WHEN outcome = 'refused' AND reason LIKE '%: nothing more is asked of it in this crawl' THEN 'host_suspended'
    ELSE 'other' END"""

FETCH_CODES = f"UPDATE fetches SET reason_code = {_CODE_OF_FETCH} WHERE reason IS NOT NULL AND reason_code IS NULL"  # noqa: S608 - our own words
"""Also for fetches that are taken in from a ledger or a file of an older version."""

FETCHES = f"""
ALTER TABLE fetches ADD COLUMN reason_code TEXT;
{FETCH_CODES};
ALTER TABLE quarantine ADD COLUMN reason_code TEXT;
UPDATE quarantine SET reason_code = {_CODE_OF_QUARANTINE};
"""  # noqa: S608 - our own words

# What `pipelines.store.events` needs to tell a capture again. Not sealed, as the code of the reason is not.
REPLAY = """
ALTER TABLE fetches ADD COLUMN answered_url TEXT;
ALTER TABLE fetches ADD COLUMN content_hash TEXT;
ALTER TABLE fetches ADD COLUMN date_modified TEXT;
ALTER TABLE fetches ADD COLUMN external_id TEXT;
ALTER TABLE fetches ADD COLUMN doubt TEXT;
CREATE INDEX fetches_by_answer ON fetches(answered_url, fetched) WHERE answered_url IS NOT NULL;
"""

CANONICAL = """
CREATE INDEX fetches_by_canonical ON fetches(canonical_url) WHERE canonical_url <> coalesce(answered_url, url);
"""

# Without what only confirms an article at its own address: that is most of all fetches.
LED = """
CREATE INDEX fetches_by_url ON fetches(url, fetched) WHERE article_id IS NOT NULL
    AND (outcome NOT IN ('unchanged', 'not_modified') OR answered_url IS NOT NULL OR canonical_url <> url);
"""

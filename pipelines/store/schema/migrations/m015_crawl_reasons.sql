-- Why a crawl ended as it did, as a code beside the sentence.

-- Decided from the sentences of all older versions; the sentence stays as it is.
ALTER TABLE crawls ADD COLUMN reason_code TEXT;
UPDATE crawls SET reason_code = CASE
    WHEN instr(reason, 'nothing more is asked of it in this crawl') THEN 'host_suspended'
    WHEN instr(reason, 'no source could be read') THEN 'no_source'
    WHEN instr(reason, 'vouched for a text that had changed') THEN 'validators_lied'
    WHEN instr(reason, 'the store failed: ') THEN 'store_failed'
    WHEN instr(reason, 'the host''s lease was lost') THEN 'lease_lost'
    WHEN instr(reason, 'the writer could not be reached') THEN 'writer_unreachable'
    WHEN instr(reason, 'the writer did not answer within') THEN 'writer_unreachable'
    WHEN instr(reason, 'what the writer answered cannot be read') THEN 'writer_unreachable'
    WHEN instr(reason, 'stopped after ') THEN 'time_limit'
    WHEN instr(reason, 'killed after ') THEN 'time_limit'
    WHEN instr(reason, 'the crawl before it ') THEN 'previous_running'
    WHEN instr(reason, 'another schedule made this start already') THEN 'already_made'
    WHEN instr(reason, 'another crawl of ') THEN 'host_busy'
    WHEN instr(reason, 'the site has left the catalogue') THEN 'site_removed'
    WHEN instr(reason, 'nobody was there from ') THEN 'schedule_down'
    WHEN instr(reason, 'nobody kept time') THEN 'schedule_down'
    WHEN instr(reason, 'the crawl did not begin: ') THEN 'not_begun'
    WHEN instr(reason, 'the crawl could not be queued') THEN 'not_begun'
    WHEN instr(reason, 'its job is gone from the queue') THEN 'not_begun'
    WHEN instr(reason, 'its process ended with') THEN 'process_died'
    WHEN instr(reason, 'its worker ended without a word') THEN 'process_died'
    WHEN instr(reason, 'the crawl broke down') THEN 'process_died'
    WHEN instr(reason, 'it was asked to end before it asked for anything') THEN 'asked_to_end'
    WHEN instr(reason, 'shutdown') THEN 'asked_to_end'
    WHEN instr(reason, 'cancelled') THEN 'asked_to_end'
    ELSE 'other' END
WHERE reason IS NOT NULL AND trigger NOT IN ('merge', 'import');

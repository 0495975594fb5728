-- Why candidates were passed over, as codes.

-- The sentences of all older versions stand here as they were written; what is unknown is counted as `other`.
UPDATE crawls SET counts = json_set(counts, '$.skipped', json((
    SELECT json_group_object(code, n) FROM (
        SELECT coalesce(codes.column2, 'other') AS code, sum(said.value) AS n
        FROM json_each(crawls.counts, '$.skipped') AS said LEFT JOIN (VALUES
            ('over the limit of one crawl', 'crawl_limit'),
            ('put off: the hour''s rechecks are spent', 'recheck_budget'),
            ('not asked for: the host''s patience had ended', 'host_suspended'),
            ('known, and not said to have changed', 'not_changed'),
            ('said to have changed, by sources that mostly say so in vain', 'unreliable_claim'),
            ('withdrawn', 'withdrawn'),
            ('reserved at the last look', 'reserved'),
            ('on another site', 'other_site'),
            ('kept by another site', 'other_sites_article'),
            ('not in the form of the site''s article URLs', 'not_article_url'),
            ('not_article at the last look', 'was_not_article'),
            ('gone at the last look', 'was_gone'),
            ('suspected at the last look', 'was_suspected'),
            ('moved at the last look', 'was_moved'),
            ('robots at the last look', 'was_robots'),
            ('refused at the last look', 'was_refused'),
            ('quarantined at the last look', 'was_quarantined'),
            ('error at the last look', 'was_error')
        ) AS codes ON codes.column1 = said.key
        GROUP BY 1 ORDER BY 1
    )
)))
WHERE json_type(counts, '$.skipped') = 'object';

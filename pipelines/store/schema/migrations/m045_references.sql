-- References between revisions have indexes: without them, all revisions are read whenever one is deleted.

CREATE INDEX revisions_by_reverted_to ON revisions(reverted_to) WHERE reverted_to IS NOT NULL;
CREATE INDEX revisions_by_reads_as ON revisions(reads_as) WHERE reads_as IS NOT NULL;

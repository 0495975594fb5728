-- Whether an author is a person, or the agency or desk that alone is named.

ALTER TABLE revision_authors ADD COLUMN kind TEXT DEFAULT 'person';

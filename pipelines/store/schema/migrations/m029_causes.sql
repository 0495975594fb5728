-- Why each row was sealed; null in seals of an older version.

ALTER TABLE chain ADD COLUMN cause TEXT;

-- Why a source named nothing, as a code and a sentence.

ALTER TABLE sources ADD COLUMN problem_code TEXT;
ALTER TABLE sources ADD COLUMN problem TEXT;

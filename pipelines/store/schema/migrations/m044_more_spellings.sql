-- Names with apostrophes, abbreviations with points, numbers with separators or in other digits are found without them too.

-- Filled here, by a function.

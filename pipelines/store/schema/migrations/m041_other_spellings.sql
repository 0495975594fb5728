-- Names, words with hyphens and emoji are found by their other spellings too.

-- Filled here, by a function.

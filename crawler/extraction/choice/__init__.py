"""Choice of each field's value among the proposed values, with the reason for it."""

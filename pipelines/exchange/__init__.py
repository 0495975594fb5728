"""Revisions as records that leave the store and come back: export, import of records, merge of two ledgers."""

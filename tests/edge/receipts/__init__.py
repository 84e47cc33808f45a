"""Receipts are laid out from what is on record, in both languages and on both rolls."""

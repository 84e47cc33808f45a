"""Receipts, reports and slips, laid out once from what is on record, for paper and screen."""

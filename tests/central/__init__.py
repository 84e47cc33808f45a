"""Headquarters, on SQLite and on PostgreSQL."""

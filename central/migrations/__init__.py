"""Alembic's migrations of headquarters' database: a released one is never edited again."""

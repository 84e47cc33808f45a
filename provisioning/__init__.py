"""From a bare box to a selling store."""

"""One store: its node."""

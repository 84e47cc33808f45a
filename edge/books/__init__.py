"""The store's books: one writer, one transaction; whatever is acknowledged is in them for good."""

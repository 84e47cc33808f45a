"""What is acknowledged is in the books for good, whatever happens to the node."""

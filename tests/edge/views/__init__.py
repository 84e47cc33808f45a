"""What is shown is what is on record."""

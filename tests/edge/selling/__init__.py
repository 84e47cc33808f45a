"""What is sold, paid and taken back adds up, whoever counted."""

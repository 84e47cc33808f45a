"""From basket to receipt and back: what is sold, paid and returned adds up, and stays on record."""

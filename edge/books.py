"""What a command may see and do inside the one open transaction; nothing here commits."""


class Books:
    """The writing side of a node's database, within a transaction."""

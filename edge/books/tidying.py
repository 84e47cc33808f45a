"""What nobody reads any more goes, in small pieces, while nobody waits."""

from dataclasses import dataclass

from edge.books.transaction import Books

QUARANTINE_MAX = 1_000
_VOID = """
DELETE FROM changed WHERE version > ? AND version <= ? AND NOT EXISTS (
    SELECT 1 FROM quantity q WHERE q.sku = changed.sku AND q.kind = changed.kind
    AND q.author = changed.author AND q.version = changed.version)
"""


@dataclass(frozen=True, slots=True)
class Tidy:
    """Drop entries of `changed` whose rows have moved on, and the oldest of too many bad messages.

    Looks at `span` versions after `after`; returns where to go on, 0 at the end. What is left of
    `changed` is one entry for each counter row.
    """

    after: int = 0
    span: int = 2_000

    def run(self, books: Books) -> int:
        """Delete, and return the `after` of the next piece."""
        through = self.after + self.span
        books.connection.execute(_VOID, (self.after, through))
        if through < books.version:
            return through
        books.connection.execute(
            "DELETE FROM quarantine WHERE number <= (SELECT max(number) FROM quarantine) - ?",
            (QUARANTINE_MAX,),
        )
        return 0

"""What a till finished and the node could not read is kept, so that nothing is lost."""

from uuid import UUID

import msgspec

from edge.books.tasks import task
from edge.books.transaction import Books

LANE = "till"


class Strand(msgspec.Struct, frozen=True):
    """Keep a document that was refused as malformed, with the problem it was refused for."""

    id: bytes
    till: str
    document: str
    problem: str

    def run(self, books: Books) -> "Stranded":
        """Put it into quarantine and on the worklist, once."""
        start = f"{UUID(bytes=self.id)}: "
        sql = (
            "SELECT number FROM quarantine WHERE lane = ? AND origin = ?"
            " AND substr(reason, 1, ?) = ?"
        )
        asked = (LANE, self.till, len(start), start)
        row = books.connection.execute(sql, asked).fetchone()
        if row is not None:
            return Stranded(row[0], repeated=True)
        books.quarantine(self.till, LANE, start + self.problem, self.document.encode())
        number = books.connection.execute(sql, asked).fetchone()[0]
        books.attend(task("stranded", till=self.till, entry=number), books.clock(), self.id)
        return Stranded(number, repeated=False)


class Stranded(msgspec.Struct, frozen=True):
    """Where the document is kept."""

    number: int
    repeated: bool

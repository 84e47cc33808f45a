"""One law: before a card can be charged it is on disk that it may be, until its result is known.

Commands for the store's writer; the reads take any connection. Amounts are in minor units.
"""

import sqlite3
from enum import StrEnum

import msgspec

from devices.charge import Doubt
from edge.books import Books
from edge.errors import Conflict
from edge.hardware.trouble import NotNow


class PaymentState(StrEnum):
    """Where a card payment is; `failed` was never charged, `unknown` may have been."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"
    FAILED = "failed"
    UNKNOWN = "unknown"
    REVERSED = "reversed"


OPEN = (PaymentState.PENDING, PaymentState.UNKNOWN)


class CardPayment(msgspec.Struct, frozen=True):
    """A card payment, or the reversal of one; `charged_minor` is what the terminal says."""

    id: str
    till: str
    device: str
    kind: str
    amount_minor: int
    sale_id: str
    reverses: str
    state: PaymentState
    message: str = ""
    charged_minor: int = 0
    trace: int | None = None
    receipt: int | None = None
    card: str = ""
    number: str = ""
    settled_by: str = ""

    @property
    def given_up(self) -> bool:
        """Whether it was cancelled before it was asked for: it has no amount."""
        return self.state is PaymentState.FAILED and self.amount_minor == 0


class BeginPayment(msgspec.Struct, frozen=True):
    """Command: keep a payment that is about to be asked for; a known id is answered as it is."""

    payment: CardPayment

    def run(self, books: Books) -> tuple[CardPayment, bool]:
        """Keep it; raise Conflict for another content, NotNow while another one is open."""
        asked = self.payment
        found = find_payment(books.connection, asked.id)
        if found is not None and found.given_up:
            return found, False
        if found is not None:
            same = (found.kind, found.amount_minor, found.sale_id, found.reverses)
            if same != (asked.kind, asked.amount_minor, asked.sale_id, asked.reverses):
                raise Conflict(f"payment {asked.id} is known with other content: take a new id")
            return found, False
        for other in open_payments(books.connection, asked.device):
            raise NotNow(
                f"payment {other.id} on {other.device} is {other.state}: finish or settle it first"
            )
        _insert(books, asked)
        return asked, True


class GiveUpPayment(msgspec.Struct, frozen=True):
    """Command: a payment nobody has begun here never will be, however late it is asked for."""

    payment: CardPayment

    def run(self, books: Books) -> CardPayment:
        """Keep that it failed before it began; answer one that is known as it is."""
        found = find_payment(books.connection, self.payment.id)
        if found is not None:
            return found
        _insert(books, self.payment)
        return self.payment


def _insert(books: Books, payment: CardPayment) -> None:
    now_ms = books.clock()
    books.connection.execute(
        "INSERT INTO payment (id, till, device, kind, amount_minor, sale_id, reverses, state,"
        " message, created_ms, changed_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (payment.id, payment.till, payment.device, payment.kind, payment.amount_minor,
         payment.sale_id, payment.reverses, payment.state, payment.message, now_ms, now_ms),
    )  # fmt: skip


class DoubtPayment(msgspec.Struct, frozen=True):
    """Command: from now on it may be charged; `doubt` is how the terminal would be asked."""

    device: str
    doubt: Doubt

    def run(self, books: Books) -> None:
        """Keep the doubt until the payment's result is known."""
        doubt = self.doubt
        books.connection.execute(
            "INSERT INTO terminal (device, last_trace, doubt_ref, doubt_request,"
            " doubt_amount_minor, doubt_last_trace) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (device) DO UPDATE SET doubt_ref = excluded.doubt_ref,"
            " doubt_request = excluded.doubt_request,"
            " doubt_amount_minor = excluded.doubt_amount_minor,"
            " doubt_last_trace = excluded.doubt_last_trace",
            (self.device, doubt.last_trace, doubt.ref, doubt.request, doubt.amount_minor,
             doubt.last_trace),
        )  # fmt: skip


class MovePayment(msgspec.Struct, frozen=True):
    """Command: what is known of a payment changed; `last_trace` is the terminal's newest."""

    payment: CardPayment
    last_trace: int | None = None

    def run(self, books: Books) -> None:
        """Write it; a result ends the doubt, a reversal ends the payment it reverses."""
        execute, done, now_ms = books.connection.execute, self.payment, books.clock()
        execute(
            "UPDATE payment SET state = ?, message = ?, charged_minor = ?, trace = ?, receipt = ?,"
            " card = ?, number = ?, settled_by = ?, changed_ms = ? WHERE id = ?",
            (done.state, done.message, done.charged_minor, done.trace, done.receipt, done.card,
             done.number, done.settled_by, now_ms, done.id),
        )  # fmt: skip
        if done.state in OPEN:
            return
        execute(
            "UPDATE terminal SET doubt_ref = '', last_trace = ? WHERE device = ? AND doubt_ref = ?",
            (self.last_trace, done.device, done.id),
        )
        if done.reverses and done.state is PaymentState.APPROVED:
            execute(
                "UPDATE payment SET state = 'reversed', changed_ms = ? WHERE id = ?",
                (now_ms, done.reverses),
            )


class AfterRestart(msgspec.Struct, frozen=True):
    """Command: the node starts; what was under way is unknown, or was never sent."""

    def run(self, books: Books) -> None:
        """Put payments in doubt that may have been sent; end those that were not."""
        books.connection.execute(
            "UPDATE payment SET state = CASE WHEN id IN (SELECT doubt_ref FROM terminal)"
            " THEN 'unknown' ELSE 'failed' END,"
            " message = CASE WHEN id IN (SELECT doubt_ref FROM terminal)"
            " THEN 'the result was lost; the terminal is being asked'"
            " ELSE 'not charged' END WHERE state = 'pending'"
        )


_COLUMNS = (
    "id, till, device, kind, amount_minor, sale_id, reverses, state, message, charged_minor, trace,"
    " receipt, card, number, settled_by"
)
_OPEN_SQL = "state IN ('pending', 'unknown')"


def _payment(row: tuple[object, ...]) -> CardPayment:
    return msgspec.convert(row_dict(row), CardPayment)


def row_dict(row: tuple[object, ...]) -> dict[str, object]:
    """Name the columns of a payment's row."""
    return dict(zip(_COLUMNS.replace(",", "").split(), row, strict=True))


def find_payment(connection: sqlite3.Connection, payment_id: str) -> CardPayment | None:
    """Find a payment by its id."""
    sql = f"SELECT {_COLUMNS} FROM payment WHERE id = ?"  # noqa: S608 - a constant
    row = connection.execute(sql, (payment_id,)).fetchone()
    return row and _payment(row)


def open_payments(connection: sqlite3.Connection, device: str) -> list[CardPayment]:
    """List a terminal's payments whose result is not known."""
    sql = f"SELECT {_COLUMNS} FROM payment WHERE device = ? AND {_OPEN_SQL}"  # noqa: S608
    return [_payment(row) for row in connection.execute(sql, (device,))]


def remembered(connection: sqlite3.Connection, device: str) -> dict[str, object]:
    """Tell what a terminal's driver must know from before: its doubt, and what was last before it.

    Without a doubt it asks the terminal, which may have been used by hand meanwhile.
    """
    row = connection.execute(
        "SELECT last_trace, doubt_ref, doubt_request, doubt_amount_minor, doubt_last_trace"
        " FROM terminal WHERE device = ?",
        (device,),
    ).fetchone()
    if row is None or not row[1]:
        return {}
    last_trace, ref, request, amount_minor, doubt_trace = row
    doubt = Doubt(ref, request, amount_minor, doubt_trace)
    return {"last_trace": last_trace, "doubt": doubt}

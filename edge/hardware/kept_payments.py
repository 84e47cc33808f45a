"""One law: before a card can be charged it is on disk that it may be, until its result is known.

Commands for the store's writer; the reads take any connection. Amounts are in minor units.
"""

import sqlite3
from enum import StrEnum
from uuid import UUID

import msgspec

from devices.charge import Doubt
from edge.books.tasks import Task, task
from edge.books.transaction import Books
from edge.errors import Conflict
from edge.hardware.trouble import NotNow
from sync.values import DAY_MS


class PaymentState(StrEnum):
    """Where a card payment is; `failed` was never charged, `unknown` may have been."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"
    FAILED = "failed"
    UNKNOWN = "unknown"
    REVERSED = "reversed"


OPEN = (PaymentState.PENDING, PaymentState.UNKNOWN)
OWED = "card-void"  # on the worklist: a void sale's card is still charged


class CardPayment(msgspec.Struct, frozen=True):
    """A card payment, or the reversal of one; `charged_minor` is what the terminal says.

    `task` is the worklist's open entry that it is to be paid back, its sale being void.
    """

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
    task: int | None = None

    @property
    def worth_minor(self) -> int:
        """What was charged as far as the terminal has said, else what it was asked for."""
        return self.charged_minor or self.amount_minor

    @property
    def given_up(self) -> bool:
        """Whether it was cancelled before it was asked for: it has no amount."""
        return self.state is PaymentState.FAILED and self.amount_minor == 0


class BeginPayment(msgspec.Struct, frozen=True):
    """Command: keep a payment that is about to be asked for; a known id is answered as it is."""

    payment: CardPayment

    def run(self, books: Books) -> tuple[CardPayment, bool]:
        """Keep it; raise Conflict for another content, NotNow while another one is open.

        A reversal also needs a payment that stands, of the terminal's day.
        """
        asked = self.payment
        found = find_payment(books.connection, asked.id)
        if found is not None and found.given_up:
            return found, False
        if found is not None:
            same = (found.kind, found.amount_minor, found.sale_id, found.reverses)
            if same != (asked.kind, asked.amount_minor, asked.sale_id, asked.reverses):
                raise Conflict("payment", payment=asked.id)
            return found, False
        if asked.reverses:
            check_stands(find_payment(books.connection, asked.reverses), asked.reverses)
            _check_today(books, asked.reverses)
        for other in open_payments(books.connection, asked.device):
            raise NotNow("other-payment", payment=other.id, device=other.device, state=other.state)
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


def check_stands(payment: CardPayment | None, payment_id: str) -> None:
    """Raise NotNow unless it is a charge that was approved and not undone since."""
    if payment is None or payment.state is not PaymentState.APPROVED or payment.reverses:
        is_now = "not-known" if payment is None else payment.state
        raise NotNow("not-approved", payment=payment_id, state=is_now)


def _check_today(books: Books, payment_id: str) -> None:
    """Raise NotNow if the terminal has begun another day: there the receipt is another one's."""
    sql = (
        "SELECT 1 FROM payment LEFT JOIN terminal USING (device) WHERE id = ?"
        " AND created_ms <= max(coalesce(terminal.closed_ms, 0), ?)"
    )
    if books.connection.execute(sql, (payment_id, books.clock() - DAY_MS)).fetchone():
        raise NotNow("day-closed", payment=payment_id)


class CloseDay(msgspec.Struct, frozen=True):
    """Command: a terminal handed its day to the acquirer; what it charged before stands."""

    device: str

    def run(self, books: Books) -> None:
        """Remember when."""
        books.connection.execute(
            "INSERT INTO terminal (device, closed_ms) VALUES (?, ?)"
            " ON CONFLICT (device) DO UPDATE SET closed_ms = excluded.closed_ms",
            (self.device, books.clock()),
        )


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
            execute(
                "UPDATE worklist SET closed_ms = ?, closed_by = ?, note = ? WHERE number ="
                " (SELECT task FROM payment WHERE id = ?) AND kind = ? AND closed_ms IS NULL",
                (now_ms, done.till, f"reversed by payment {done.id}", done.reverses, OWED),
            )


class OweCards(msgspec.Struct, frozen=True):
    """Command, of a void's own commit: what its sale charged is somebody's task until it is undone.

    `cash_minor` is what the void pays out beyond the cash that was taken: so much is owed no more.
    """

    void_id: bytes
    sale_id: bytes
    receipt: str
    cash_minor: int

    def run(self, books: Books) -> None:
        """Put every charge of the sale on the worklist that stands, or may."""
        left = self.cash_minor
        for payment in payments_of(books.connection, str(UUID(bytes=self.sale_id))):
            if payment.reverses or payment.state not in (PaymentState.APPROVED, *OPEN):
                continue
            if left >= payment.worth_minor:
                left -= payment.worth_minor
                continue
            number = books.attend(self._task(payment), books.clock(), self.void_id)
            sql = "UPDATE payment SET task = ? WHERE id = ?"
            books.connection.execute(sql, (number, payment.id))

    def _task(self, payment: CardPayment) -> Task:
        return task(
            "card-void",
            receipt=self.receipt,
            charged_minor=payment.worth_minor,
            card=payment.card,
            terminal=payment.device,
            slip=payment.receipt or "",
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
_TASK = (
    f"(SELECT w.number FROM worklist w WHERE w.number = payment.task AND w.kind = '{OWED}'"  # noqa: S608
    " AND w.closed_ms IS NULL)"
)
_SELECT = f"SELECT {_COLUMNS}, {_TASK} FROM payment"  # noqa: S608 - constants
_OPEN_SQL = "state IN ('pending', 'unknown')"


def _payment(row: tuple[object, ...]) -> CardPayment:
    names = (*_COLUMNS.replace(",", "").split(), "task")
    return msgspec.convert(dict(zip(names, row, strict=True)), CardPayment)


def find_payment(connection: sqlite3.Connection, payment_id: str) -> CardPayment | None:
    """Find a payment by its id."""
    row = connection.execute(f"{_SELECT} WHERE id = ?", (payment_id,)).fetchone()
    return row and _payment(row)


def payments_of(connection: sqlite3.Connection, sale_id: str) -> list[CardPayment]:
    """List the charges of a sale and their reversals, in the order they were begun."""
    sql = f"{_SELECT} WHERE sale_id = ? ORDER BY created_ms, id"
    return [_payment(row) for row in connection.execute(sql, (sale_id,))]


def open_payments(connection: sqlite3.Connection, device: str) -> list[CardPayment]:
    """List a terminal's payments whose result is not known."""
    sql = f"{_SELECT} WHERE device = ? AND {_OPEN_SQL}"
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

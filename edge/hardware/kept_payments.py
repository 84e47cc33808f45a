"""One law: before a card can be charged it is on disk that it may be, until its result is known.

Commands for the store's writer; the reads take any connection. Amounts are in minor units.
"""

import sqlite3
from enum import StrEnum
from uuid import UUID

import msgspec

from devices.charge import Doubt
from edge.books.tasks import task
from edge.books.transaction import Books, derived_id
from edge.errors import Conflict
from edge.hardware.trouble import NotNow
from sync.cash import AuditEntry
from sync.values import DAY_MS


class PaymentState(StrEnum):
    """Where a card payment is; `failed` was never charged, `unknown` may have been.

    What is `owed` to a card is `reversed` once a terminal has paid it back.
    """

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"
    FAILED = "failed"
    UNKNOWN = "unknown"
    REVERSED = "reversed"
    OWED = "owed"


OPEN = (PaymentState.PENDING, PaymentState.UNKNOWN)
CHARGE, REVERSE, REFUND, OWED = "charge", "reverse", "refund", "owed"  # what a payment is
_STANDING = {CHARGE: PaymentState.APPROVED, OWED: PaymentState.OWED}
TASKS = ("card-void", "card-refund")  # on the worklist: a card is to get money back


class CardPayment(msgspec.Struct, frozen=True):
    """A card payment, what undoes it, or what a document owes a card; see `kind`.

    `sale_id` is the document's. `reverses`: of a reversal or refund, the charge or the debt that it
    settles; of a debt, the charge it pays back, if that is known. `charged_minor` is what the
    terminal says. `task` is the worklist's open entry that it is to be paid back.
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

        What undoes another also needs that one to stand, and a reversal the terminal's day.
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
            check_open(books.connection, asked, books.clock())
        for other in open_payments(books.connection, asked.device):
            raise NotNow("other-payment", payment=other.id, device=other.device, state=other.state)
        keep(books, asked)
        return asked, True


class GiveUpPayment(msgspec.Struct, frozen=True):
    """Command: a payment nobody has begun here never will be, however late it is asked for."""

    payment: CardPayment

    def run(self, books: Books) -> CardPayment:
        """Keep that it failed before it began; answer one that is known as it is."""
        found = find_payment(books.connection, self.payment.id)
        if found is not None:
            return found
        keep(books, self.payment)
        return self.payment


def keep(books: Books, payment: CardPayment) -> None:
    """Write a payment that is new, in the commit of whoever begins it."""
    now_ms = books.clock()
    books.connection.execute(
        "INSERT INTO payment (id, till, device, kind, amount_minor, sale_id, reverses, state,"
        " message, card, number, task, created_ms, changed_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (payment.id, payment.till, payment.device, payment.kind, payment.amount_minor,
         payment.sale_id, payment.reverses, payment.state, payment.message, payment.card,
         payment.number, payment.task, now_ms, now_ms),
    )  # fmt: skip


def check_open(connection: sqlite3.Connection, asked: CardPayment, now_ms: int) -> None:
    """Raise NotNow unless what a reversal or refund is to undo is still there to be undone.

    A refund also needs the task of a document: no money goes to a card without one.
    """
    found = find_payment(connection, asked.reverses)
    stands = found is not None and found.state is _STANDING.get(found.kind)
    if found is None or not stands:
        is_now = "not-known" if found is None else found.state
        raise NotNow("not-standing", payment=asked.reverses, state=is_now)
    if found.task is None and (asked.kind == REFUND or found.kind == OWED):
        raise NotNow("nothing-owed", payment=found.id)
    for other in undoing(connection, found.id):
        if other.kind == OWED or other.state is PaymentState.APPROVED:
            raise NotNow("paid-back", payment=found.id)
        if other.state in OPEN:
            raise NotNow("other-payment", payment=other.id, device=other.device, state=other.state)
    charge = charge_of(connection, found)
    if asked.kind == REVERSE and (why := why_not(connection, charge, now_ms)):
        raise NotNow(why, payment=asked.reverses)


def charge_of(connection: sqlite3.Connection, payment: CardPayment) -> CardPayment | None:
    """The charge that a payment is, or pays back, if it is known."""
    if payment.kind == CHARGE:
        return payment
    return find_payment(connection, payment.reverses) if payment.reverses else None


def why_not(connection: sqlite3.Connection, charge: CardPayment | None, now_ms: int) -> str:
    """Name the case why a terminal can't undo a charge by its receipt number, empty if it can.

    Numbers begin anew with the terminal's day, and with some terminals within one.
    """
    if charge is None or charge.receipt is None:
        return "no-receipt"
    sql = (
        "SELECT 1 FROM payment LEFT JOIN terminal USING (device) WHERE id = ?"
        " AND created_ms <= max(coalesce(terminal.closed_ms, 0), ?)"
    )
    if connection.execute(sql, (charge.id, now_ms - DAY_MS)).fetchone():
        return "day-closed"
    sql = (
        "SELECT 1 FROM payment AS other JOIN payment AS charge ON charge.id = ?"
        " AND other.device = charge.device AND other.receipt = charge.receipt"
        " AND other.id <> charge.id AND other.created_ms >= charge.created_ms"
    )
    return "receipt-again" if connection.execute(sql, (charge.id,)).fetchone() else ""


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
        """Write it; a result ends the doubt, money that went back ends what asked for it."""
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
            if done.worth_minor == done.amount_minor:
                _went_back(books, done)
            else:
                _went_astray(books, done)


def _went_back(books: Books, done: CardPayment) -> None:
    execute, now_ms = books.connection.execute, books.clock()
    target = find_payment(books.connection, done.reverses)
    if target is not None and target.task is not None:
        execute(
            "UPDATE worklist SET closed_ms = ?, closed_by = ?, note = ? WHERE number = ?",
            (now_ms, done.till, f"paid back by payment {done.id}", target.task),
        )
    execute(
        "UPDATE payment SET state = 'reversed', changed_ms = ? WHERE id = ? OR"
        " (? = 'reverse' AND id = (SELECT reverses FROM payment WHERE id = ?))",
        (now_ms, done.reverses, done.kind, done.reverses),
    )
    slip = f"{done.device} {done.receipt or ''} {done.card} {done.number}".strip()
    entry = AuditEntry(
        "card-refund", _document(done), done.till, reason=done.settled_by, detail=slip
    )
    books.append(derived_id(UUID(done.id).bytes, b"slip"), now_ms, done.till, entry)


def _went_astray(books: Books, done: CardPayment) -> None:
    """The terminal paid back another amount, as when it gave a receipt number twice."""
    wrong = task(
        "card-wrong",
        terminal=done.device,
        back_minor=done.worth_minor,
        charged_minor=done.amount_minor,
        slip=done.receipt or "",
    )
    books.attend(wrong, books.clock(), _document(done))


def _document(payment: CardPayment) -> bytes:
    """Id of the document it belongs to; a till may have charged for something else."""
    try:
        return UUID(payment.sale_id).bytes
    except ValueError:
        return b""


class AfterRestart(msgspec.Struct, frozen=True):
    """Command: the node starts; what was under way is unknown, or was never sent."""

    def run(self, books: Books) -> None:
        """Put payments in doubt that may have been sent; end those that were not."""
        books.connection.execute(
            "UPDATE payment SET state = CASE WHEN id IN (SELECT doubt_ref FROM terminal)"
            " THEN 'unknown' ELSE 'failed' END,"
            " message = CASE WHEN id IN (SELECT doubt_ref FROM terminal)"
            " THEN 'the result was lost; the terminal is being asked'"
            " WHEN reverses = '' THEN 'not charged' ELSE 'not paid back' END"
            " WHERE state = 'pending'"
        )


_COLUMNS = (
    "id, till, device, kind, amount_minor, sale_id, reverses, state, message, charged_minor, trace,"
    " receipt, card, number, settled_by"
)
_TASK = (
    f"(SELECT w.number FROM worklist w WHERE w.number = payment.task AND w.kind IN {TASKS}"  # noqa: S608
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
    """List a document's charges and debts to cards, and what undoes them, in order."""
    sql = f"{_SELECT} WHERE sale_id = ? ORDER BY created_ms, id"
    return [_payment(row) for row in connection.execute(sql, (sale_id,))]


def undoing(connection: sqlite3.Connection, payment_id: str) -> list[CardPayment]:
    """List what was begun to undo a payment, and what documents owe of it."""
    sql = f"{_SELECT} WHERE reverses = ? ORDER BY created_ms, id"
    return [_payment(row) for row in connection.execute(sql, (payment_id,))]


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

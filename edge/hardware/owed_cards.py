"""One law: money a document takes off the books goes back to its card, or stays somebody's task.

A void leaves whole charges to undo. A return, or an exchange that leaves something over, owes an
amount: a row of its own that a terminal pays back once, by a reversal or by a refund.
"""

import sqlite3
from uuid import UUID

import msgspec

from edge.books.tasks import Task, task
from edge.books.transaction import Books, derived_id
from edge.hardware.kept_payments import (
    CHARGE,
    OPEN,
    OWED,
    REFUND,
    REVERSE,
    CardPayment,
    PaymentState,
    charge_of,
    find_payment,
    keep,
    payments_of,
    undoing,
    why_not,
)

CARD = "card"


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
            if payment.kind != CHARGE or payment.state not in (PaymentState.APPROVED, *OPEN):
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


class OweRefund(msgspec.Struct, frozen=True):
    """Command, of a return's or an exchange's own commit: so much is to go back to cards.

    `document_id` is what owes it, `receipt` its number; `sale_id` is the sale whose goods came back
    (empty: unknown). `device` is the terminal of its till. `credit` is the return whose refund an
    exchange spends: what it leaves over is owed once, however often it is spent.
    """

    document_id: bytes
    sale_id: bytes
    receipt: str
    till: str
    device: str
    amount_minor: int
    credit: str = ""

    def run(self, books: Books) -> bool:
        """Owe each card what it was charged at most, and the rest to a card nobody knows here.

        False, and nothing is owed, where what is left of the credit was owed before.
        """
        if find_payment(books.connection, self._id(0)) is not None:
            return False
        parts: list[tuple[int, CardPayment | None]] = []
        left = self.amount_minor
        for charge in self._charges(books.connection):
            part = min(left, _left_of(books.connection, charge))
            if part > 0:
                parts.append((part, charge))
                left -= part
        if left:
            parts.append((left, None))
        for at, (part, to) in enumerate(parts):
            self._owe(books, self._id(at), part, to)
        return True

    def _id(self, at: int) -> str:
        cause = UUID(self.credit).bytes if self.credit else self.document_id
        purpose = f"{'exchange' if self.credit else 'card'} {at}"
        return str(UUID(bytes=derived_id(cause, purpose.encode())))

    def _charges(self, connection: sqlite3.Connection) -> list[CardPayment]:
        sale = str(UUID(bytes=self.sale_id)) if self.sale_id else ""
        found = payments_of(connection, sale) if sale else []
        return [one for one in found if (one.kind, one.state) == (CHARGE, PaymentState.APPROVED)]

    def _owe(
        self, books: Books, identity: str, amount_minor: int, charge: CardPayment | None
    ) -> None:
        what = task(
            "card-refund", receipt=self.receipt, refund_minor=amount_minor, terminal=self.device
        )
        keep(
            books,
            CardPayment(
                id=identity,
                till=self.till,
                device=self.device,
                kind=OWED,
                amount_minor=amount_minor,
                sale_id=str(UUID(bytes=self.document_id)),
                reverses=charge.id if charge else "",
                state=PaymentState.OWED,
                card=charge.card if charge else "",
                number=charge.number if charge else "",
                task=books.attend(what, books.clock(), self.document_id),
            ),
        )


def _left_of(connection: sqlite3.Connection, charge: CardPayment) -> int:
    owed = [one.amount_minor for one in undoing(connection, charge.id) if one.kind == OWED]
    return charge.worth_minor - sum(owed)


def way_back(connection: sqlite3.Connection, paid: CardPayment, device: str, now_ms: int) -> str:
    """Say how a terminal pays back: a whole charge of its day is reversed, all else is refunded.

    A charge that no document undoes is reversed, or stands; one whose reversal was declined is
    refunded.
    """
    charge = charge_of(connection, paid)
    if paid.task is None or charge is None:
        return REVERSE if paid.task is None else REFUND
    whole = charge.worth_minor == paid.worth_minor and charge.device == device
    declined = any(
        one.kind == REVERSE and one.state is PaymentState.DECLINED
        for one in undoing(connection, paid.id)
    )
    can = whole and not declined and not why_not(connection, charge, now_ms)
    return REVERSE if can else REFUND

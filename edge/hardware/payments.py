"""One law: a card is charged once, or it is known that nobody knows, over any restart.

A payment is on disk before the terminal hears of it, with how to ask the terminal about it. Until
its result is known, no other payment is begun at that terminal.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from itertools import count

import msgspec

from devices import zvt
from devices.charge import (
    Authorise,
    Cancel,
    Closed,
    Doubt,
    EndOfDay,
    Outcome,
    Payment,
    Prepare,
    Progress,
    Refund,
    Reverse,
    Settle,
    Unknown,
)
from devices.driver import Command
from devices.event import Event, Fault, JobDone, Reason
from devices.payment import Terminal
from edge.hardware.host import Host
from edge.hardware.kept_payments import (
    CHARGE,
    OPEN,
    REFUND,
    AfterRestart,
    BeginPayment,
    CardPayment,
    CloseDay,
    DoubtPayment,
    GiveUpPayment,
    MovePayment,
    PaymentState,
    charge_of,
    find_payment,
    payments_of,
    remembered,
)
from edge.hardware.owed_cards import way_back
from edge.hardware.trouble import NotNow, Trouble, UnknownJob
from edge.hardware.unit import Unit

ASKING = "the result was lost; the terminal is being asked"
NOT_CHARGED = "not charged"
PAID, PAID_BACK, NOT_PAID_BACK = "paid", "paid back", "not paid back"
CUSTOMER = "the terminal is busy with the customer; see its display"
_REQUESTS: dict[type[Command], int] = {
    Authorise: zvt.AUTHORISE,
    Reverse: zvt.REVERSE,
    Refund: zvt.REFUND,
}


class Payments:
    """The payments of all terminals; `tell` is told of every change."""

    def __init__(self, host: Host, tell: Callable[[CardPayment], None]) -> None:
        self._host = host
        self._tell = tell
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._numbers = count(1)

    async def after_restart(self) -> None:
        """Put in doubt what was under way when the node ended last."""
        await self._host.commit(AfterRestart())

    def remembered(self, device: str) -> dict[str, object]:
        """Tell what a terminal's driver must know from before."""
        return remembered(self._host.gate, device)

    async def close(self) -> None:
        """Stop waiting; what is under way is asked for after the next start."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def find(self, payment_id: str) -> CardPayment:
        """Tell how a payment is; raise UnknownJob."""
        found = find_payment(self._host.gate, payment_id)
        if found is None:
            raise UnknownJob("payment", payment=payment_id[:80])
        return found

    def of_sale(self, sale_id: str) -> list[CardPayment]:
        """List a document's charges and debts to cards, and what undoes them, in order."""
        return payments_of(self._host.gate, sale_id)

    async def charge(
        self, unit: Unit, till: str, payment_id: str, amount_minor: int, sale_id: str
    ) -> CardPayment:
        """Begin to charge a card, or tell how the payment under this id is."""
        asked = CardPayment(
            payment_id, till, unit.name, CHARGE, amount_minor, sale_id, "", PaymentState.PENDING
        )
        return await self._begin(unit, asked, Authorise(ref=payment_id, amount_minor=amount_minor))

    async def reverse(self, unit: Unit, till: str, payment_id: str, new_id: str) -> CardPayment:
        """Begin to pay a charge or a debt back, under an id of its own; raise NotNow.

        A charge of today is undone as a whole. What a document asks for is refunded where that
        can't be: a part, another day's, or to a card nobody knows.
        """
        gate = self._host.gate
        paid = self.find(payment_id)
        known = find_payment(gate, new_id)
        kind = known.kind if known else way_back(gate, paid, unit.name, self._host.clock())
        asked = CardPayment(
            new_id, till, unit.name, kind, paid.worth_minor, paid.sale_id, payment_id,
            PaymentState.PENDING,
        )  # fmt: skip
        if kind == REFUND:
            return await self._begin(unit, asked, Refund(ref=new_id, amount_minor=paid.worth_minor))
        charge = charge_of(gate, paid)
        receipt = (charge and charge.receipt) or 0
        return await self._begin(unit, asked, Reverse(ref=new_id, receipt=receipt))

    async def cancel(self, unit: Unit, till: str, payment_id: str) -> CardPayment:
        """Ask the terminal to stop; the payment's own state says what became of it.

        One that is not known is given up: should it still be on its way, it is not begun.
        """
        unknown = CardPayment(
            payment_id, till, unit.name, CHARGE, 0, "", "", PaymentState.FAILED, NOT_CHARGED
        )
        payment = await self._host.commit(GiveUpPayment(unknown))
        if payment.state is PaymentState.PENDING:
            event = await unit.ask(Cancel(ref=f"cancel {next(self._numbers)}"))
            if isinstance(event, Fault) and event.reason is not Reason.REFUSED:
                raise Trouble(event)
        return self.find(payment_id)

    async def resolve(self, unit: Unit, payment_id: str, *, charged: bool, by: str) -> CardPayment:
        """A person looked at the terminal: a payment in doubt was charged, or was not."""
        payment = self.find(payment_id)
        if payment.state is not PaymentState.UNKNOWN:
            raise NotNow("settled-payment", payment=payment_id, state=payment.state)
        event = await unit.ask(Settle(ref=f"settle {payment_id}", charged=charged))
        if isinstance(event, Payment):
            if task := self._tasks.pop(payment_id, None):
                task.cancel()
            await self._finish(unit, msgspec.structs.replace(payment, settled_by=by), event)
        elif isinstance(event, Fault) and self.find(payment_id).state in OPEN:
            raise Trouble(event)
        return self.find(payment_id)

    async def end_of_day(self, unit: Unit) -> int | None:
        """Hand the day's payments to the acquirer; return their total where it is told."""
        event = await unit.ask(EndOfDay(ref=f"end of day {next(self._numbers)}"))
        if isinstance(event, Fault):
            raise Trouble(event)
        await self._host.commit(CloseDay(unit.name))
        return event.total_minor if isinstance(event, Closed) else None

    async def take(self, unit: Unit, event: Event) -> None:
        """Take what a terminal says of a payment, whoever asked and whenever that was."""
        payment = find_payment(self._host.gate, event.ref)
        if payment is None or payment.state not in OPEN:
            return
        if isinstance(event, Progress):
            self._tell(msgspec.structs.replace(payment, message=CUSTOMER))
        elif isinstance(event, Unknown):
            await self._move(unit, payment, PaymentState.UNKNOWN, ASKING)
        elif isinstance(event, Payment):
            await self._finish(unit, payment, event)
        elif isinstance(event, Fault):
            in_doubt = event.reason is Reason.IN_DOUBT
            state = PaymentState.UNKNOWN if in_doubt else PaymentState.FAILED
            await self._move(unit, payment, state, event.message)

    # -- what these are made of ------------------------------------------------------------------

    async def _begin(self, unit: Unit, asked: CardPayment, command: Command) -> CardPayment:
        payment, is_new = await self._host.commit(BeginPayment(asked))
        if is_new:
            task = asyncio.get_running_loop().create_task(self._do(unit, payment, command))
            self._tasks[payment.id] = task
            task.add_done_callback(lambda _: self._tasks.pop(payment.id, None))
            self._tell(payment)
        return payment

    async def _do(self, unit: Unit, payment: CardPayment, command: Command) -> None:
        ready = await unit.ask(Prepare(ref=f"prepare {payment.id}"))
        if not isinstance(ready, JobDone):
            await self.take(unit, replace(ready, ref=payment.id))
            return
        amount = None if isinstance(command, Reverse) else payment.amount_minor
        doubt = Doubt(payment.id, _REQUESTS[type(command)], amount, _last_trace(unit))
        await self._host.commit(DoubtPayment(unit.name, doubt))
        await self.take(unit, await unit.ask(command))

    async def _finish(self, unit: Unit, payment: CardPayment, event: Payment) -> None:
        approved = event.outcome is Outcome.APPROVED
        state = PaymentState.APPROVED if approved else PaymentState.DECLINED
        found = msgspec.structs.replace(
            payment,
            charged_minor=event.amount_minor,
            trace=event.trace,
            receipt=event.receipt,
            card=event.card,
            number=event.number,
        )
        await self._move(unit, found, state, _words(payment, approved, event.text))

    async def _move(
        self, unit: Unit, payment: CardPayment, state: PaymentState, message: str
    ) -> None:
        moved = msgspec.structs.replace(payment, state=state, message=message)
        await self._host.commit(MovePayment(moved, _last_trace(unit)))
        self._tell(moved)


def _words(payment: CardPayment, approved: bool, text: str) -> str:
    """What became of it: in the terminal's own words, if it has any."""
    if payment.reverses and (not text or text == NOT_CHARGED):
        return PAID_BACK if approved else NOT_PAID_BACK
    return text or (PAID if approved else NOT_CHARGED)


def _last_trace(unit: Unit) -> int | None:
    driver = unit.device.driver
    return driver.last_trace if isinstance(driver, Terminal) else None

"""A Z report must say what its shift's facts add up to, and the books what all facts do."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection

from central.findings import Finding
from central.shifts import Shift, ShiftKey, ShiftSums, add_to_shift, by_day
from sync.bodies import AnyBody
from sync.cash import ShiftClosed, ShiftOpened

_SAID = ("sales", "returns", "voids", "net_minor", "tax_minor")


@dataclass(slots=True)
class ShiftFold:
    """What a store's facts say of its shifts, journal by journal in their order."""

    shifts: dict[ShiftKey, Shift] = field(default_factory=dict)
    _open: dict[ShiftKey, dict[ShiftKey, Shift]] = field(default_factory=dict)
    _wrong: list[tuple[ShiftKey, str]] = field(default_factory=list)

    def begin_journal(self) -> None:
        """Begin with the next journal: a shift that goes on in another life is not checked."""
        self._open.clear()

    def add(self, at_ms: int, body: AnyBody) -> None:
        """Add the next fact of the journal."""
        add_to_shift(self.shifts, at_ms, body)
        if isinstance(body, ShiftOpened):
            self._open[body.drawer, body.number] = {}
            return
        if isinstance(body, ShiftClosed):
            own = self._open.pop((body.drawer, body.number), None)
            if own is not None:
                self._check(own, body)
            return
        key = getattr(body, "drawer", ""), getattr(body, "shift", 0)
        if key in self._open:
            add_to_shift(self._open[key], at_ms, body)

    def _check(self, own: dict[ShiftKey, Shift], body: ShiftClosed) -> None:
        key = body.drawer, body.number
        sums = own[key].sums if key in own else ShiftSums()
        for name in _SAID:
            added, said = getattr(sums, name), getattr(body, name)
            if added != said:
                detail = f"its Z report says {name} {said}, its facts add up to {added}"
                self._wrong.append((key, detail))

    def wrong_reports(self) -> Iterator[tuple[str, str]]:
        """Give place and detail of each Z report that its facts contradict."""
        for (drawer, number), detail in self._wrong:
            yield f"shift {drawer} {number}", detail


def compare_shifts(
    connection: Connection, stores: dict[int, str], folds: dict[int, ShiftFold]
) -> Iterator[Finding]:
    """Compare the books' shifts with the facts, and Z reports with the facts before them."""
    folded = {}
    for store_id, fold in folds.items():
        for place, detail in fold.wrong_reports():
            yield Finding(stores[store_id], place, detail)
        for key, shift in fold.shifts.items():
            folded[stores[store_id], *key] = shift.sums
    for total in by_day(connection, limit=10**9):
        sums = folded.pop((total.store, total.drawer, total.number), ShiftSums())
        if total.sums != sums:
            detail = f"the facts add up to {sums}, the books say {total.sums}"
            yield Finding(total.store, f"shift {total.drawer} {total.number}", detail)
    for (store, drawer, number), sums in folded.items():
        yield Finding(store, f"shift {drawer} {number}", f"{sums} is in no book")

"""Shifts of all drawers, each with its Z report beside what headquarters added up itself."""

from typing import Annotated

from fastapi import APIRouter, Query

from central import shifts, totals
from central.web.reading import Day, StoreName
from central.web.shapes import Answer
from central.web.site import At, Reader

router = APIRouter()


class ShiftOut(Answer):
    """A shift of a drawer: what headquarters added up, beside what its Z report said.

    `business_day` counts days since 1970-01-01. While the shift is open `closed_ms` and all
    `said_*` are 0. `late_minor` is what came after the Z report; the drawer's next one lists it.
    """

    store: str
    drawer: str
    number: int
    currency: str
    business_day: int
    opened_ms: int
    closed_ms: int
    sales: int
    returns: int
    voids: int
    net_minor: int
    tax_minor: int
    said_sales: int
    said_returns: int
    said_voids: int
    said_net_minor: int
    said_tax_minor: int
    late_minor: int
    grand_total_minor: int
    float_minor: int
    over_short_minor: int
    paid_in_minor: int
    paid_out_minor: int
    dropped_minor: int
    no_sales: int
    overrides: int
    reprints: int


@router.get("/shifts", summary="Shifts and Z reports", tags=["sales"])
def list_shifts(
    *,
    site: At,
    _: Reader,
    store: StoreName = "",
    first: Day = 0,
    last: Day = totals.DAYS_MAX,
    limit: Annotated[int, Query(ge=1, le=1000)] = 500,
) -> list[ShiftOut]:
    """Return shifts of drawers, newest business day first, with headquarters' own sums."""
    with site.store.read() as connection:
        found = shifts.by_day(connection, store, first, last, limit)
    return [ShiftOut.model_validate(shifts.plain(one)) for one in found]

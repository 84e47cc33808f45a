"""What tills finish, as commands, with everything left out that a test does not care about."""

from contextlib import closing

from edge.audit import verify
from edge.books import database
from edge.selling.tilling import FinishedSale
from sync.receipts import Line, Tender
from tests.edge.shop import START_MS, Shop

DAY = 20_254


def tea(quantity: int = 1, price_minor: int = 350, discount_minor: int = 0) -> Line:
    """A tea as its till priced it."""
    return Line("TEA", quantity, price_minor, "low", 70_000, discount_minor=discount_minor)


def finished(
    shop: Shop,
    *lines: Line,
    number: int = 1,
    life: int = 5,
    till: str = "t1",
    tenders: tuple[Tender, ...] = (),
    drawer: str = "",
    shift: int = 0,
    operator: str = "",
    at_ms: int = START_MS,
    business_day: int = DAY,
    detached: bool = False,
    member: str = "",
    points: int = 0,
    sale_id: bytes = b"",
) -> FinishedSale:
    """Make a finished sale, of a tea for cash if nothing else is said."""
    lines = lines or (tea(),)
    total_minor = sum(line.amount_minor for line in lines)
    return FinishedSale(
        id=sale_id or shop.new_id(),
        till=till,
        life=life,
        number=number,
        drawer=drawer,
        shift=shift,
        business_day=business_day,
        lines=lines,
        tenders=tenders or (Tender("cash", total_minor),),
        total_minor=total_minor,
        at_ms=at_ms,
        operator=operator,
        member=member,
        points=points,
        detached=detached,
    )


def check_books(shop: Shop) -> None:
    """Fold the whole journal again and compare; raise Disagreement."""
    with closing(database.connect(shop.path, readonly=True)) as reading:
        list(verify(reading))

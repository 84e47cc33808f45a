"""What requests and answers look like; integers are integers, unknown fields are refused.

Money is in minor units, quantities in base units, times in UTC milliseconds.
"""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from central.availability import Stock, StoreStock
from central.views import TaskEntry
from sync.values import MONEY_MAX_MINOR, QUANTITY_MAX

Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]
Text = Annotated[str, Field(max_length=1_000, pattern=r"^[^\x00]*$")]
Money = Annotated[int, Field(ge=0, le=MONEY_MAX_MINOR)]
Units = Annotated[int, Field(ge=1, le=QUANTITY_MAX)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
LINES_MAX = 500
PRODUCTS_MAX = 500


class Asked(BaseModel):
    """A request body."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Answer(BaseModel):
    """A reply."""

    model_config = ConfigDict(from_attributes=True)


class ProblemOut(Answer):
    """What every error answers with; `code` is stable, `field` names the place in the request."""

    type: str
    code: str
    title: str
    status: int
    detail: str
    field: str = ""


class ProductIn(Asked):
    """A SKU as headquarters defines it; replaces the definition before."""

    names: dict[Name, Text] = Field(
        min_length=1, max_length=20, examples=[{"en": "Apples", "zh": "苹果"}]
    )
    gtins: list[str] = Field(default=[], max_length=50, description="GTIN-8, -12, -13 or -14.")
    unit: Name = Field("pc", description="Base unit: pc, g, ml or mm.")
    tax_code: Name
    price_minor: Money
    price_quantity: Units = Field(1, description="Base units that price_minor is for.")
    tracked: bool = Field(True, description="Whether it has stock.")
    active: bool = True
    category: Text = ""
    variant_of: Text = ""
    attributes: dict[Name, Text] = Field(default={}, max_length=50)


class NamedProductIn(ProductIn):
    """A product of a list."""

    sku: Name


class ProductsIn(Asked):
    """Products to define together: all of them, or none."""

    products: list[NamedProductIn] = Field(min_length=1, max_length=PRODUCTS_MAX)


class ProductOut(Answer):
    """A product with the price that holds: the newest of definition and price change."""

    sku: str
    names: dict[str, str]
    gtins: list[str]
    unit: str
    tax_code: str
    price_minor: int
    price_quantity: int
    tracked: bool
    active: bool
    category: str
    variant_of: str
    attributes: dict[str, str]


class ProductPage(Answer):
    """A page of products; ask again with `after` = `next` while it is not empty."""

    products: list[ProductOut]
    next: str


class PriceIn(Asked):
    """A new price of a SKU."""

    price_minor: Money
    price_quantity: Units = 1


class TaxRateIn(Asked):
    """A tax code's rate in parts per million."""

    rate_ppm: int = Field(ge=0, le=10_000_000, examples=[190_000])
    included: bool = Field(description="Whether prices already contain it.")
    name: Text = ""


class StaffIn(Asked):
    """A person who may use tills; `pin_hash` is argon2id in its encoded form."""

    name: Name
    roles: list[Name] = Field(max_length=20)
    pin_hash: str = Field(pattern=r"^\$argon2id\$[\x21-\x7e]{20,400}$")
    active: bool = True


class RuleIn(Asked):
    """The value of a rule, as JSON text."""

    value: str = Field(max_length=20_000, pattern=r"^[^\x00]*$", examples=['"block"'])


class StoreIn(Asked):
    """What headquarters says of a store."""

    name: Name
    region: Text = ""
    currency: Currency
    active: bool = True


class RevokeIn(Asked):
    """Why nothing more is accepted from a life."""

    reason: Name = Field(examples=["stolen"])


class LineIn(Asked):
    """A quantity of a SKU in base units."""

    sku: Name
    quantity: Units


class OrderIn(Asked):
    """Lines of an online order at one store."""

    order: Name
    lines: list[LineIn] = Field(min_length=1, max_length=LINES_MAX)


class GiveBackIn(Asked):
    """Unused rights to return to the store."""

    reason: Name
    lines: list[LineIn] = Field(min_length=1, max_length=LINES_MAX)


class NoteIn(Asked):
    """What was done about it."""

    note: Name


class WrittenOut(Answer):
    """Where a decision was written; stores follow that journal."""

    journal: str
    seq: int


class DoneOut(Answer):
    """It was done."""

    done: bool = True


class SkuStockOut(Answer):
    """Stock of a SKU: the sum, and each store."""

    sku: str
    on_hand: int
    reserved: int
    promisable: int
    stores: list[StoreStock]


class StockPage(Answer):
    """A page of stock; ask again with `after` = `next` while it is not empty."""

    stock: list[Stock]
    next: str


class TakingsOut(Answer):
    """Sales in one currency."""

    currency: str
    sales: int
    net_minor: int


class StoreOut(Answer):
    """How a store stands; `agreement` compares its counters with the fold of its facts."""

    store: str
    title: str
    region: str
    currency: str
    active: bool
    link: str = Field(description="up or cut")
    link_reason: str
    link_since_ms: int
    as_of_ms: int
    facts: int
    missing_facts: int = Field(description="Announced by the store and not yet delivered.")
    agreement: str = Field(description="agrees, facts-behind, counters-behind or nothing-yet")
    differing_rows: int
    quarantined: int
    tasks: int
    takings: list[TakingsOut]


class LifeOut(Answer):
    """One life of a store's node."""

    replica: str
    generation: int
    status: str = Field(description="live or revoked")
    note: str
    software: str
    first_ms: int
    last_ms: int
    facts: int
    announced: int


class StoreDetailOut(StoreOut):
    """A store with the lives of its node, newest first."""

    lives: list[LifeOut]


class FactOut(Answer):
    """A fact of a journal; `net_minor` is what it adds to net sales (a return takes away)."""

    seq: int
    id: UUID
    at_ms: int
    actor: str
    type: str = Field(examples=["Sale"])
    net_minor: int


class JournalPage(Answer):
    """Facts in their order; ask again with `after` = the last `seq` until there are none."""

    facts: list[FactOut]


class WorklistOut(Answer):
    """The worklist, and SKUs that stores move and headquarters has never defined."""

    tasks: list[TaskEntry]
    unknown_skus: list[str]


class StatusOut(Answer):
    """Headquarters in a few numbers."""

    chain: str
    incarnation: int
    now_ms: int
    stores: int
    stores_up: int
    facts: int
    missing_facts: int
    quarantined: int
    tasks: int


class HealthOut(Answer):
    """Whether the database answers."""

    status: str

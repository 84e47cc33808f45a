"""One law: amounts of a key are integers: minor units of a gift card, points, uses of a coupon."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from edge.web.requests import Id, Request
from edge.web.till_requests import Operator
from sync.values import QUANTITY_MAX

Amount = Annotated[int, Meta(ge=1, le=QUANTITY_MAX, description="Minor units, points or uses.")]
Wished = Annotated[
    int,
    Meta(ge=0, le=QUANTITY_MAX, description="So much is to be spent here; 0: only ask what is."),
]


class RedeemRights(Request, frozen=True, kw_only=True):
    """Spend rights that this store holds, for a sale."""

    id: Id
    amount: Amount
    sale_id: UUID | None = None
    operator: Operator = ""


class ReverseRedemption(Request, frozen=True, kw_only=True):
    """Undo a redemption as a whole: the sale it was for did not come about."""

    id: Id
    redeemed_id: UUID
    operator: Operator = ""


class AskForRights(Request, frozen=True, kw_only=True):
    """Ask headquarters what there is of a key, and to bring it here."""

    amount: Wished = 0


class EntitlementReply(msgspec.Struct, frozen=True):
    """Rights over a key: `here` this store can spend now; below zero is a debt.

    `elsewhere` others held, and `blocked` lives of nodes that have ended, as headquarters knew at
    `as_of_ms` (0: it was never asked). `linked`: headquarters can be asked now.
    """

    key: str
    here: int
    elsewhere: int
    blocked: int
    as_of_ms: int
    linked: bool


class RedemptionReply(msgspec.Struct, frozen=True):
    """A redemption (`amount` above zero) or its reversal (below); `here` is what is left."""

    id: UUID
    key: str
    amount: int
    here: int
    repeated: bool

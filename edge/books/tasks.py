"""What somebody should look at is kept as a code and its values; its kind and its words follow.

The till says the same in its own languages, from `code` and `told`. How a value is written follows
from its name: `…_minor` is money, `…quantity` base units of the task's SKU, `…_ppm` a rate.
"""

from collections.abc import Mapping

import msgspec

Told = dict[str, int | str]

SENTENCES: Mapping[str, tuple[str, str]] = {
    "reserved-sold": ("shortfall", "{quantity} reserved for online orders went over the counter"),
    "unknown-sku": ("unknown-sku", "no product has this SKU"),
    "price": (
        "price",
        "sold at {sold_minor} per {sold_quantity}, the price is {price_minor} per"
        " {price_quantity}; nobody approved",
    ),
    "discount": (
        "discount",
        "{off_minor} off {gross_minor} by hand is over the limit; nobody approved",
    ),
    "tax": ("tax", "taxed at {sold_ppm} ppm, the rate is {rate_ppm} ppm"),
    "receipt-number": ("receipt-number", "{receipt} is on another sale too"),
    "shift-unknown": ("late-sale", "{drawer} has no shift {shift} here"),
    "shift-closed": ("late-sale", "shift {shift} of {drawer} was closed: see its next Z report"),
    "pay-out": ("cash", "cash was paid out at {drawer}: nobody approved"),
    "no-sale": ("cash", "the drawer of {drawer} was opened without a sale: nobody approved"),
    "rounding": (
        "cash",
        "{rounding_minor} were rounded in cash, at most {most_minor} may be: look at the receipt",
    ),
    "clock-ahead": ("clock", "{till}: its clock is {minutes} minutes ahead: set it right"),
    "clock-behind": ("clock", "{till}: its clock is {minutes} minutes behind: set it right"),
    "stranded": ("stranded", "{till}: a document was refused, see quarantine entry {entry}"),
    "receipt": ("receipt", "{fact}: the number of its receipt or shift was used before"),
    "twice": ("twice", "this document was recorded in {first} and in {second}: void one"),
    "catalogue": ("catalogue", "its barcode {gtin} is no GTIN and was left out: correct it"),
    "card-not-credited": (
        "entitlement",
        "{sold_minor} could not be credited to gift card {card}: headquarters can issue it",
    ),
    "card-void": (
        "card-void",
        "{receipt} was voided, and {charged_minor} are still charged on {card} at {terminal}, its"
        " receipt {slip}: undo it, or refund it there",
    ),
    "card-refund": (
        "card-refund",
        "{receipt}: {refund_minor} have not gone back to the card yet: open it and have the"
        " terminal ({terminal}) pay it back, or refund it there by hand",
    ),
    "card-unbacked": (
        "card-refund",
        "{receipt} says {refund_minor} went to a card, and no return with a terminal is behind it:"
        " ask the cashier, refund it by hand if it is owed",
    ),
    "card-wrong": (
        "card-wrong",
        "{terminal} paid back {back_minor} instead of {charged_minor}, its receipt {slip}: it may"
        " have undone another customer's payment; look at its receipts",
    ),
    "points-not-credited": (
        "entitlement",
        "{points} points could not be credited to {member}: headquarters can issue them",
    ),
    "not-refunded": (
        "entitlement",
        "{refund_minor} refunded to {tender} went nowhere: issue them anew",
    ),
    "not-taken-back": (
        "entitlement",
        "{spent_minor} of gift card {card} were spent or passed on before they were taken back",
    ),
    "serial-here": ("serial", "{serial} came in, though the books have it here already"),
    "serial-gone": ("serial", "{serial} left, though it had left before"),
    "serial-unknown": ("serial", "{serial} left, though the books never had it"),
    "serial-twice": ("serial", "{serial} is in one document twice"),
    "serial-foreign": ("serial", "{serial} came back without a receipt; it was not sold here"),
    "count": ("count", "not counted for sure on {sheet}: count it again"),
    "damaged": ("damaged", "{quantity} came damaged"),
    "claim": ("claim", "{quantity} came damaged and are claimed"),
    "order-unknown": ("order", "nothing is known of the order {order}"),
    "transfer-unknown": ("transfer", "nothing is known of the transfer {transfer} from {store}"),
    "over-order": (
        "over-delivery",
        "{came_quantity} came, {expected_quantity} were ordered ({order})",
    ),
    "over-transfer": (
        "over-delivery",
        "{came_quantity} came, {expected_quantity} were sent ({store})",
    ),
    "unordered": ("unordered", "{came_quantity} came, none was ordered ({order})"),
    "unsent": ("unordered", "{came_quantity} came, none was sent ({store})"),
    "late-order": ("late-delivery", "came after the order {order} had ended"),
    "late-transfer": ("late-delivery", "came after the transfer {transfer} had ended"),
    "transfer-difference": (
        "transfer-difference",
        "{store} reports ({reason}): {came_quantity} of {sent_quantity} came",
    ),
    "transfer-damage": (
        "transfer-difference",
        "{store} reports ({reason}): {came_quantity} of {sent_quantity} came,"
        " {damaged_quantity} of them damaged",
    ),
}  # the kind and the English words of each code


class Task(msgspec.Struct, frozen=True):
    """Something a person should look at: what it is, of which SKU (may be empty), its values."""

    code: str
    sku: str
    told: Told

    @property
    def kind(self) -> str:
        """The kind under which a worklist files it."""
        return SENTENCES[self.code][0]

    @property
    def text(self) -> str:
        """It in English; of a code that this release does not know, the values."""
        _, words = SENTENCES.get(self.code, ("", ""))
        return words.format(**self.told) or f"{self.code}: {self.told}"


def task(code: str, sku: str = "", /, **told: int | str) -> Task:
    """Name a task; KeyError for a code or a value without words."""
    SENTENCES[code][1].format(**told)
    return Task(code, sku, told)

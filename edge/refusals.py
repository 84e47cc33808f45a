"""One law: why something is refused is said by a code, a case and its values; the words follow.

The till says the same in its own languages, from the same three. How a value is written follows
from its name: `…_minor` is money, `…_quantity` base units of the SKU, `…_ms` UTC milliseconds.
`{field}` is the problem's own field.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

Value = int | str
Values = Mapping[str, Value]

_NUMBER: Mapping[str, str] = {
    "no-integer": "{field} must be an integer, not {value}",
    "range": "{field} is {value}; it must be {low} to {high}",
}
_PRODUCT = "find it by its name, or have headquarters add it"
_OTHERWISE = "{field}: {why}"
_CUT_OFF = "it can't be asked now: take the rest by another tender."
_ASKED = "it was asked: try again in a moment, or take the rest by another tender."
_NEVER = "Headquarters never said what is elsewhere"


def _short(kind: str, key: str, unit: str = "") -> Mapping[str, str]:
    """Sentences for what a store lacks of a kind of right, by whether headquarters was asked."""
    here = f"{{here{unit}}} of {key} can be spent here, {{wanted{unit}}} are asked for"
    known = f"Elsewhere were {{elsewhere{unit}}} as of {{known_ms}}"
    blocked = f"{known}, and {{blocked{unit}}} at a box that has ended, for headquarters to free"
    return {
        kind: here,
        f"{kind}-asked": f"{here}. {_NEVER}; {_ASKED}",
        f"{kind}-asked-known": f"{here}. {known}; {_ASKED}",
        f"{kind}-asked-blocked": f"{here}. {blocked}; {_ASKED}",
        f"{kind}-cut-off": f"{here}. {_NEVER}; {_CUT_OFF}",
        f"{kind}-cut-off-known": f"{here}. {known}; {_CUT_OFF}",
        f"{kind}-cut-off-blocked": f"{here}. {blocked}; {_CUT_OFF}",
    }


SENTENCES: Mapping[str, Mapping[str, str]] = {
    "already-returned": {"sale": "part of it was returned: take the rest back by a return"},
    "already-reversed": {
        "redemption": "this redemption was reversed before: redeem anew",
    },
    "approval-needed": {
        "blind-return": "goods without a receipt need the word of somebody who may approve: have a"
        " manager enter the PIN",
        "void": "the void of a sale needs the word of somebody who may approve: have a manager"
        " enter the PIN",
    },
    "backup-refused": {
        "damaged": "{path} is damaged: it is not what its manifest says",
        "exists": "{path} exists already: name another file",
        "format": "format {format} is not known here: update the node",
        "inconsistent": "the backup is damaged: {why}",
        "key": "{path} is no key: it must have {size} bytes",
        "lived": "generation {generation} was lived already: choose one above {former}",
        "manifest": "{path} is no manifest: {why}",
        "missing": "{path} is missing: the backup was not finished",
        "node": "{path} exists: restore into an empty directory, or move the old node away",
    },
    "bad-field": {
        **_NUMBER,
        "basket-too-large": "a basket may have {most} bytes: sell it in parts",
        "before-1970": "goods don't expire before 1970",
        "card-number": "{field} looks like a card number, which is never stored here",
        "charge-code": "a charge is named by a code in sku alone",
        "counted-twice": "each tender is counted once: add the counts up",
        "damaged-apart": "put the damaged pieces on a line of their own, with their serial numbers",
        "day": "give days since 1970",
        "document-too-large": "a document of {size} bytes is too large: split it",
        "edits": "send at most {most} edits at once",
        "empty": "{field} must say something",
        "entries": "{field} must have {low} to {high} entries",
        "entry-of-others": "replace an entry of your own, of this SKU",
        "gtin": _OTHERWISE,
        "gtin-ambiguous": "GTIN {gtin} is on several products: name the SKU",
        "hold-id": "each putting aside has an id of its own, a UUID",
        "id": "an id has {size} bytes (a UUID), minted once by the till",
        "key": "name it gift:CODE, points:MEMBER or coupon:CODE",
        "lines-by-index": "with a receipt, lines are named by their index alone",
        "lines-by-name": "without a receipt, lines have no index: name the goods",
        "measured": "{sku} is sold by measure: print it at the scale",
        "member": _OTHERWISE,
        "movement": "a no-sale moves nothing, everything else more than 0",
        "no-document": "this makes no valid document: {why}",
        "no-gtin": "{sku} has no GTIN that a code could carry a price for",
        "no-stock-document": "this is no stock document",
        "not-cheaper": "it costs {price_minor} already: make it less",
        "not-counted": "nothing was counted on this sheet: cancel it",
        "not-named": "{field} must name a product by either sku or gtin",
        "other-document": "the id names another document, no transfer out",
        "other-sender": "this transfer was sent by {store}",
        "pieces-over": "{sku}: more pieces are told of than were counted",
        "pieces-untold": "say the lot, the day of expiry or the serial numbers",
        "reason": "begin with one of {codes}",
        "receipt": "a receipt number looks like t1-930000-000042",
        "receipt-number": "a receipt has a life and a number, both from 1 on",
        "sale-id": "a basket's id is that of its sale, a UUID",
        "scope": "name 1 to {most} categories or SKUs, none for all",
        "serial-twice": "serial number {serial} is there twice: scan the other piece",
        "serials-of-sale": "of {serials}, name those that come back",
        "serials-too-many": "there are more serial numbers than pieces",
        "service": "{sku} is a service: it has no stock",
        "sold-without-serials": "it was sold without serial numbers: name none",
        "sku-twice": "a SKU is counted twice: add the two up",
        "source": "a source is one of {sources}",
        "store": _OTHERWISE,
        "tax-unknown": "headquarters has not sent a rate for tax code '{tax}' yet",
        "till": "a till is named by 1 to 16 of A-Z, a-z, 0-9, _ and -",
        "time": "give UTC milliseconds since 1970",
        "too-long": "{field} must have at most {most} printable characters",
        "transfer-id": "name the transfer out by its id (a UUID)",
    },
    "bad-price": {
        "no-integer": _NUMBER["no-integer"],
        "range": "{field} is {value_minor}; it must be {low_minor} to {high_minor}",
        "charge-price": "a charge needs a price",
        "discount-over": "a discount of {discount_minor} is more than the goods cost"
        " ({goods_minor})",
        "discount-sum": "its discounts add up to {sum_minor}, discount_minor is {discount_minor}",
        "line-over": "a line of {line_minor} is over {most_minor}",
        "line-sum": "the lines add up to {lines_minor}, not {total_minor}",
        "negative-refund": "the refund is negative: sell the charge instead",
        "negative-total": "the total is negative: take goods back by a return",
        "total-over": "a total of {total_minor} is over {most_minor}",
    },
    "bad-quantity": {
        **_NUMBER,
        "counted-over": "{sku} was counted {counted_quantity}: at most {most_quantity}",
        "differs-over": "{field} differs by more than {most_quantity}",
        "line-sum": "{sku}: the lines add up to {sum_quantity}; it must be 1 to {most_quantity}",
    },
    "bad-tender": {
        **_NUMBER,
        "kind": "a tender is named like cash, card or voucher",
        "refund-sum": "the refund is {total_minor}, the tenders {paid_minor}",
        "tender-sum": "the tenders add up to {paid_minor}, not {total_minor}",
        "too-much": "{over_minor} too much is tendered: only cash gives change",
    },
    "conflict": {
        "entry": "that entry was replaced already",
        "order": "the order {order} is {state} already: nothing is to be done",
        "transfer": "the transfer {transfer} is {state} already: nothing is to be done",
        "id": "this id was used before with other content: nothing was changed; mint a new id for a"
        " new document",
        "member": "this id has a card already, and it says otherwise: edit it, or mint a new id",
        "payment": "payment {payment} is known with other content: take a new id",
        "print-job": "print job {job} is known with other content: take a new id",
    },
    "count-undecided": {
        "moved": "{count} SKUs moved between their places, such as {sku}: count them again as a"
        " whole, or skip them",
        "uncounted": "{count} SKUs of this sheet were not counted, such as {sku}: say `zero` if"
        " they are not there, or `skip`",
    },
    "device": {"said": "{en}"},
    "entry-late": {"sku": "{sku} was counted too long ago: count it again"},
    "held-sold": {"basket": "this basket was sold: find its receipt, and begin a new one"},
    "held-taken": {
        "dropped": "this basket was given up at {till}: list the held ones again",
        "taken": "this basket was taken up at {till}: list the held ones again",
    },
    "http-error": {"other": "{why}"},
    "internal": {
        "request": "Nothing is known to be wrong with the request. Send it again with the same id:"
        " it is carried out once. If it fails again, look into the node's log.",
    },
    "invalid": {
        "body": "{where}{why}. Correct it and send the request again.",
        "card-number": "{field}: looks like a card's number, which is never kept here. Send the"
        " payment terminal's reference instead.",
        "device-token": "This is a device's token, nobody is logged in by it: send the person's.",
        "event": "'{given}' is no id of an event such as {newest}: leave it out to start now.",
        "fact": "{why}: correct it and send it again, under a new id.",
        "gtin": "{why}. Scan it again or type it in.",
        "id": "Mint an id, so that a repeat prints nothing twice.",
        "page": "before: take it from the page before, or leave it out",
        "parameter": "{why}: correct {field} and ask again",
    },
    "malformed": {
        "cut": "The connection ended before the body did: send it again.",
        "deep": "The body is nested too deeply. Send the documented shape.",
        "json": "The body is no JSON: {why}. Correct it and send it again.",
    },
    "needs-approval": {
        "write-off": "these goods are worth {value_minor}, more than you may write off"
        " ({limit_minor}): have a manager log in and post them; the list stays",
    },
    "no-device": {
        "category": "{till} has no {category}: configure one under [[devices]] in edge.toml and"
        " restart the node; `evertill-edge devices detect` finds it",
        "name": "no device is called '{name}': there are {known}",
        "prints-nothing": "{name} prints nothing: try `evertill-edge devices test {name}`",
    },
    "method-not-allowed": {
        "address": "This address knows other methods; see /api/v1/openapi.json.",
    },
    "no-shift": {"drawer": "{drawer} is in no shift: open one with its float first"},
    "not-allowed": {
        "approve": "{name} may not approve: ask somebody with the role of a manager.",
        "blind-count": "This count is blind: a manager reviews and closes it.",
        "no-till": "{device} is no till: let it in by `evertill-edge device add NAME --role till`.",
        "other-till": "{device} numbers its own receipts only: leave `till` out, or use a device of"
        " the role pos.",
        "right": "{device} may not {right}: use a device or log in as a person whose role may.",
        "right-of": "{staff} at {device} may not {right}: use a device or log in as a person whose"
        " role may.",
    },
    "not-authenticated": {
        "no-token": "Send the header `Authorization: Bearer TOKEN`. `evertill-edge device add`"
        " makes a device's token, POST /api/v1/staff/login a person's.",
        "pin": "Name or PIN is wrong: check both and try again.",
        "token": "This token is not known here, was revoked, or its session has ended: log in"
        " again, or have the device let in by `evertill-edge device add`.",
    },
    "not-for-sale": {"sku": "{sku} is withdrawn from sale"},
    "not-found": {
        "address": "There is nothing at this address; see /api/v1/openapi.json.",
        "order": "Headquarters has told of no order '{order}': check its number.",
        "paper": "Nothing to print has the id {id} here: find it by GET /api/v1/till/documents.",
        "product": "No product '{sku}' here: search it by GET /api/v1/products?q=.",
        "return": "No return {id} here: check the id it was posted under.",
        "sale": "No sale {id} here: find it by GET /api/v1/sales?receipt=.",
        "sheet": "There is no such sheet: list the sheets.",
        "stock": "No stock of '{sku}' was ever kept here: check the SKU.",
    },
    "not-held": {
        "asked": "No card of {member} is held here; headquarters is asked. Try again in a moment.",
        "cut-off": "No card of {member} is held here; headquarters is asked. Try again when the"
        " link to headquarters is up again.",
        "no-headquarters": "No card of {member} is held here, and no headquarters is configured.",
        "too-many": "Too many cards were asked for and did not come: try again later.",
    },
    "not-now": {
        "day-closed": "the terminal's day was closed after payment {payment}: refund the card at"
        " the terminal by hand, then close the entry on the worklist",
        "no-receipt": "the terminal gave no receipt number for payment {payment}: reverse it at"
        " the terminal itself",
        "not-standing": "payment {payment} is {state}: there is nothing to be paid back",
        "nothing-owed": "nothing asks to pay {payment} back: somebody saw to it, or no goods came",
        "other-payment": "payment {payment} on {device} is {state}: finish or settle it first",
        "paid-back": "payment {payment} was paid back before: look at the terminal's receipts",
        "receipt-again": "the terminal gave the receipt number of payment {payment} again since:"
        " refund the card at the terminal by hand",
        "settled-job": "print job {job} is {state}: there is nothing to settle",
        "settled-payment": "payment {payment} is {state}: there is nothing to settle",
    },
    "nothing-to-return": {
        "returned": "{sku}: {sold_quantity} were sold, {back_quantity} came back already,"
        " {wanted_quantity} can't come back now",
        "transfer": "{sku}: {left_quantity} of this transfer are still on the way,"
        " {wanted_quantity} can't arrive; adjust what is really there",
    },
    "out-of-stock": {
        "grant": "{sku}: at most {free_quantity} can be granted ({kept_quantity} are kept back)",
        "sell": "{sku}: {free_quantity} can be sold and {wanted_quantity} are asked for; count the"
        " shelf if the goods are there",
    },
    "overloaded": {"queue": "{waiting} commands wait: repeat this one in a second"},
    "rights-short": {
        **_short("gift", "gift card {card}", "_minor"),
        **_short("points", "the points of {member}"),
        **_short("coupon", "coupon {coupon}"),
    },
    "sale-voided": {
        "return": "this sale was voided: nothing of it can come back",
        "void": "this sale was voided before: there is nothing left to undo",
    },
    "serial-here": {
        "return": "{sku} with the serial number {serial} is in stock by the books: compare the"
        " number with the goods; a sale that a till has not delivered yet comes first",
    },
    "sheet-closed": {"state": "the sheet is {state}: begin a new one"},
    "shift-closed": {"report": "shift {shift} of {drawer} is closed already: see its Z report"},
    "shift-open": {
        "drawer": "{drawer} is in shift {shift} since {since_ms}, opened by {staff}: go on in it or"
        " close it",
    },
    "store-closed": {
        "closing": "the node is shutting down: try again in a moment",
        "not-begun": "no life has begun here: run `evertill-edge init`",
    },
    "store-failed": {
        "database": "the database reports: {why}; repeat the command under the same id",
    },
    "tender-short": {"paid": "the tenders bring {paid_minor} of {total_minor}"},
    "too-large": {"body": "Send at most {most} KiB in one request."},
    "too-many-listeners": {"stream": "{most} listen already: close a stream that is not used."},
    "too-many-lives": {
        "till": "till {till} was set up {count} times: let it in anew under another name",
    },
    "too-many-tries": {
        "pin": "Too many wrong PINs for {staff}, or at {device}: try again in {minutes} minutes.",
    },
    "unknown-document": {
        "basket": "no basket is held under this id: list them again",
        "card": "no card of member {member} is held here: read it first",
        "document": "no document with this id is held here",
        "order": "nothing is known of the order {order}: list what is expected",
        "other-box": "it was redeemed at a box since replaced: headquarters can issue the amount"
        " anew",
        "quarantine": "the quarantine has no entry {number}: list it again",
        "redemption": "no redemption of this key has this id here",
        "report": "{drawer} has no closed shift {shift} here: list its reports",
        "sale": "no sale with this id is held here: what another store sold is returned without"
        " receipt",
        "sheet": "there is no such sheet: list the sheets",
        "shift": "{drawer} has no shift {shift} here",
        "transfer": "nothing is known of the transfer {transfer}: list what is expected",
        "worklist": "the worklist has no entry {number}: list it again",
    },
    "unknown-job": {
        "payment": "no payment '{payment}': check the id it was begun under",
        "print": "no print job '{job}': see GET /api/v1/till/print",
    },
    "unknown-product": {
        "gtin": f"no product has the GTIN {{gtin}}: {_PRODUCT}",
        "sku": f"no product has the SKU '{{sku}}': {_PRODUCT}",
    },
    "wrong-media-type": {
        "body": "Send JSON with the header Content-Type: application/json.",
    },
    "wrong-pin": {
        "approval": "Name or PIN is wrong: nothing was approved; check both and try again.",
    },
}
WORDS: Mapping[str, Mapping[str, str]] = {
    "category": {
        "CAT": "card terminal",
        "LabelPrinter": "label printer",
        "LineDisplay": "customer display",
        "POSPrinter": "receipt printer",
        "RFIDScanner": "RFID reader",
        "Scale": "scale",
        "Scanner": "scanner",
    },
    "right": {
        "read": "read",
        "sell": "sell",
        "stock": "post stock work",
        "members": "edit members' cards",
        "audit": "look into the books",
        "drawer": "see what a drawer should hold",
    },
    "state": {
        state: state.replace("-", " ")
        for state in (
            "approved",
            "cancelled",
            "closed",
            "complete",
            "declined",
            "done",
            "failed",
            "not-known",
            "pending",
            "printing",
            "queued",
            "reversed",
            "unknown",
        )
    },
}


def say(code: str, case: str, field: str, values: Values) -> str:
    """Say it in English; KeyError for a code, a case or a value without words."""
    written = {name: _written(name, value) for name, value in values.items()}
    return SENTENCES[code][case].format(**written, field=field)


def _written(name: str, value: Value) -> Value:
    if isinstance(value, str):
        return WORDS.get(name, {}).get(value, value)
    if name.endswith("_minor"):
        return f"{value} minor units"
    if name.endswith("_ms"):
        return f"{datetime.fromtimestamp(value / 1000, UTC):%Y-%m-%d %H:%M} UTC"
    return value

"""One fact, one transaction, in the words of the POSLog: what, where, when, who, how much.

Names follow the OMG/ARTS Retail Transaction Interface "POSLog" 6.0 (Transaction, RetailTransaction,
LineItem, TenderControlTransaction, ControlTransaction, InventoryControlTransaction); the transport
is JSON rather than XML, and what the standard has no word for keeps the journal's own field names.
Amounts are decimal strings with the currency's places, quantities integers of base units.
"""

import base64
import datetime
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from edge.books.numbers import receipt_text
from edge.exports.walking import Entry, business_day
from edge.receipts.figures import date, decimal
from edge.selling.refunds import told
from edge.views.rows import plain
from sync.bodies import AnyBody, Born
from sync.cash import AuditEntry, CashKind, CashMoved, ShiftClosed, ShiftOpened
from sync.entitlements import card_shown
from sync.facts import Fact
from sync.receipts import DiscountKind, Line, LineDetail, Return, ReturnedLine, Sale, Tender, Void

Section = dict[str, Any]
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_CASH_WORDS: Mapping[CashKind, str] = {
    CashKind.PAY_IN: "PaidIn",
    CashKind.PAY_OUT: "PaidOut",
    CashKind.DROP: "TenderPickup",
}


def moment(at_ms: int, offset_min: int) -> str:
    """Write a moment as RFC 3339 with the local offset: UTC and local time in one."""
    zone = datetime.timezone(datetime.timedelta(minutes=offset_min))
    when = (_EPOCH + datetime.timedelta(milliseconds=at_ms)).astimezone(zone)
    return when.isoformat(timespec="milliseconds")


class PosLog:
    """Turns facts of one store into transactions."""

    def __init__(self, store: str, exponent: int) -> None:
        self._store = store
        self._exponent = exponent

    def money(self, minor: int) -> str:
        """Write an amount."""
        return decimal(minor, self._exponent, group="")

    def transaction(self, entry: Entry) -> Section:
        """Make the transaction of a fact, with its place in the chain and its author's bytes."""
        fact = entry.fact
        made: Section = {"RetailStoreID": self._store}
        if fact is None:
            made["OtherTransaction"] = {"Type": "Unreadable"}
        else:
            made |= self._head(entry, fact) | self._section(fact.body)
        return made | {
            "Journal": entry.journal,
            "SequenceNumber": entry.seq,
            "PreviousHash": entry.previous.hex(),
            "Hash": entry.hash.hex(),
            "Fact": base64.b64encode(entry.data).decode(),
        }

    def _head(self, entry: Entry, fact: Fact) -> Section:
        body = fact.body
        operator, _, device = fact.actor.rpartition("@")
        head: Section = {
            "TransactionID": str(UUID(bytes=fact.id)),
            "TransactionType": type(body).__name__,
            "WorkstationID": getattr(body, "till", "") or device,
            "TillID": getattr(body, "drawer", ""),
            "Shift": getattr(body, "shift", 0) or getattr(body, "number", 0)
            if isinstance(body, ShiftOpened | ShiftClosed)
            else getattr(body, "shift", 0),
            "BusinessDayDate": date(business_day(fact)),
            "EndDateTime": moment(fact.at_ms, fact.offset_min),
            "OperatorID": operator,
            "OfflineFlag": bool(getattr(body, "detached", False)),
        }
        currency = getattr(body, "currency", "")
        if currency:
            head["CurrencyCode"] = currency
        if isinstance(body, Sale | Return):
            life = getattr(body, "life", 0) or entry.generation
            head["ReceiptNumber"] = receipt_text(body.till, life, body.number)
        return head

    def _section(self, body: AnyBody) -> Section:
        match body:
            case Sale():
                return {"RetailTransaction": self._sale(body)}
            case Return():
                return {"RetailTransaction": self._return(body)}
            case Void():
                return {"RetailTransaction": self._void(body)}
            case ShiftOpened():
                loan = {"Amount": self.money(body.float_minor)}
                return {"TenderControlTransaction": {"TenderLoan": loan}}
            case CashMoved(kind=CashKind.NO_SALE):
                said = {"Reason": body.reason, "ApproverID": body.approver}
                return {"ControlTransaction": {"NoSale": said}}
            case CashMoved():
                said = {"Amount": self.money(body.amount_minor), "Reason": body.reason}
                moved = {_CASH_WORDS[body.kind]: said | {"ApproverID": body.approver}}
                return {"TenderControlTransaction": moved}
            case ShiftClosed():
                return {"TenderControlTransaction": {"TillSettle": self._settle(body)}}
            case AuditEntry():
                return {"ControlTransaction": {"Audit": _audit(body)}}
            case Born():
                return {"ControlTransaction": {"SystemStart": plain(body)}}
            case _:
                told = plain(body)
                return {"InventoryControlTransaction": {"Type": type(body).__name__, "Body": told}}

    # -- sales, returns, voids -------------------------------------------------------------------

    def _sale(self, sale: Sale) -> Section:
        made: Section = {
            "TransactionStatus": "Finished",
            "LineItem": [self._line(at, line) for at, line in enumerate(sale.lines)],
            "Tender": self._tenders(sale.tenders),
            "Total": self._totals(sale.total_minor, sale.tax_minor),
        }
        if sale.member:
            made["Customer"] = {"CustomerID": sale.member, "PointsEarned": sale.points}
        return made

    def _line(self, at: int, line: Line) -> Section:
        detail = line.detail or LineDetail()
        amount_minor, tax_minor = line.amounts
        gross = line.base_minor + line.discount_minor
        made: Section = {
            "SequenceNumber": at,
            "ItemID": line.sku,
            "ItemType": line.kind.name.title(),
            "Quantity": line.quantity,
            "ActualSalesUnitPrice": self.money(line.price_minor),
            "UnitPriceQuantity": line.price_quantity,
            "ExtendedAmount": self.money(gross),
            "ExtendedDiscountAmount": self.money(line.discount_minor),
            "Amount": self.money(amount_minor),
            "Tax": self._tax(line.tax_code, line.tax_ppm, amount_minor, tax_minor)
            | {"TaxIncludedInPriceFlag": not line.tax_added},
        }
        if detail.discounts:
            made["RetailPriceModifier"] = [
                {
                    "Method": DiscountKind(part.kind).name.title(),
                    "PromotionID": part.code,
                    "Amount": self.money(part.amount_minor),
                    "Description": part.text,
                    "WholeTransactionFlag": part.whole,
                }
                for part in detail.discounts
            ]
        if detail.list_price_minor is not None:
            made["RegularSalesUnitPrice"] = self.money(detail.list_price_minor)
        said = {
            "Description": detail.name,
            "OverrideReason": detail.reason,
            "OverrideApproverID": detail.approver,
            "SerialNumber": list(detail.serials),
            "LotID": detail.lot,
            "ExpirationDate": date(detail.expiry_day) if detail.expiry_day else "",
            "GiftCardID": card_shown(detail.voucher) if detail.voucher else "",
            "Note": line.note,
        }
        return made | {name: value for name, value in said.items() if value}

    def _return(self, body: Return) -> Section:
        return {
            "TransactionStatus": "Finished",
            "Return": {"OriginalTransactionID": _identity(body.sale), "Reason": body.reason},
            "ApproverID": body.approver,
            "LineItem": [self._returned(at, line) for at, line in enumerate(body.lines)],
            "Tender": self._tenders(body.tenders, -1),
            "Total": self._totals(-body.total_minor, -sum(line.tax_minor for line in body.lines)),
        }

    def _returned(self, at: int, line: ReturnedLine) -> Section:
        return {
            "SequenceNumber": at,
            "OriginalLine": line.line,
            "ItemID": line.sku,
            "ItemType": line.kind.name.title(),
            "Quantity": -line.quantity,
            "Amount": self.money(-line.amount_minor),
            "Tax": self._tax(line.tax_code, None, -line.amount_minor, -line.tax_minor),
            "Restock": line.restock,
            "Note": line.note,
        }

    def _void(self, body: Void) -> Section:
        return {
            "TransactionStatus": "PostVoided",
            "Void": {"OriginalTransactionID": _identity(body.sale), "Reason": body.reason},
            "ApproverID": body.approver,
            "LineItem": [
                {"SequenceNumber": at, "ItemID": line.sku, "Quantity": -line.quantity}
                for at, line in enumerate(body.lines)
            ],
            "Tender": self._tenders(body.tenders, -1),
            "Total": self._totals(-body.total_minor, -body.tax_minor),
        }

    def _tax(self, code: str, ppm: int | None, amount_minor: int, tax_minor: int) -> Section:
        """Tax of a line; a returned line's rate stands in its sale."""
        made: Section = {
            "TaxGroupID": code,
            "TaxableAmount": self.money(amount_minor - tax_minor),
            "Amount": self.money(tax_minor),
        }
        return made if ppm is None else made | {"Percent": decimal(ppm, 4, group="")}

    def _tenders(self, tenders: list[Tender] | tuple[Tender, ...], sign: int = 1) -> list[Section]:
        return [
            {
                "TenderType": tender.kind,
                "Amount": self.money(sign * tender.amount_minor),
                "Reference": told(tender),
            }
            for tender in tenders
        ]

    def _totals(self, total_minor: int, tax_minor: int) -> Section:
        return {
            "TransactionGrandAmount": self.money(total_minor),
            "TransactionTaxAmount": self.money(tax_minor),
        }

    def _settle(self, body: ShiftClosed) -> Section:
        return {
            "TenderSummary": [
                {
                    "TenderType": count.kind,
                    "Expected": self.money(count.expected_minor),
                    "Counted": self.money(count.counted_minor),
                    "OverShort": self.money(count.counted_minor - count.expected_minor),
                }
                for count in body.counts
            ],
            "Sales": body.sales,
            "Returns": body.returns,
            "Voids": body.voids,
            "NetSales": self.money(body.net_minor),
            "Tax": self.money(body.tax_minor),
            "GrandTotal": self.money(body.grand_total_minor),
            "Note": body.note,
        }


def _audit(body: AuditEntry) -> Section:
    return {
        "Action": body.action,
        "SubjectID": _identity(body.subject),
        "Reason": body.reason,
        "ApproverID": body.approver,
        "Detail": body.detail,
    }


def _identity(fact_id: bytes) -> str:
    """Write the id of another document; empty where there is none."""
    return str(UUID(bytes=fact_id)) if len(fact_id) == 16 else fact_id.hex()

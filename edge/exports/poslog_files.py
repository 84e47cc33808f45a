"""A POSLog export is complete or it is not there: every fact of its days once, and what vouches.

JSON: one document whose array `Transaction` has one transaction a line. CSV: `transactions.csv` has
one row for each fact; lines, discounts and tenders refer to it by TransactionID and journal.
Both come with `manifest.json`: what was checked, by whom the journal is signed, when tills were
offline. Memory does not grow with the number of facts.
"""

import csv
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import msgspec

from edge.books.chronicle import OFFLINE
from edge.exports.poslog import PosLog, moment
from edge.exports.walking import OfflineIntervals, Walk, business_day
from edge.receipts.figures import date
from sync.cash import AuditEntry
from sync.receipts import Sale

STEP = 1_000
VERSION = "6.0"
TABLES: Mapping[str, tuple[str, ...]] = {
    "transactions": (
        "Journal",
        "SequenceNumber",
        "TransactionID",
        "TransactionType",
        "RetailStoreID",
        "WorkstationID",
        "TillID",
        "Shift",
        "BusinessDayDate",
        "EndDateTime",
        "OperatorID",
        "OfflineFlag",
        "CurrencyCode",
        "ReceiptNumber",
        "TransactionGrandAmount",
        "TransactionTaxAmount",
        "OriginalTransactionID",
        "Reason",
        "ApproverID",
        "Action",
        "Detail",
        "Section",
        "PreviousHash",
        "Hash",
        "Fact",
    ),
    "lines": (
        "Journal",
        "TransactionSequence",
        "TransactionID",
        "SequenceNumber",
        "ItemID",
        "ItemType",
        "Description",
        "Quantity",
        "ActualSalesUnitPrice",
        "UnitPriceQuantity",
        "RegularSalesUnitPrice",
        "ExtendedAmount",
        "ExtendedDiscountAmount",
        "Amount",
        "TaxGroupID",
        "Percent",
        "TaxableAmount",
        "TaxAmount",
        "TaxIncludedInPriceFlag",
        "OverrideReason",
        "OverrideApproverID",
        "SerialNumber",
        "LotID",
        "ExpirationDate",
        "GiftCardID",
        "OriginalLine",
        "Restock",
        "Note",
    ),
    "discounts": (
        "Journal",
        "TransactionSequence",
        "TransactionID",
        "SequenceNumber",
        "Method",
        "PromotionID",
        "Amount",
        "Description",
        "WholeTransactionFlag",
    ),
    "tenders": (
        "Journal",
        "TransactionSequence",
        "TransactionID",
        "TenderType",
        "Amount",
        "Reference",
        "Expected",
        "Counted",
        "OverShort",
    ),
}
_CASH_SIGN = {"TenderLoan": 1, "PaidIn": 1, "PaidOut": -1, "TenderPickup": -1}


@dataclass(frozen=True, slots=True)
class Days:
    """Business days to export, inclusive, in days since 1970."""

    first: int
    last: int

    def __contains__(self, day: int) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{date(self.first)} to {date(self.last)}"


@dataclass(slots=True)
class Done:
    """How far an export is: facts read of `total`, and how many of them it holds."""

    read: int
    exported: int
    total: int


class Writer:
    """Takes transactions one by one."""

    def add(self, transaction: dict[str, Any]) -> None:
        """Write a transaction."""
        raise NotImplementedError

    def end(self, manifest: dict[str, Any]) -> None:
        """Write what comes last."""
        raise NotImplementedError


class JsonWriter(Writer):
    """`poslog.json`: valid as a whole, and one transaction a line for who reads it in pieces."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._encode = msgspec.json.Encoder().encode
        self._first = True
        file.write(b'{"Version":"%s","Transaction":[' % VERSION.encode())

    def add(self, transaction: dict[str, Any]) -> None:
        """Write a transaction on a line of its own."""
        self._file.write(b"\n" if self._first else b",\n")
        self._file.write(self._encode(transaction))
        self._first = False

    def end(self, manifest: dict[str, Any]) -> None:
        """Close the array and say what was checked."""
        self._file.write(b'\n],"Export":%s}\n' % self._encode(manifest))


class CsvWriter(Writer):
    """A file for each table, RFC 4180 with a header row, UTF-8."""

    def __init__(self, files: Mapping[str, IO[str]]) -> None:
        self._rows = {
            name: csv.DictWriter(file, TABLES[name], restval="", extrasaction="ignore")
            for name, file in files.items()
        }
        for rows in self._rows.values():
            rows.writeheader()

    def add(self, transaction: dict[str, Any]) -> None:
        """Write a transaction's rows."""
        for table, row in rows_of(transaction):
            self._rows[table].writerow({name: safe(value) for name, value in row.items()})

    def end(self, manifest: dict[str, Any]) -> None:
        """Nothing comes last: the manifest is a file of its own."""


def safe(value: object) -> object:
    """Keep spreadsheets from taking a text for a formula; numbers stay as they are."""
    if isinstance(value, str) and value[:1] in ("=", "+", "@", "\t") and len(value) > 1:
        return f"'{value}"
    return value


def rows_of(transaction: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Cut a transaction into rows of `(table, row)`."""
    (section,) = [name for name in transaction if name.endswith("Transaction")] or ("",)
    inside = transaction.get(section, {})
    row = {name: value for name, value in transaction.items() if name != section}
    about = inside.get("Return") or inside.get("Void") or {}
    row |= {"Section": section, "ApproverID": inside.get("ApproverID", "")}
    row |= inside.get("Total", {}) | about
    if section in ("ControlTransaction", "TenderControlTransaction"):
        ((kind, said),) = inside.items()
        row |= {"Section": f"{section}/{kind}"}
        told = ("Reason", "ApproverID", "Action", "Detail")
        row |= {name: said[name] for name in told if name in said}
    elif section != "RetailTransaction":
        row |= {"Section": f"{section}/{inside.get('Type', '')}"}
    yield "transactions", row
    key = {
        "Journal": transaction["Journal"],
        "TransactionSequence": transaction["SequenceNumber"],
        "TransactionID": transaction.get("TransactionID", ""),
    }
    yield from _detail_rows(key, section, inside)


def _detail_rows(
    key: dict[str, Any], section: str, inside: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    for line in inside.get("LineItem", ()):
        tax = {"TaxAmount" if name == "Amount" else name: v for name, v in _tax_of(line).items()}
        serials = {"SerialNumber": " ".join(line.get("SerialNumber", ()))}
        yield "lines", key | line | tax | serials
        for part in line.get("RetailPriceModifier", ()):
            yield "discounts", key | {"SequenceNumber": line["SequenceNumber"]} | part
    for tender in inside.get("Tender", ()):
        yield "tenders", key | tender
    if section == "TenderControlTransaction":
        ((kind, said),) = inside.items()
        for count in said.get("TenderSummary", ()):
            yield "tenders", key | count
        if kind in _CASH_SIGN:
            sign = "-" if _CASH_SIGN[kind] < 0 else ""
            yield "tenders", key | {"TenderType": "cash", "Amount": sign + said["Amount"]}


def _tax_of(line: dict[str, Any]) -> dict[str, Any]:
    tax: dict[str, Any] = line.get("Tax", {})
    return tax


@contextmanager
def open_writer(directory: Path, form: str) -> Iterator[Writer]:
    """Open the files of a form in a directory."""
    with ExitStack() as files:
        if form == "poslog-json":
            yield JsonWriter(files.enter_context((directory / "poslog.json").open("xb")))
            return
        yield CsvWriter(
            {
                name: files.enter_context(
                    (directory / f"{name}.csv").open("x", encoding="utf-8", newline="")
                )
                for name in TABLES
            }
        )


def export(
    walk: Walk, poslog: PosLog, days: Days, writer: Writer, about: dict[str, Any]
) -> Iterator[Done]:
    """Write all facts of some business days; yield progress, raise Disagreement."""
    offline = OfflineIntervals()
    cut_off: list[dict[str, str]] = []
    done = Done(0, 0, walk.total())
    types: dict[str, int] = {}
    for entry in walk:
        done.read += 1
        fact = entry.fact
        if fact is None or business_day(fact) in days:
            transaction = poslog.transaction(entry)
            writer.add(transaction)
            done.exported += 1
            name = transaction.get("TransactionType", "Unreadable")
            types[name] = types.get(name, 0) + 1
            if fact is not None and isinstance(fact.body, Sale):
                offline.add(fact.body.till, fact.at_ms, detached=fact.body.detached)
            if fact is not None and isinstance(fact.body, AuditEntry):
                cut_off += _cut_off(fact.body)
        if done.read % STEP == 0:
            yield done
    about |= {
        "BusinessDays": {"From": date(days.first), "To": date(days.last)},
        "Facts": done.exported,
        "FactsByType": types,
        "OfflineIntervals": [
            {
                "WorkstationID": till,
                "From": moment(first, 0),
                "To": moment(last, 0),
                "Sales": sales,
            }
            for till, first, last, sales in offline.all()
        ],
        "UplinkIntervals": cut_off,
        "Journals": [journal_of(chain) for chain in walk.chains],
    }
    writer.end(about)
    yield done


def _cut_off(entry: AuditEntry) -> Iterator[dict[str, str]]:
    """Tell when headquarters was out of the node's reach, where an entry says so."""
    if entry.action == OFFLINE:
        first, _, last = entry.detail.partition("/")
        yield {"From": first, "To": last}


def journal_of(chain: Any) -> dict[str, Any]:
    """Say what was checked of a life's journal, and who vouches for it."""
    return {
        "Journal": chain.journal,
        "Began": moment(chain.began_ms, 0) if chain.began_ms else "",
        "SoftwareVersion": chain.software,
        "FactsChecked": chain.facts,
        "LastHash": chain.head.hex(),
        "PublicKey": chain.key.hex(),
        "SignedThrough": chain.signed_seq,
        "Signature": chain.signature.hex(),
    }

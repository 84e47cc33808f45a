"""A POSLog export is complete: every fact once, in the chain, and it adds up to the same totals."""

import base64
import hashlib
import tempfile
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.audit import Disagreement
from edge.books.chronicle import Started, Stopped, WasOffline
from edge.exports.poslog import moment
from edge.exports.poslog_files import TABLES, Days, safe
from edge.exports.walking import OfflineIntervals, business_day
from edge.shifts.reports import CHANGE, fold
from sync.cash import CashKind
from sync.facts import Fact, decode_fact
from sync.journal import Head, genesis, link, statement
from sync.receipts import Return, Sale, Void
from sync.signing import Signer, is_signed
from tests.edge.exports.days import MUG, Week, a_busy_day, a_rounded_day, read_csv, read_json
from tests.edge.shop import NODE_SECRET
from tests.edge.tilling import DAY, tea


@pytest.fixture
def week(tmp_path: Path) -> Week:
    return a_busy_day(tmp_path / "node")


def cents(text: str) -> int:
    return int(Decimal(text).scaleb(2))


def check_chain(transactions: list[dict[str, Any]], journal: str) -> None:
    """Link the chain as a stranger would, from nothing but the export."""
    head = genesis(journal)
    for seq, one in enumerate(transactions, 1):
        data = base64.b64decode(one["Fact"])
        assert (one["Journal"], one["SequenceNumber"]) == (journal, seq)
        assert one["PreviousHash"] == head.hash.hex()
        head = Head(seq, link(head.hash, data))
        assert one["Hash"] == head.hash.hex()


def test_every_fact_is_there_once_and_the_chain_holds(week: Week) -> None:
    target, made = week.export("poslog-json")
    document = read_json(target / "poslog.json")
    transactions = document["Transaction"]
    facts = week.facts()
    assert [decode_fact(base64.b64decode(x["Fact"])) for x in transactions] == facts
    assert made.written == len(facts) == document["Export"]["Facts"]
    assert document["Export"]["FactsByType"] == Counter(type(f.body).__name__ for f in facts)
    check_chain(transactions, "s0001-n1")


def test_the_head_is_signed_and_the_files_are_listed(week: Week) -> None:
    target, _ = week.export("poslog-json")
    manifest = read_json(target / "manifest.json")
    (journal,) = manifest["Journals"]
    head = Head(journal["FactsChecked"], bytes.fromhex(journal["LastHash"]))
    assert head == week.shop.head()
    assert journal["PublicKey"] == Signer(NODE_SECRET).public_key.hex()
    signed = statement("s0001-n1", head)
    assert is_signed(
        bytes.fromhex(journal["PublicKey"]), signed, bytes.fromhex(journal["Signature"])
    )
    assert journal["SoftwareVersion"] == "test"
    assert len(manifest["Checked"]) == 4
    (file,) = manifest["Files"]
    data = (target / file["Name"]).read_bytes()
    assert (file["Bytes"], file["SHA-256"]) == (len(data), hashlib.sha256(data).hexdigest())


def refold(transactions: list[dict[str, Any]]) -> dict[str, Any]:
    """Add up an export by its own fields alone, as a bookkeeper would."""
    tenders: Counter[str] = Counter()
    tax: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    for one in transactions:
        retail = one.get("RetailTransaction")
        if retail is None:
            continue
        kind = one["TransactionType"]
        sums[kind] += cents(retail["Total"]["TransactionGrandAmount"])
        sums[f"{kind} tax"] += cents(retail["Total"]["TransactionTaxAmount"])
        for tender in retail["Tender"]:
            name = "cash" if tender["TenderType"] == CHANGE else tender["TenderType"]
            tenders[name] += cents(tender["Amount"])
        for line in retail["LineItem"] if kind == "Sale" else ():
            tax[line["Tax"]["TaxGroupID"]] += cents(line["Tax"]["Amount"])
            gross, off = cents(line["ExtendedAmount"]), cents(line["ExtendedDiscountAmount"])
            sums["discounts"] += off
            added = 0 if line["Tax"]["TaxIncludedInPriceFlag"] else cents(line["Tax"]["Amount"])
            assert gross - off + added == cents(line["Amount"])
    return {"sums": sums, "tenders": tenders, "tax": tax}


def totals(facts: list[Fact]) -> dict[str, Any]:
    """Add up the facts themselves, by the fold of the reports."""
    selling = [fact for fact in facts if isinstance(fact.body, Sale | Return | Void)]
    sales = {fact.id: fact.body for fact in facts if isinstance(fact.body, Sale)}
    folded = fold(selling, sales.get)
    only = fold([fact for fact in selling if isinstance(fact.body, Sale)], sales.get)
    tax: Counter[str] = Counter()
    for (code, _), row in only.tax.items():
        tax[code] += row.tax_minor
    return {
        "Sale": folded.sales.minor,
        "Return": -folded.returns.minor,
        "Void": -folded.voids.minor,
        "discounts": folded.discount_minor,
        "tenders": folded.tenders,
        "tax": tax,
    }


def check_totals(transactions: list[dict[str, Any]], facts: list[Fact]) -> None:
    found, wanted = refold(transactions), totals(facts)
    for name in ("Sale", "Return", "Void", "discounts"):
        assert found["sums"][name] == wanted[name], name
    assert set(found["tenders"]) == set(wanted["tenders"])
    for kind, minor in wanted["tenders"].items():
        assert found["tenders"][kind] == minor
    assert found["tax"] == wanted["tax"]


def test_it_adds_up_to_the_same_totals(week: Week) -> None:
    target, _ = week.export("poslog-json")
    check_totals(read_json(target / "poslog.json")["Transaction"], week.facts())


def test_what_was_rounded_is_a_tender(tmp_path: Path) -> None:
    rounded = a_rounded_day(tmp_path / "node")
    target, _ = rounded.export("poslog-json")
    entries = read_json(target / "poslog.json")["Transaction"]
    check_totals(entries, rounded.facts())
    kept = [x["RetailTransaction"] for x in entries if "RetailTransaction" in x]
    assert len(kept) == 5
    for one in kept:
        paid = sum(Decimal(x["Amount"]) for x in one["Tender"])
        assert paid == Decimal(one["Total"]["TransactionGrandAmount"])
        assert "rounding" in [x["TenderType"] for x in one["Tender"]]


actions = st.lists(
    st.sampled_from(
        ["sell", "mug", "void", "return", "in", "out", "drop", "no sale", "reprint", "elsewhere"]
    ),
    max_size=12,
)


@settings(max_examples=12, deadline=None)
@given(actions, st.integers(0, 3))
def test_any_day_is_exported_whole(done: list[str], detached: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        week = Week(Path(folder))
        week.open()
        sold = [week.sell(tea(4), detached=at < detached) for at in range(3)]
        for action in done:
            _do(week, action, sold)
        target, _ = week.export("poslog-json")
        transactions = read_json(target / "poslog.json")["Transaction"]
        check_chain(transactions, "s0001-n1")
        check_totals(transactions, week.facts())
        csv_target, _ = week.export("poslog-csv")
        rows = read_csv(csv_target / "transactions.csv")
        assert [row["Fact"] for row in rows] == [one["Fact"] for one in transactions]
        week.shop.store.close()


def _do(week: Week, action: str, sold: list[Any]) -> None:
    kinds = {"in": CashKind.PAY_IN, "out": CashKind.PAY_OUT, "drop": CashKind.DROP}
    if action in kinds or action == "no sale":
        week.move(kinds.get(action, CashKind.NO_SALE), 0 if action == "no sale" else 100)
    elif action == "mug":
        sold.append(week.sell(MUG))
    elif action == "void":
        week.void(week.sell(MUG))
    elif action == "return":
        week.give_back(week.sell(tea(2)))
    elif action == "reprint":
        week.reprint(sold[-1])
    elif action == "elsewhere":
        week.sell_elsewhere()
    else:
        sold.append(week.sell(tea()))


def test_what_an_auditor_asks_for_is_said(week: Week) -> None:
    target, _ = week.export("poslog-json")
    by_type: dict[str, list[dict[str, Any]]] = {}
    for one in read_json(target / "poslog.json")["Transaction"]:
        by_type.setdefault(one["TransactionType"], []).append(one)
    sale = by_type["Sale"][0]
    assert (sale["WorkstationID"], sale["TillID"], sale["Shift"]) == ("t1", "t1", 1)
    assert (sale["OperatorID"], sale["ReceiptNumber"]) == ("ana", "t1-5-000001")
    assert sale["BusinessDayDate"] == "2025-06-15"
    assert sale["EndDateTime"].endswith("+00:00")
    mug = sale["RetailTransaction"]["LineItem"][1]
    assert (mug["RegularSalesUnitPrice"], mug["OverrideApproverID"]) == ("12.00", "ben")
    parts = [(x["Amount"], x["WholeTransactionFlag"]) for x in mug["RetailPriceModifier"]]
    assert parts == [("2.50", False), ("1.00", True)]
    assert mug["Tax"]["Percent"] == "19.0000"
    assert by_type["ShiftOpened"][0]["TenderControlTransaction"]["TenderLoan"]["Amount"] == "100.00"
    moved = [next(iter(_control(x).values())) for x in by_type["CashMoved"]]
    assert [next(iter(_control(x))) for x in by_type["CashMoved"]] == [
        "PaidIn",
        "PaidOut",
        "TenderPickup",
        "NoSale",
    ]
    assert all(x["ApproverID"] == "ben" for x in moved)
    (reprint,) = by_type["AuditEntry"]
    assert reprint["ControlTransaction"]["Audit"]["Action"] == "reprint"
    closed = by_type["ShiftClosed"][0]["TenderControlTransaction"]["TillSettle"]
    assert "OverShort" in closed["TenderSummary"][0]
    born = by_type["Born"][0]["ControlTransaction"]["SystemStart"]
    assert (born["reason"], born["software"]) == ("setup", "test")
    assert [x["OfflineFlag"] for x in by_type["Sale"]].count(True) == 2


def _control(transaction: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (
        transaction.get("TenderControlTransaction") or transaction["ControlTransaction"]
    )
    return found


def test_offline_intervals_are_listed(week: Week) -> None:
    target, _ = week.export("poslog-json")
    (interval,) = read_json(target / "manifest.json")["OfflineIntervals"]
    assert (interval["WorkstationID"], interval["Sales"]) == ("t1", 2)
    assert interval["From"] < interval["To"]


def test_when_the_node_ran_and_was_cut_off_is_said_in_every_form(week: Week) -> None:
    start_ms = DAY * 86_400_000
    for command in (Started("9.9"), WasOffline(start_ms, start_ms + 60_000), Stopped()):
        week.shop.run(command)
    target, _ = week.export("poslog-json")
    cut_off = {"From": "2025-06-15T00:00:00+00:00", "To": "2025-06-15T00:01:00+00:00"}
    assert read_json(target / "manifest.json")["UplinkIntervals"] == [cut_off]
    table, _ = week.export("poslog-csv")
    rows = [(x["Action"], x["Detail"]) for x in read_csv(table / "transactions.csv")]
    told = [("node-start", "9.9"), ("offline", "/".join(cut_off.values())), ("node-stop", "")]
    assert [row for row in rows if row[0] in ("node-start", "offline", "node-stop")] == told


def test_intervals_end_with_the_first_sale_that_reached_the_node() -> None:
    offline = OfflineIntervals()
    for at_ms, detached in ((1, False), (2, True), (5, True), (6, False), (9, True)):
        offline.add("t1", at_ms, detached=detached)
    offline.add("t2", 3, detached=True)
    assert offline.all() == [("t1", 2, 5, 2), ("t1", 9, 9, 1), ("t2", 3, 3, 1)]


def test_only_the_days_asked_for_are_exported(week: Week) -> None:
    target, _ = week.export("poslog-json", Days(DAY + 1, DAY + 1))
    document = read_json(target / "poslog.json")
    wanted = [fact.id.hex() for fact in week.facts() if business_day(fact) == DAY + 1]
    found = [one["TransactionID"].replace("-", "") for one in document["Transaction"]]
    assert found == wanted
    assert wanted
    nothing, made = week.export("poslog-json", Days(5, 6), "nothing")
    assert made.written == 0
    assert read_json(nothing / "poslog.json")["Transaction"] == []


def test_the_tables_agree_with_the_transactions(week: Week) -> None:
    target, _ = week.export("poslog-csv")
    assert {path.stem for path in target.glob("*.csv")} == set(TABLES)
    rows = read_csv(target / "transactions.csv")
    assert len(rows) == len(week.facts())
    facts = week.facts()
    sales = [fact.body for fact in facts if isinstance(fact.body, Sale)]
    sold = [row for row in rows if row["TransactionType"] == "Sale"]
    grand = sum(cents(row["TransactionGrandAmount"]) for row in sold)
    assert grand == sum(sale.total_minor for sale in sales)
    lines = read_csv(target / "lines.csv")
    keys = {row["TransactionID"] for row in sold}
    amounts = [cents(row["Amount"]) for row in lines if row["TransactionID"] in keys]
    assert sum(amounts) == grand
    off = sum(cents(row["Amount"]) for row in read_csv(target / "discounts.csv"))
    assert off == sum(line.discount_minor for sale in sales for line in sale.lines)
    moved = [row for row in read_csv(target / "tenders.csv") if row["TransactionID"] in keys]
    assert sum(cents(row["Amount"]) for row in moved) == grand
    voided = next(row for row in rows if row["TransactionType"] == "Void")
    assert voided["OriginalTransactionID"] in keys
    assert voided["Reason"] == "twice"
    assert {row["Section"] for row in rows} >= {
        "RetailTransaction",
        "ControlTransaction/NoSale",
        "ControlTransaction/SystemStart",
        "TenderControlTransaction/TillSettle",
    }


def test_a_broken_chain_is_not_exported(week: Week) -> None:
    week.shop.store.connection.execute("UPDATE fact SET hash = x'00' WHERE seq = 5 AND kind < 40")
    with pytest.raises(Disagreement):
        week.export("poslog-json")
    assert not (week.folder / "out-poslog-json").exists()
    assert not list(week.folder.glob("*.partial"))


def test_an_export_overwrites_nothing(week: Week) -> None:
    week.export("poslog-json")
    with pytest.raises(ValueError, match="exists already"):
        week.export("poslog-json")
    with pytest.raises(ValueError, match="none of"):
        week.export("xml")
    with pytest.raises(ValueError, match="swap"):
        week.export("poslog-csv", Days(5, 4))
    (week.folder / "empty").mkdir()
    assert week.export("poslog-csv", name="empty")[1].written


def test_texts_are_no_formulas_in_a_spreadsheet() -> None:
    assert safe("=1+1") == "'=1+1"
    assert safe("-4.99") == "-4.99"
    assert safe("Tea") == "Tea"
    assert safe(7) == 7


def test_moments_have_their_offset() -> None:
    assert moment(1_795_345_000_000, 60) == "2026-11-22T11:56:40.000+01:00"
    assert moment(1_795_345_000_001, -570) == "2026-11-22T01:26:40.001-09:30"

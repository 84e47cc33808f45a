"""A DSFinV-K export has the official structure, and each closing is its Z report to the cent."""

import re
import xml.etree.ElementTree as ET
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from edge.books.reads import Reads
from edge.exports.dsfinvk_bons import in_trade, tax_key
from edge.exports.dsfinvk_tables import DTD, DTD_NAME, TABLES
from edge.exports.making import Made
from edge.exports.poslog_files import Days
from edge.shifts.reads import shift_row
from edge.shifts.reports import Report, report_of
from sync.definitions import Rule
from sync.receipts import Sale
from tests.edge.exports.days import Week, a_busy_day, a_rounded_day, read_csv, read_json
from tests.edge.tilling import DAY

Rows = list[dict[str, str]]
TURNOVER = ("Umsatz", "Rabatt", "MehrzweckgutscheinKauf")


class Out:
    """An export on disk."""

    def __init__(self, week: Week, days: Days | None = None, name: str = "") -> None:
        self.week = week
        self.folder, self.made = (
            week.export("dsfinvk", days, name) if days else week.export("dsfinvk", name=name)
        )

    def rows(self, name: str, closing: tuple[str, str] | None = None) -> Rows:
        """Rows of a table, all of them or those of a closing."""
        found = read_csv(self.folder / f"{name}.csv", ";")
        if closing is None:
            return found
        return [row for row in found if (row["Z_KASSE_ID"], row["Z_NR"]) == closing]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Out:
    return Out(a_busy_day(tmp_path_factory.mktemp("dsfinvk") / "node"))


def minor(text: str) -> Decimal:
    assert re.fullmatch(r"-?\d+(,\d+)?", text), text
    return Decimal(text.replace(",", ".")) * 100


def total(rows: Rows, column: str) -> Decimal:
    return sum((minor(row[column]) for row in rows), Decimal())


def report(out: Out, number: int) -> Report:
    reads = Reads(out.week.shop.store.connection)
    shift = shift_row(reads, "t1", number)
    assert shift is not None
    return report_of(reads, shift)


def test_the_structure_is_what_index_xml_says(out: Out) -> None:
    root = ET.parse(out.folder / "index.xml").getroot()
    tables = root.findall("./Media/Table")
    assert len(tables) == 20
    assert sum(len(table.findall(".//VariableColumn")) for table in tables) == 219
    for table in tables:
        path = out.folder / (table.findtext("URL") or "")
        text = path.read_bytes().decode("utf-8")
        assert text.endswith("\r\n")
        assert "\n" not in text.replace("\r\n", "")
        columns = table.findall(".//VariableColumn")
        names = [column.findtext("Name") for column in columns]
        assert text.split("\r\n")[0] == ";".join(str(name) for name in names)
        for row in read_csv(path, ";"):
            for column in columns:
                _check_value(column, row[str(column.findtext("Name"))])


def _check_value(column: ET.Element, value: str) -> None:
    longest = column.findtext("MaxLength")
    if longest is not None:
        assert len(value) <= int(longest)
        return
    places = column.findtext("Numeric/Accuracy")
    pattern = rf"(-?\d+,\d{{{places}}})?" if places else r"(-?\d+)?"
    assert re.fullmatch(pattern, value), (column.findtext("Name"), value)


def test_the_dtd_beside_it_knows_every_element(out: Out) -> None:
    text = (out.folder / "index.xml").read_text("utf-8")
    assert f'SYSTEM "{DTD_NAME}"' in text
    assert (out.folder / DTD_NAME).read_bytes().decode() == DTD
    declared = set(re.findall(r"<!ELEMENT (\w+)", DTD))
    assert {element.tag for element in ET.fromstring(text).iter()} <= declared
    assert "Keine TSE" in text
    assert out.rows("tse") == out.rows("transactions_tse") == []


def test_every_record_belongs_to_a_closing_that_is_there(out: Out) -> None:
    keys = ("Z_KASSE_ID", "Z_ERSTELLUNG", "Z_NR")
    closings = {tuple(row[key] for key in keys) for row in out.rows("cashpointclosing")}
    assert {(kasse, number) for kasse, _, number in closings} >= {("t1", "1"), ("t1", "2")}
    for table in TABLES.values():
        for row in read_csv(out.folder / table.file, ";"):
            assert tuple(row[key] for key in keys) in closings, table.file
    bons = [row["BON_ID"] for row in out.rows("transactions")]
    assert len(bons) == len(set(bons))


@pytest.mark.parametrize("number", [1, 2])
def test_a_closing_agrees_with_its_z_report(out: Out, number: int) -> None:
    closing, z = ("t1", str(number)), report(out, number)
    cases = out.rows("businesscases", closing)
    turnover = [row for row in cases if row["GV_TYP"] in TURNOVER]
    assert total(turnover, "Z_UMS_BRUTTO") == z.sums.net_minor + z.late_minor
    late_tax = sum(x.fact.body.tax_minor for x in z.late if isinstance(x.fact.body, Sale))
    assert total(turnover, "Z_UST") == z.sums.tax_minor + late_tax
    assert z.closing is not None
    counted = next(x.counted_minor for x in z.closing[1].counts if x.kind == "cash")
    late_cash = sum(
        tender.amount_minor
        for x in z.late
        if isinstance(x.fact.body, Sale)
        for tender in x.fact.body.tenders
    )
    (cash,) = out.rows("cash_per_currency", closing)
    assert minor(cash["ZAHLART_BETRAG_WAEH"]) == counted + late_cash
    (head,) = out.rows("cashpointclosing", closing)
    assert minor(head["Z_SE_BARZAHLUNGEN"]) == counted + late_cash
    assert minor(head["Z_SE_ZAHLUNGEN"]) == total(out.rows("payment", closing), "Z_ZAHLART_BETRAG")
    opening = [row for row in cases if row["GV_TYP"] == "Anfangsbestand"]
    assert total(opening, "Z_UMS_BRUTTO") == z.shift.body.float_minor


def test_late_sales_are_in_the_next_closing(out: Out) -> None:
    late = report(out, 2).late
    assert len(late) == 2
    bons = {row["BON_ID"]: row for row in out.rows("transactions", ("t1", "2"))}
    assert all(x.fact.id.hex() in {bon.replace("-", "") for bon in bons} for x in late)


def test_closings_are_the_sums_of_their_records(out: Out) -> None:
    counted = {row["BON_ID"] for row in out.rows("transactions") if row["BON_TYP"] == "Beleg"}
    cases: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    kinds = {(row["BON_ID"], row["POS_ZEILE"]): row["GV_TYP"] for row in out.rows("lines")}
    for row in out.rows("lines_vat"):
        assert row["BON_ID"] in counted
        key = (row["Z_NR"], kinds[row["BON_ID"], row["POS_ZEILE"]], row["UST_SCHLUESSEL"])
        cases[key] += minor(row["POS_BRUTTO"])
    told = {
        (row["Z_NR"], row["GV_TYP"], row["UST_SCHLUESSEL"]): minor(row["Z_UMS_BRUTTO"])
        for row in out.rows("businesscases")
    }
    assert dict(cases) == told
    for name, net, tax, gross in (
        ("lines_vat", "POS_NETTO", "POS_UST", "POS_BRUTTO"),
        ("transactions_vat", "BON_NETTO", "BON_UST", "BON_BRUTTO"),
        ("itemamounts", "PF_NETTO", "PF_UST", "PF_BRUTTO"),
        ("businesscases", "Z_UMS_NETTO", "Z_UST", "Z_UMS_BRUTTO"),
    ):
        for row in out.rows(name):
            assert minor(row[net]) + minor(row[tax]) == minor(row[gross]), name


def test_each_bon_adds_up_in_every_table(out: Out) -> None:
    lines, vat, paid = (
        _by_bon(out.rows(name), column)
        for name, column in (
            ("lines_vat", "POS_BRUTTO"),
            ("transactions_vat", "BON_BRUTTO"),
            ("datapayment", "BASISWAEH_BETRAG"),
        )
    )
    for bon in out.rows("transactions"):
        if bon["BON_TYP"] == "Beleg":
            gross = minor(bon["UMS_BRUTTO"])
            assert lines[bon["BON_ID"]] == vat[bon["BON_ID"]] == gross == paid[bon["BON_ID"]]
        else:
            assert bon["BON_ID"] not in lines
            assert bon["BON_ID"] not in paid


def _by_bon(rows: Rows, column: str) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row["BON_ID"]] += minor(row[column])
    return dict(sums)


def test_base_price_and_discounts_make_the_price(out: Out) -> None:
    prices = {
        (row["BON_ID"], row["POS_ZEILE"], row["UST_SCHLUESSEL"]): minor(row["POS_BRUTTO"])
        for row in out.rows("lines_vat")
    }
    found: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for row in out.rows("itemamounts"):
        key = (row["BON_ID"], row["POS_ZEILE"], row["UST_SCHLUESSEL"])
        found[key] += minor(row["PF_BRUTTO"])
        assert (minor(row["PF_BRUTTO"]) < 0) is (row["TYP"] == "discount") or _voided(out, row)
    assert found
    assert all(prices[key] == gross for key, gross in found.items())


def _voided(out: Out, row: dict[str, str]) -> bool:
    bon = next(x for x in out.rows("transactions") if x["BON_ID"] == row["BON_ID"])
    return bon["BON_STORNO"] == "1"


def test_single_records(out: Out) -> None:
    bons = out.rows("transactions", ("t1", "1"))
    lines = {(row["BON_ID"], row["POS_ZEILE"]): row for row in out.rows("lines")}
    first = next(row for row in bons if row["BON_NR"] == "1" and row["KUNDE_ID"] == "m1")
    assert (first["BEDIENER_ID"], first["TERMINAL_ID"]) == ("ana", "t1")
    assert first["BON_START"].endswith("+00:00")
    tea = lines[first["BON_ID"], "1"]
    assert (tea["ARTIKELTEXT"], tea["MENGE"], tea["EINHEIT"]) == ("Jasmine tea", "3,000", "Stück")
    assert (tea["STK_BR"], tea["GTIN"]) == ("3,50000", "9521234567899")
    coffee = lines[first["BON_ID"], "3"]
    assert (coffee["MENGE"], coffee["EINHEIT"]) == ("0,542", "kg")
    assert coffee["STK_BR"] == "19,99000"
    assert {row["BON_TYP"] for row in bons} == {"Beleg", "AVSonstige"}
    storno = next(row for row in bons if row["BON_STORNO"] == "1")
    references = {row["BON_ID"]: row for row in out.rows("references")}
    assert references[storno["BON_ID"]]["REF_BON_ID"] in {row["BON_ID"] for row in bons}
    assert references[storno["BON_ID"]]["REF_Z_NR"] == "1"
    back = next(row for row in bons if row["BON_NAME"] == "Rückgabe")
    assert minor(lines[back["BON_ID"], "1"]["MENGE"]) == -100
    cases = {row["GV_TYP"] for row in lines.values() if row["Z_NR"] == "1"}
    assert cases >= {
        "Anfangsbestand",
        "Umsatz",
        "MehrzweckgutscheinKauf",
        "MehrzweckgutscheinEinloesung",
        "Einzahlung",
        "Auszahlung",
        "Geldtransit",
        "DifferenzSollIst",
    }


def test_tax_keys(out: Out) -> None:
    assert {row["UST_SCHLUESSEL"]: row["UST_SATZ"] for row in out.rows("vat", ("t1", "1"))} == {
        "1": "19,00",
        "2": "7,00",
        "5": "0,00",
        "1825": "8,25",
    }
    assert [tax_key(0, "zero"), tax_key(0, ""), tax_key(78_000)] == [6, 5, 3]
    assert in_trade(542, "g") == (542, "kg")
    assert in_trade(-2, "pc") == (-2000, "Stück")


def test_documents_without_a_shift_are_closed_by_till_and_day(out: Out) -> None:
    (closing,) = [x for x in out.rows("cashpointclosing") if x["Z_KASSE_ID"] == "pos9"]
    assert closing["Z_NR"] == str(DAY)
    assert closing["Z_SE_ZAHLUNGEN"] == "7,00"
    assert closing["Z_SE_BARZAHLUNGEN"] == "0,00"


def test_an_open_shift_is_left_to_a_later_export(out: Out) -> None:
    assert isinstance(out.made, Made)
    assert out.made.later == 2  # the shift's beginning and its sale
    assert not out.rows("transactions", ("t1", "3"))
    assert read_json(out.folder / "manifest.json")["NotClosedYet"] == 2


def test_only_closings_of_the_days_asked_for(out: Out) -> None:
    one = Out(out.week, Days(DAY + 1, DAY + 1), "one")
    assert {(x["Z_KASSE_ID"], x["Z_NR"]) for x in one.rows("cashpointclosing")} == {("t1", "2")}
    assert one.rows("transactions") == out.rows("transactions", ("t1", "2"))


def test_master_data_come_from_a_rule(tmp_path: Path) -> None:
    week = a_busy_day(tmp_path / "node")
    bare = Out(week, name="bare")
    assert "fiscal" in bare.made.hint
    rule = (
        '{"name":"Tee GmbH","street":"Lindenstr. 12","zip":"10969","city":"Berlin",'
        '"tax_number":"29/001/12345","vat_id":"DE1","location":{"city":"Potsdam","zip":"14467"}}'
    )
    week.shop.tell(Rule("fiscal", rule))
    out = Out(week, name="told")
    assert out.made.hint == ""
    (head, *_) = out.rows("cashpointclosing", ("t1", "1"))
    assert (head["NAME"], head["STNR"], head["LAND"]) == ("Tee GmbH", "29/001/12345", "DEU")
    assert head["TAXONOMIE_VERSION"] == "2.3"
    (place,) = out.rows("location", ("t1", "1"))
    assert (place["LOC_NAME"], place["LOC_ORT"], place["LOC_PLZ"]) == ("s0001", "Potsdam", "14467")
    (register,) = out.rows("cashregister", ("t1", "1"))
    assert (register["KASSE_BRAND"], register["KASSE_SERIENNR"]) == ("Evertill", "s0001-t1")


def test_what_cash_was_rounded_by_is_no_turnover_and_all_adds_up(tmp_path: Path) -> None:
    out = Out(a_rounded_day(tmp_path / "node"))
    test_a_closing_agrees_with_its_z_report(out, 1)
    test_closings_are_the_sums_of_their_records(out)
    test_each_bon_adds_up_in_every_table(out)
    rounded = [row for row in out.rows("lines") if row["ARTIKELTEXT"] == "Rundung"]
    amounts = {(x["BON_ID"], x["POS_ZEILE"]): x["POS_BRUTTO"] for x in out.rows("lines_vat")}
    assert {row["GV_TYP"] for row in rounded} == {"DifferenzSollIst"}
    found = [minor(amounts[row["BON_ID"], row["POS_ZEILE"]]) for row in rounded]
    assert found == [1, -1, -2, 1, -2]

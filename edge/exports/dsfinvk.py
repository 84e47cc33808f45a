"""A DSFinV-K export: single records, master data and closings, each closing agreeing with its Z.

`businesscases.csv` and `payment.csv` are sums over the very rows of `lines_vat.csv` and
`datapayment.csv`. There is no technical security device (TSE) behind this till: `tse.csv` and
`transactions_tse.csv` have no rows, and `index.xml` says so. Source: see `dsfinvk_tables`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

import msgspec

from edge.books.numbers import generation_of
from edge.books.reads import NO_TAX as NO_RATE
from edge.books.reads import Reads
from edge.books.rules import read_rule
from edge.exports.dsfinvk_bons import (
    KEYS,
    NO_TAX,
    UNKNOWN_TAX,
    Bon,
    Part,
    Position,
    bon_of,
    in_trade,
)
from edge.exports.dsfinvk_closings import Closing, Closings
from edge.exports.dsfinvk_files import BRAND, Files, Row
from edge.exports.dsfinvk_tables import VERSION
from edge.exports.poslog import moment
from edge.exports.poslog_files import STEP, Days, Done
from edge.exports.walking import Walk
from edge.receipts.figures import percent
from sync.receipts import Sale
from sync.values import divide_half_up


class Address(msgspec.Struct, frozen=True):
    """Whose it is and where; country is ISO 3166 alpha-3."""

    name: str = ""
    street: str = ""
    zip: str = ""
    city: str = ""
    country: str = "DEU"
    vat_id: str = ""


class Company(Address, frozen=True):
    """Master data of the business (rule `fiscal`); `location` is the store's own address."""

    tax_number: str = ""
    location: Address | None = None


@dataclass(slots=True)
class Sums:
    """What the rows of one closing amount to."""

    cases: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    payments: dict[tuple[str, str], int] = field(default_factory=dict)
    rates: dict[int, int] = field(default_factory=dict)
    tills: set[str] = field(default_factory=set)
    first: str = ""
    last: str = ""

    def add(self, bon: Bon) -> None:
        """Add a Bon; only a Beleg counts."""
        self.first = self.first or bon.id
        self.last = bon.id
        if bon.till:
            self.tills.add(bon.till)
        for position in bon.positions:
            for part in position.parts:
                self.rates[part.key] = part.ppm
                sums = self.cases.setdefault((position.case, part.key), [0, 0])
                sums[0] += part.gross_minor
                sums[1] += part.tax_minor
        for kind, name, minor in bon.payments:
            self.payments[kind, name] = self.payments.get((kind, name), 0) + minor

    @property
    def cash_minor(self) -> int:
        """Cash that came in less what went out."""
        return sum(minor for (kind, _), minor in self.payments.items() if kind == "Bar")


class Export:
    """Writes the rows of one export."""

    def __init__(self, reads: Reads, files: Files, closings: Closings, currency: str) -> None:
        self._reads = reads
        self._files = files
        self._closings = closings
        self._currency = currency
        self._staff = dict(reads.connection.execute("SELECT staff, name FROM staff"))
        self._product = lru_cache(10_000)(self._read_product)
        self.sums: dict[Closing, Sums] = {}
        self.later = 0

    def run(self, walk: Walk, days: Days) -> Iterator[Done]:
        """Write all Vorgänge of the closings of some business days; yield progress."""
        done = Done(0, 0, walk.total())
        for entry in walk:
            done.read += 1
            if done.read % STEP == 0:
                yield done
            bon = entry.fact and bon_of(entry.fact, entry.seq, self.sale_of, self._rate_of)
            if not bon:
                continue
            closing = self._closings.of(entry)
            if closing is None:
                self.later += 1
            elif closing.day in days:
                done.exported += 1
                self._write(closing, bon)
        yield done

    def sale_of(self, sale_id: bytes) -> Sale | None:
        """Find the sale that something takes back."""
        found = self._reads.find(sale_id)
        return found.fact.body if found and isinstance(found.fact.body, Sale) else None

    def _rate_of(self, code: str) -> int:
        return (self._reads.rate(code) or NO_RATE).ppm

    def _read_product(self, sku: str) -> tuple[str, str, str, str]:
        """Name, unit, GTIN and category of a product."""
        sql = "SELECT names, unit, gtins, category FROM product WHERE sku = ?"
        row = self._reads.connection.execute(sql, (sku,)).fetchone()
        if row is None:
            return sku, "", "", ""
        names, gtins = msgspec.json.decode(row[0]), msgspec.json.decode(row[2])
        name = names.get("de") or names.get("en") or next(iter(names.values()), sku)
        return name, row[1], gtins[0].removeprefix("0") if gtins else "", row[3]

    # -- single records --------------------------------------------------------------------------

    def _write(self, closing: Closing, bon: Bon) -> None:
        sums = self.sums.setdefault(closing, Sums())
        if bon.counts:
            sums.add(bon)
        fact, keys = bon.fact, closing.keys | {"BON_ID": bon.id}
        operator = fact.actor.rpartition("@")[0]
        when = moment(fact.at_ms, fact.offset_min)
        self._files.add(
            "Bonkopf",
            keys,
            {
                "BON_NR": bon.number,
                "BON_TYP": bon.type,
                "BON_NAME": bon.name,
                "TERMINAL_ID": bon.till or closing.register,
                "BON_STORNO": "1" if bon.storno else "0",
                "BON_START": when,
                "BON_ENDE": when,
                "BEDIENER_ID": operator,
                "BEDIENER_NAME": self._staff.get(operator, operator),
                "UMS_BRUTTO": bon.gross_minor,
                "KUNDE_ID": bon.member,
                "BON_NOTIZ": bon.note,
            },
        )
        for line, position in enumerate(bon.positions, 1):
            self._write_position(keys | {"POS_ZEILE": line}, position, bon.till)
        for part in _by_key(bon.positions):
            self._files.add("Bonkopf_USt", keys, _amounts(part, "BON"))
        for kind, name, minor in bon.payments:
            paid = {"ZAHLWAEH_CODE": self._currency, "ZAHLWAEH_BETRAG": minor}
            said = {"ZAHLART_TYP": kind, "ZAHLART_NAME": name, "BASISWAEH_BETRAG": minor}
            self._files.add("Bonkopf_Zahlarten", keys, said, paid)
        if bon.refers:
            self._files.add("Bon_Referenzen", keys, self._reference(bon.refers))

    def _write_position(self, keys: Row, position: Position, till: str) -> None:
        name, unit, gtin, group = self._product(position.sku) if position.sku else ("", "", "", "")
        quantity, trade = in_trade(position.units, unit)
        per = in_trade(position.price[1], unit)[0]
        self._files.add(
            "Bonpos",
            keys,
            {
                "GUTSCHEIN_NR": position.voucher,
                "ARTIKELTEXT": position.text or name,
                "POS_TERMINAL_ID": till,
                "GV_TYP": position.case,
                "INHAUS": "1",
                "P_STORNO": "0",
                "AGENTUR_ID": 0,
                "ART_NR": position.sku,
                "GTIN": gtin,
                "WARENGR_ID": group,
                "WARENGR": group,
                "MENGE": quantity,
                "FAKTOR": 1000,
                "EINHEIT": trade,
                "STK_BR": self._files.unit_price(position.price[0], per),
            },
        )
        for part in position.parts:
            self._files.add("Bonpos_USt", keys, _amounts(part, "POS"))
        for kind, part in position.found:
            self._files.add("Bonpos_Preisfindung", keys, {"TYP": kind}, _amounts(part, "PF"))

    def _reference(self, fact_id: bytes) -> Row:
        found = self._reads.find(fact_id)
        row: dict[str, object] = {"REF_TYP": "Transaktion", "REF_BON_ID": str(UUID(bytes=fact_id))}
        if found is None:
            return row
        row["REF_DATUM"] = moment(found.fact.at_ms, found.fact.offset_min)
        closing = self._closings.at(found.fact, (generation_of(found.journal), found.seq))
        if closing is None:
            return row
        return row | {"REF_Z_KASSE_ID": closing.register, "REF_Z_NR": closing.number}

    # -- master data and closings ----------------------------------------------------------------

    def finish(self, store: str, software: str, company: Company) -> None:
        """Write what is known once all records are: closings and master data."""
        for closing, sums in self.sums.items():
            keys = closing.keys
            self._master(keys, closing, store, software, company)
            whose = _address(company) | {"STNR": company.tax_number}
            self._files.add("Stamm_Abschluss", keys, whose, self._closed(closing, sums))
            for key, ppm in sorted(sums.rates.items()):
                rate = {"UST_SCHLUESSEL": key, "UST_SATZ": divide_half_up(ppm, 100)}
                self._files.add("Stamm_USt", keys, rate, {"UST_BESCHR": _described(key, ppm)})
            for till in sorted(sums.tills - {closing.register}):
                self._files.add("Stamm_Terminals", keys, _machine("TERMINAL", till, software))
            for (case, key), (gross, tax) in sums.cases.items():
                about = {"GV_TYP": case, "AGENTUR_ID": 0}
                self._files.add("Z_GV_Typ", keys, about, _amounts(Part(key, 0, gross, tax), "Z"))
            for (kind, name), minor in sums.payments.items():
                about = {"ZAHLART_TYP": kind, "ZAHLART_NAME": name, "Z_ZAHLART_BETRAG": minor}
                self._files.add("Z_Zahlart", keys, about)
            cash = {"ZAHLART_WAEH": self._currency, "ZAHLART_BETRAG_WAEH": sums.cash_minor}
            self._files.add("Z_Waehrungen", keys, cash)

    def _master(
        self, keys: Row, closing: Closing, store: str, software: str, company: Company
    ) -> None:
        place = _address(company.location or company)
        located = {f"LOC_{name}": value for name, value in place.items()}
        named = company.location.name if company.location else ""
        self._files.add("Stamm_Orte", keys, located, {"LOC_NAME": named or store})
        flags = {"KASSE_BASISWAEH_CODE": self._currency, "KEINE_UST_ZUORDNUNG": "0"}
        machine = _machine("KASSE", f"{store}-{closing.register}", software)
        self._files.add("Stamm_Kassen", keys, machine, flags)

    @staticmethod
    def _closed(closing: Closing, sums: Sums) -> Row:
        return {
            "Z_BUCHUNGSTAG": closing.booked,
            "TAXONOMIE_VERSION": VERSION,
            "Z_START_ID": sums.first,
            "Z_ENDE_ID": sums.last,
            "Z_SE_ZAHLUNGEN": sum(sums.payments.values()),
            "Z_SE_BARZAHLUNGEN": sums.cash_minor,
        }


def _by_key(positions: tuple[Position, ...]) -> list[Part]:
    """Add the taxes of a Bon up by key."""
    sums: dict[int, Part] = {}
    for position in positions:
        for part in position.parts:
            before = sums.get(part.key, Part(part.key, part.ppm, 0, 0))
            gross = before.gross_minor + part.gross_minor
            sums[part.key] = Part(part.key, part.ppm, gross, before.tax_minor + part.tax_minor)
    return list(sums.values())


def _amounts(part: Part, prefix: str) -> Row:
    net = part.gross_minor - part.tax_minor
    names = (
        ("Z_UMS_BRUTTO", "Z_UMS_NETTO", "Z_UST")
        if prefix == "Z"
        else (f"{prefix}_BRUTTO", f"{prefix}_NETTO", f"{prefix}_UST")
    )
    values = (part.gross_minor, net, part.tax_minor)
    return {"UST_SCHLUESSEL": part.key, **dict(zip(names, values, strict=True))}


def _address(address: Address) -> dict[str, str]:
    return {
        "NAME": address.name,
        "STRASSE": address.street,
        "PLZ": address.zip,
        "ORT": address.city,
        "LAND": address.country,
        "USTID": address.vat_id,
    }


def _machine(prefix: str, serial: str, software: str) -> Row:
    return {
        "TERMINAL_ID": serial,
        f"{prefix}_BRAND": BRAND,
        f"{prefix}_MODELL": f"{BRAND} till",
        f"{prefix}_SERIENNR": serial,
        f"{prefix}_SW_BRAND": BRAND,
        f"{prefix}_SW_VERSION": software,
    }


def _described(key: int, ppm: int) -> str:
    """What a tax key means."""
    fixed = dict(KEYS.values()) | {NO_TAX: "Nicht Steuerbar", 6: "Umsatzsteuerfrei"}
    fixed[UNKNOWN_TAX] = "UmsatzsteuerNichtErmittelbar"
    return fixed.get(key, f"Individueller Steuersatz {percent(ppm)}")


def company_of(reads: Reads) -> Company:
    """Master data (rule `fiscal`)."""
    return read_rule(reads, "fiscal", Company, Company())

"""The tables of DSFinV-K 2.3: names, order, types and lengths of their columns, and nothing else.

Source: "Digitale Schnittstelle der Finanzverwaltung für Kassensysteme", version 2.3 (BZSt, 2022),
annexes A to G, and the `index.xml` published with it: 20 tables of 219 columns, semicolons, decimal
commas, CRLF, UTF-8, one header row. `index.xml` follows the description standard for data handed to
the tax authorities (GDPdU, 1 September 2004).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

VERSION = "2.3"
DTD_NAME = "gdpdu-01-09-2004.dtd"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: text of at most `length` characters, or a number with `places` decimals."""

    name: str
    length: int = 0
    places: int = 0

    @property
    def is_text(self) -> bool:
        """Whether it holds text."""
        return self.length > 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its file and the name that the standard gives it."""

    file: str
    name: str
    columns: tuple[Column, ...]


def _columns(text: str) -> tuple[Column, ...]:
    """Read `NAME:60` (text), `NAME,2` (a number with decimals) and `NAME` (an integer)."""
    made = []
    for word in text.split():
        name, colon, length = word.partition(":")
        name, comma, places = name.partition(",")
        made.append(Column(name, int(length) if colon else 0, int(places) if comma else 0))
    return tuple(made)


_CLOSING = "Z_KASSE_ID:50 Z_ERSTELLUNG:30 Z_NR "
_BON = _CLOSING + "BON_ID:40 "
_LINE = _BON + "POS_ZEILE:50 "
_COLUMNS: Mapping[tuple[str, str], str] = {
    ("cashpointclosing.csv", "Stamm_Abschluss"): _CLOSING
    + "Z_BUCHUNGSTAG:25 TAXONOMIE_VERSION:10 Z_START_ID:40 Z_ENDE_ID:40 NAME:60 STRASSE:60 PLZ:10"
    " ORT:62 LAND:3 STNR:20 USTID:15 Z_SE_ZAHLUNGEN,2 Z_SE_BARZAHLUNGEN,2",
    ("location.csv", "Stamm_Orte"): _CLOSING
    + "LOC_NAME:60 LOC_STRASSE:60 LOC_PLZ:10 LOC_ORT:62 LOC_LAND:3 LOC_USTID:15",
    ("cashregister.csv", "Stamm_Kassen"): _CLOSING
    + "KASSE_BRAND:50 KASSE_MODELL:50 KASSE_SERIENNR:70 KASSE_SW_BRAND:50 KASSE_SW_VERSION:50"
    " KASSE_BASISWAEH_CODE:3 KEINE_UST_ZUORDNUNG:1",
    ("slaves.csv", "Stamm_Terminals"): _CLOSING
    + "TERMINAL_ID:50 TERMINAL_BRAND:50 TERMINAL_MODELL:50 TERMINAL_SERIENNR:70"
    " TERMINAL_SW_BRAND:50 TERMINAL_SW_VERSION:50",
    ("pa.csv", "Stamm_Agenturen"): _CLOSING
    + "AGENTUR_ID AGENTUR_NAME:60 AGENTUR_STRASSE:60 AGENTUR_PLZ:10 AGENTUR_ORT:62 AGENTUR_LAND:3"
    " AGENTUR_STNR:20 AGENTUR_USTID:15",
    ("tse.csv", "Stamm_TSE"): _CLOSING
    + "TSE_ID TSE_SERIAL:68 TSE_SIG_ALGO:21 TSE_ZEITFORMAT:31 TSE_PD_ENCODING:5 TSE_PUBLIC_KEY:512"
    " TSE_ZERTIFIKAT_I:1000 TSE_ZERTIFIKAT_II:1000",
    ("vat.csv", "Stamm_USt"): _CLOSING + "UST_SCHLUESSEL UST_SATZ,2 UST_BESCHR:55",
    ("businesscases.csv", "Z_GV_Typ"): _CLOSING
    + "GV_TYP:30 GV_NAME:40 AGENTUR_ID UST_SCHLUESSEL Z_UMS_BRUTTO,5 Z_UMS_NETTO,5 Z_UST,5",
    ("payment.csv", "Z_Zahlart"): _CLOSING + "ZAHLART_TYP:25 ZAHLART_NAME:60 Z_ZAHLART_BETRAG,2",
    ("cash_per_currency.csv", "Z_Waehrungen"): _CLOSING + "ZAHLART_WAEH:3 ZAHLART_BETRAG_WAEH,2",
    ("transactions.csv", "Bonkopf"): _BON
    + "BON_NR BON_TYP:30 BON_NAME:60 TERMINAL_ID:50 BON_STORNO:1 BON_START:30 BON_ENDE:30"
    " BEDIENER_ID:50 BEDIENER_NAME:50 UMS_BRUTTO,2 KUNDE_NAME:50 KUNDE_ID:50 KUNDE_TYP:50"
    " KUNDE_STRASSE:60 KUNDE_PLZ:10 KUNDE_ORT:62 KUNDE_LAND:3 KUNDE_USTID:15 BON_NOTIZ:255",
    ("datapayment.csv", "Bonkopf_Zahlarten"): _BON
    + "ZAHLART_TYP:25 ZAHLART_NAME:60 ZAHLWAEH_CODE:3 ZAHLWAEH_BETRAG,2 BASISWAEH_BETRAG,2",
    ("lines.csv", "Bonpos"): _LINE
    + "GUTSCHEIN_NR:50 ARTIKELTEXT:255 POS_TERMINAL_ID:50 GV_TYP:30 GV_NAME:40 INHAUS:1 P_STORNO:1"
    " AGENTUR_ID ART_NR:50 GTIN:50 WARENGR_ID:40 WARENGR:50 MENGE,3 FAKTOR,3 EINHEIT:50 STK_BR,5",
    ("itemamounts.csv", "Bonpos_Preisfindung"): _LINE
    + "TYP:20 UST_SCHLUESSEL PF_BRUTTO,5 PF_NETTO,5 PF_UST,5",
    ("subitems.csv", "Bonpos_Zusatzinfo"): _LINE
    + "ZI_ART_NR:50 ZI_GTIN:50 ZI_NAME:60 ZI_WARENGR_ID:40 ZI_WARENGR:50 ZI_MENGE,3 ZI_FAKTOR,3"
    " ZI_EINHEIT:50 ZI_UST_SCHLUESSEL ZI_BASISPREIS_BRUTTO,5 ZI_BASISPREIS_NETTO,5"
    " ZI_BASISPREIS_UST,5",
    ("transactions_tse.csv", "TSE_Transaktionen"): _BON
    + "TSE_ID TSE_TANR TSE_TA_START:30 TSE_TA_ENDE:30 TSE_TA_VORGANGSART:30 TSE_TA_SIGZ"
    " TSE_TA_SIG:512 TSE_TA_FEHLER:200 TSE_VORGANGSDATEN:1000",
    ("transactions_vat.csv", "Bonkopf_USt"): _BON
    + "UST_SCHLUESSEL BON_BRUTTO,5 BON_NETTO,5 BON_UST,5",
    ("lines_vat.csv", "Bonpos_USt"): _LINE + "UST_SCHLUESSEL POS_BRUTTO,5 POS_NETTO,5 POS_UST,5",
    ("allocation_groups.csv", "Bonkopf_AbrKreis"): _BON + "ABRECHNUNGSKREIS:50",
    ("references.csv", "Bon_Referenzen"): _LINE
    + "REF_TYP:20 REF_NAME:40 REF_DATUM:30 REF_Z_KASSE_ID:50 REF_Z_NR REF_BON_ID:40",
}
TABLES: Mapping[str, Table] = {
    name: Table(file, name, _columns(text)) for (file, name), text in _COLUMNS.items()
}


def index_xml(supplier: str, location: str, comment: str) -> str:
    """Describe the tables; lies beside them as `index.xml`."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<!DOCTYPE DataSet SYSTEM "{DTD_NAME}">',
        "<DataSet>",
        "  <Version>1.0</Version>",
        "  <DataSupplier>",
        f"    <Name>{escape(supplier)}</Name>",
        f"    <Location>{escape(location)}</Location>",
        f"    <Comment>{escape(comment)}</Comment>",
        "  </DataSupplier>",
        "  <Media>",
        "    <Name>DSFinV-K</Name>",
        *(line for table in TABLES.values() for line in _described(table)),
        "  </Media>",
        "</DataSet>",
        "",
    ]
    return "\r\n".join(lines)


def _described(table: Table) -> Iterator[str]:
    yield "    <Table>"
    yield f"      <URL>{table.file}</URL>"
    yield f"      <Name>{table.name}</Name>"
    yield "      <UTF8 />"
    yield "      <DecimalSymbol>,</DecimalSymbol>"
    yield "      <DigitGroupingSymbol>.</DigitGroupingSymbol>"
    yield "      <Range><From>2</From></Range>"
    yield "      <VariableLength>"
    yield "        <ColumnDelimiter>;</ColumnDelimiter>"
    yield "        <RecordDelimiter>&#13;&#10;</RecordDelimiter>"
    yield '        <TextEncapsulator>"</TextEncapsulator>'
    for column in table.columns:
        kind = f"<Numeric><Accuracy>{column.places}</Accuracy></Numeric>"
        if column.is_text:
            kind = f"<AlphaNumeric /><MaxLength>{column.length}</MaxLength>"
        elif not column.places:
            kind = "<Numeric />"
        yield f"        <VariableColumn><Name>{column.name}</Name>{kind}</VariableColumn>"
    yield "      </VariableLength>"
    yield "    </Table>"


# The part of the description standard that `index.xml` uses, so that it can be validated anywhere.
_TEXTS = (
    "Version Name Location Comment URL DecimalSymbol DigitGroupingSymbol From To ColumnDelimiter"
    " RecordDelimiter TextEncapsulator Accuracy MaxLength"
)
DTD = "\r\n".join(
    [
        "<!ELEMENT DataSet (Version, DataSupplier?, Media+)>",
        "<!ELEMENT DataSupplier (Name, Location, Comment)>",
        "<!ELEMENT Media (Name, Table*)>",
        "<!ELEMENT Table (URL, Name?, UTF8?, (DecimalSymbol, DigitGroupingSymbol)?, Range?,"
        " VariableLength)>",
        "<!ELEMENT Range (From, To?)>",
        "<!ELEMENT VariableLength (ColumnDelimiter?, RecordDelimiter?, TextEncapsulator?,"
        " VariableColumn+)>",
        "<!ELEMENT VariableColumn (Name, (Numeric | (AlphaNumeric, MaxLength?)))>",
        "<!ELEMENT Numeric (Accuracy?)>",
        "<!ELEMENT AlphaNumeric EMPTY>",
        "<!ELEMENT UTF8 EMPTY>",
        *(f"<!ELEMENT {name} (#PCDATA)>" for name in _TEXTS.split()),
        "",
    ]
)

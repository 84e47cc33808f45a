"""The barcode gate: decide once, in a fixed order, what a scan is; refuse it in plain words.

Order: AIM identifier, payment code (only while a tender is taken), the store's own templates,
GS1, our own checks. The order matters: every 18-digit in-store label also parses as a shipping
container code, and one in six valid EAN-13s also parses as a GS1 message.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from biip import ParseError
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_messages import GS1Message
from biip.upc import Upc

from devices.event import Scan
from devices.gs1 import FAULTS, Elements, check_digit, find_fault, is_digits, split

GS1_AIMS = frozenset({"]C1", "]e0", "]e1", "]e2", "]d2", "]Q3", "]J1"})
WALLETS = {
    "wechat": re.compile(r"1[0-5][0-9]{16}"),
    "alipay": re.compile(r"(?:2[5-9]|30)[0-9]{14,22}"),
}
_PARSER_ERRORS = (ParseError, ValueError, LookupError, ArithmeticError)
REFUSALS: Mapping[str, str] = {
    "scan-empty": "The scanner sent an empty barcode. Scan it again.",
    "payment-code-no-tender": "This looks like a payment code. Start the payment first, then scan"
    " it.",
    "scan-cut": "Only part of the barcode was read ({text}). Scan again.",
    "scan-trailing": "There is something after the barcode: {text}. Scan again.",
    "fnc1-missing": "This GS1 barcode was printed without the mark FNC1 at its beginning. Key in"
    " the number below it, and have the label printed again.",
    "fnc1-separator-missing": "This GS1 barcode lacks the separator FNC1 between two of its fields."
    " Key in the number below it, and have the label printed again.",
    "gs1-unreadable": "This GS1 barcode cannot be read: {why}.",
    **{code: f"This GS1 barcode is wrong: {text}." for code, text in FAULTS.items()},
    "price-decimals": "The price in this barcode has too many decimals.",
    "check-digit": "{text} was misread or mistyped: with these digits it would have to end in"
    " {wanted}, not {found}. Scan it again.",
}
_ADD_ON = re.compile(r"(?:\]E[12])?([0-9]{2}|[0-9]{5})")


class Kind(StrEnum):
    """What a scan turned out to be."""

    ITEM = "item"
    MEASURED = "measured"
    PAYMENT = "payment"
    CONTAINER = "container"
    GS1 = "gs1"
    OTHER = "other"


class Wrong(StrEnum):
    """Why a scan was refused."""

    CHECK_DIGIT = "check digit"
    LENGTH = "length"
    CONTENT = "content"
    NOT_NOW = "not now"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Reading:
    """A scan understood. ``value`` is a GTIN-14 (ITEM), an item number (MEASURED), a code.

    ``weight_mg``, ``price_minor`` and ``count`` are there where the label carries them;
    ``elements`` are the GS1 application identifiers; ``wallet`` names the payment scheme.
    """

    kind: Kind
    value: str
    elements: Mapping[str, str] = field(default_factory=dict)
    weight_mg: int | None = None
    price_minor: int | None = None
    count: int | None = None
    add_on: str = ""
    wallet: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A scan not understood; ``message`` is for the cashier.

    ``code`` names the sentence and ``values`` what it is about, for saying it in other languages.
    """

    wrong: Wrong
    message: str
    code: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Template:
    """A store's own label, such as ``26PPPPPMMMMMWWWWWC``.

    Digits stand for themselves, P item number, M price in minor units, W weight in grams,
    Q pieces, X ignored, C the GS1 check digit (last).
    """

    pattern: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9]+[PMWQX]*C?", self.pattern) or "P" not in self.pattern:
            raise ValueError(
                f"label template {self.pattern!r}: begin with digits, then P, M, W, Q, X, "
                "at most one C at the end, and at least one P"
            )

    def matches(self, text: str) -> bool:
        """Whether length and fixed digits fit (the check digit is not looked at)."""
        fixed = zip(self.pattern, text, strict=False)
        return (
            len(text) == len(self.pattern)
            and is_digits(text)
            and all(wanted == digit for wanted, digit in fixed if wanted.isdigit())
        )

    def read(self, text: str) -> Reading | Refusal:
        """Read a label that matches."""
        if self.pattern.endswith("C") and check_digit(text[:-1]) != text[-1]:
            return _wrong_check_digit(text)
        parts: dict[str, str] = {}
        for role, digit in zip(self.pattern, text, strict=True):
            parts[role] = parts.get(role, "") + digit
        return Reading(
            Kind.MEASURED,
            parts["P"],
            weight_mg=int(parts["W"]) * 1000 if "W" in parts else None,
            price_minor=int(parts["M"]) if "M" in parts else None,
            count=int(parts["Q"]) if "Q" in parts else None,
        )


@dataclass(frozen=True, slots=True)
class Gate:
    """One store's gate. ``decimals`` of its currency read the prices in GS1 barcodes."""

    templates: tuple[Template, ...] = ()
    decimals: int = 2

    def read(self, scan: Scan, *, paying: bool = False) -> Reading | Refusal:
        """Say what a scan is. ``paying``: a tender is being taken, so payment codes are read."""
        text = scan.text.strip(" \r\n\t\0")
        if not text:
            return _refuse(Wrong.EMPTY, "scan-empty")
        if scan.aim.startswith("]E"):
            return self._retail(text, scan.aim)
        if scan.aim in GS1_AIMS:
            return self._gs1(text.removeprefix("\x1d"))
        wallet = next((name for name, form in WALLETS.items() if form.fullmatch(text)), "")
        if wallet and paying:
            return Reading(Kind.PAYMENT, text, wallet=wallet)
        template = self._template(text)
        if template is not None:
            return template.read(text)
        if wallet:
            return _refuse(Wrong.NOT_NOW, "payment-code-no-tender")
        if text.lower().startswith(("http://", "https://")):
            return self._link(text)
        if not scan.aim:
            return self._unmarked(text)
        if scan.aim == "]C0" and self._was_gs1(text):
            return _refuse(Wrong.CONTENT, "fnc1-missing")
        return self._plain(text)

    @staticmethod
    def _was_gs1(text: str) -> bool:
        """Whether a plain Code 128 was meant as GS1-128 and was printed without its FNC1."""
        if not text.startswith("01") or len(text) < 18 or not is_digits(text[:16]):
            return False
        return check_digit(text[2:15]) == text[15] and split(text)[1] != "unknown"

    def _template(self, text: str) -> Template | None:
        return next((one for one in self.templates if one.matches(text)), None)

    def _retail(self, text: str, aim: str) -> Reading | Refusal:
        length = 8 if aim == "]E4" else 13
        digits, rest = text[:length], text[length:]
        if aim == "]E0" and len(text) in (8, 12):  # scanners that leave out the leading zeros
            digits, rest = text, ""
        if not is_digits(digits) or len(digits) not in (8, 12, 13):
            return _refuse(Wrong.LENGTH, "scan-cut", text=text)
        add_on = _ADD_ON.fullmatch(rest)
        if rest and add_on is None:
            return _refuse(Wrong.LENGTH, "scan-trailing", text=rest)
        template = self._template(digits)
        if template is not None:
            return template.read(digits)
        return _item(digits, add_on.group(1) if add_on else "")

    def _unmarked(self, text: str) -> Reading | Refusal:
        if "\x1d" in text:
            return self._gs1(text.removeprefix("\x1d"))
        if is_digits(text) and len(text) in (8, 12, 13, 14):
            return _item(text)
        # Two identifiers that always begin a GS1 message, at the only length they can have alone.
        if is_digits(text[:16]) and text[:2] in ("01", "02") and len(text) >= 16:
            reading = self._gs1(text)
            if isinstance(reading, Reading):
                return reading  # a card number may begin like this too
        return self._plain(text)

    @staticmethod
    def _plain(text: str) -> Reading:
        if is_digits(text) and len(text) in (12, 13, 14) and check_digit(text[:-1]) == text[-1]:
            return Reading(Kind.ITEM, text.zfill(14))
        return Reading(Kind.OTHER, text)

    def _gs1(self, text: str) -> Reading | Refusal:
        if text.lower().startswith(("http://", "https://")):
            return self._link(text)
        try:
            message = GS1Message.parse(text)
        except _PARSER_ERRORS as error:
            return self._unreadable(text, error)
        return self._elements([(one.ai.ai, one.value) for one in message.element_strings])

    @staticmethod
    def _unreadable(text: str, error: Exception) -> Refusal:
        """Say what is wrong, as far as that can be found without the parser."""
        elements, end = split(text)
        if end == "over":
            return _refuse(Wrong.CONTENT, "fnc1-separator-missing")
        if elements and (fault := find_fault(elements)):
            return _refuse(Wrong.CONTENT, fault.code, **fault.values)
        return _refuse(Wrong.CONTENT, "gs1-unreadable", why=_first(error))

    def _link(self, text: str) -> Reading | Refusal:
        try:
            link = GS1DigitalLinkURI.parse(text)
        except _PARSER_ERRORS:
            return Reading(Kind.OTHER, text)  # somebody's web address, not a product
        return self._elements([(one.ai.ai, one.value) for one in link.element_strings])

    def _elements(self, elements: Elements) -> Reading | Refusal:
        fault = find_fault(elements)
        if fault:
            return _refuse(Wrong.CONTENT, fault.code, **fault.values)
        values = dict(elements)
        identifier = next((one for one in ("01", "00") if one in values), next(iter(values), ""))
        kind = {"01": Kind.ITEM, "00": Kind.CONTAINER}.get(identifier, Kind.GS1)
        price_minor = self._price(values)
        if price_minor is not None and price_minor < 0:
            return _refuse(Wrong.CONTENT, "price-decimals")
        return Reading(
            kind,
            values.get(identifier, ""),
            values,
            weight_mg=_net_weight(values),
            price_minor=price_minor,
            count=int(values["30"]) if "30" in values else None,
        )

    def _price(self, values: Mapping[str, str]) -> int | None:
        for identifier, value in values.items():
            if identifier[:3] in ("392", "393"):
                digits = value[3:] if identifier.startswith("393") else value
                shift = self.decimals - int(identifier[3])
                amount, rest = int(digits or "0"), 0
                if shift < 0:
                    amount, rest = divmod(amount, 10**-shift)
                return -1 if rest else int(amount * 10 ** max(0, shift))
        return None


def _net_weight(values: Mapping[str, str]) -> int | None:
    for identifier, value in values.items():
        if identifier.startswith("310"):
            return int(value) * int(10 ** (6 - int(identifier[3])))
    return None


def _item(digits: str, add_on: str = "") -> Reading | Refusal:
    if check_digit(digits[:-1]) == digits[-1]:
        return Reading(Kind.ITEM, digits.zfill(14), add_on=add_on)
    if len(digits) == 8 and digits[0] in "01":
        try:
            return Reading(Kind.ITEM, Upc.parse(digits).as_upc_a().zfill(14), add_on=add_on)
        except _PARSER_ERRORS:
            pass  # not a UPC-E either: the check digit is what to tell the cashier
    return _wrong_check_digit(digits)


def _wrong_check_digit(digits: str) -> Refusal:
    wanted = check_digit(digits[:-1])
    return _refuse(Wrong.CHECK_DIGIT, "check-digit", text=digits, wanted=wanted, found=digits[-1])


def _refuse(wrong: Wrong, code: str, **values: str) -> Refusal:
    return Refusal(wrong, REFUSALS[code].format(**values), code, values)


def _first(error: Exception) -> str:
    return str(error).rstrip(".").split("\n", 1)[0][:200] or type(error).__name__

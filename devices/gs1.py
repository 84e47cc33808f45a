"""What GS1 demands of a barcode's contents, beyond what the parser library checks.

Check digits (General Specifications 7.9.1), which application identifiers must or must not meet
in one barcode (4.13), and the contents of single fields. Every finding is a sentence a cashier
understands.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Elements = Sequence[tuple[str, str]]

# What can be wrong, by code; the codes are stable.
FAULTS: Mapping[str, str] = {
    "ai-twice": "({ai}) is in this barcode twice, with different values",
    "ai-empty": "({ai}) is empty or holds letters no barcode has",
    "ai-needs": "({ai}) needs ({others}) in the same barcode",
    "ai-excludes": "({ai}) and ({others}) cannot be in the same barcode",
    "ai-content": "({ai}) {what}",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a barcode's contents: a code of `FAULTS` and what it is about."""

    code: str
    values: Mapping[str, str]

    def __str__(self) -> str:
        return FAULTS[self.code].format(**self.values)


# Fields of any length and the longest they can be (General Specifications 3.2); what goes on after
# that without a separator was printed without one.
_LONGEST = {"10": 20, "21": 20, "22": 20, "30": 8, "37": 8, "240": 30, "241": 30, "250": 30}
_FIXED = {"00": 18, "01": 14, "02": 14, "11": 6, "12": 6, "13": 6, "15": 6, "16": 6, "17": 6}

# One line per group: identifiers (n = any digit), then what must come along (every group of a
# "+" needs one of its members) and, after "!", what must not.
PAIRS = """
01 ! 255 37
02 : 37 ! 01 03
10 : 01,02,03,8006,8026
11 13 15 16 : 01,02,8006,8026
12 : 8020
17 : 01,02,255,8006,8026
20 240 241 242 7001 : 01,02,8006,8026
21 : 01,03,8006 ! 235
22 235 243 : 01
250 : 01,8006 + 21
251 7021 7240 8012 : 01,8006
254 : 414
255 ! 01 02 415 8006 8020 8026
30 : 01,02
31nn 32nn 350n 351n 352n 356n 357n 360n 361n 364n 365n 366n : 01,02
33nn 34nn 353n 354n 355n 362n 363n 367n 368n 369n : 00,01
337n : 01
37 : 00 + 02,8026
390n : 255,8020 ! 391n 394n 8111
391n 415 : 8020
392n : 01 + 30,31nn,32nn,35nn,36nn ! 393n
393n : 01 + 30,31nn,32nn,35nn,36nn
394n : 255 ! 8111
395n : 30,31nn,32nn,35nn,36nn ! 392n 393n 8005
403 430n 431n 432n 4330 4331 4332 4333 : 00
420 ! 421
421 ! 4307
422 : 01,02,8006,8026 ! 426
423 424 425 : 01,02 ! 426
426 : 01,02
427 : 01,02 + 422
4303 : 4302
4313 : 4312
4330 ! 4331
4332 ! 4333
7002 7003 7005 7006 7007 7008 7009 7010 7011 703n 8005 8008 : 01,02
7004 : 01 + 10
7020 : 01,8006 + 416
7022 : 7021
71n 8001 8200 : 01
723n : 01,8004
7241 7242 8019 : 8017,8018
8006 ! 01 37
8007 8020 : 415
8009 : 00,01
8011 : 8010
8017 ! 8018
8026 : 37 ! 02 8006
8030 : 00,01,253,255,8003,8004,8006,8010,8017,8018
8111 : 255
"""

# ISO 3166-1 numeric and ISO 4217 numeric, three digits each.
_COUNTRIES = (
    "004008010012016020024028031032036040044048050051052056060064068070072074076084086090092096"
    "100104108112116120124132136140144148152156158162166170174175178180184188191192196203204208"
    "212214218222226231232233234238239242246248250254258260262266268270275276288292296300304308"
    "312316320324328332334336340344348352356360364368372376380384388392398400404408410414417418"
    "422426428430434438440442446450454458462466470474478480484492496498499500504508512516520524"
    "528531533534535540548554558562566570574578580581583584585586591598600604608612616620624626"
    "630634638642643646652654659660662663666670674678682686688690694702703704705706710716724728"
    "729732740744748752756760762764768772776780784788792795796798800804807818826831832833834840"
    "850854858860862876882887894"
)
_CURRENCIES = (
    "008012032036044048050051052060064068072084090096104108116124132136144152156170174188192203"
    "208214222230232238242262270292320324328332340344348352356360364368376388392398400404408410"
    "414417418422426430434446454458462480484496498504512516524532533548554558566578586590598600"
    "604608634643646654682690702704706710728748752756760764776780784788800807818826834840858860"
    "882886901924925926927928929930931933934936938940941943944946947948949950951952953955956957"
    "958959960961962963964965967968969970971972973975976977978979980981984985986990994997999"
)


def _threes(digits: str) -> frozenset[str]:
    return frozenset(digits[at : at + 3] for at in range(0, len(digits), 3))


COUNTRIES = _threes(_COUNTRIES)
CURRENCIES = _threes(_CURRENCIES)


def _parse_pairs(table: str) -> list[tuple[list[str], list[list[str]], list[str]]]:
    rules = []
    for line in table.split("\n"):
        head, _, excluded = line.partition("!")
        names, _, required = head.partition(":")
        groups = [group.strip().split(",") for group in required.split("+") if group.strip()]
        if names.strip():
            rules.append((names.split(), groups, excluded.split()))
    return rules


_RULES = _parse_pairs(PAIRS)


def _like(identifier: str, pattern: str) -> bool:
    return len(identifier) == len(pattern) and all(
        wanted in ("n", digit) for digit, wanted in zip(identifier, pattern, strict=True)
    )


def check_digit(payload: str) -> str:
    """Return the GS1 check digit of a string of digits (weights 3 and 1 from the right)."""
    total = sum(int(digit) * (3, 1)[at % 2] for at, digit in enumerate(reversed(payload)))
    return str(-total % 10)


def is_digits(text: str) -> bool:
    """Whether ``text`` is one or more ASCII digits."""
    return text.isascii() and text.isdigit()


def check_pair(value: str) -> str:
    """Return the two check characters of a Global Model Number (General Specifications 7.9.5)."""
    alphabet = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
    primes = (
        2,
        3,
        5,
        7,
        11,
        13,
        17,
        19,
        23,
        29,
        31,
        37,
        41,
        43,
        47,
        53,
        59,
        61,
        67,
        71,
        73,
        79,
        83,
    )
    weighted = zip(reversed(value), primes, strict=False)
    total = sum(alphabet.index(letter) * prime for letter, prime in weighted) % 1021
    letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    return letters[total >> 5] + letters[total & 31]


def split(text: str) -> tuple[list[tuple[str, str]], str]:
    """Split a GS1 message by the commonest identifiers, as far as that goes.

    Says how it ended: `whole`, `over` (a field is longer than it can be: the separator after it is
    missing) or `unknown`.
    """
    elements: list[tuple[str, str]] = []
    while text:
        if length := _FIXED.get(text[:2]):
            if len(text) < 2 + length:
                return elements, "unknown"
            elements.append((text[:2], text[2 : 2 + length]))
            text = text[2 + length :].removeprefix("\x1d")
            continue
        name = next((text[:size] for size in (2, 3) if text[:size] in _LONGEST), "")
        if not name:
            return elements, "unknown"
        value, _, text = text[len(name) :].partition("\x1d")
        if len(value) > _LONGEST[name]:
            return elements, "over"
        elements.append((name, value))
    return elements, "whole"


def find_fault(elements: Elements) -> Fault | None:
    """Find what is wrong with the elements of one barcode; None if nothing is."""
    values: dict[str, str] = {}
    for identifier, value in elements:
        if values.setdefault(identifier, value) != value:
            return _fault("ai-twice", identifier)
    for identifier, value in values.items():
        if not value or not value.isascii():
            return _fault("ai-empty", identifier)
        fault = _pairing_fault(identifier, values) or _content_fault(identifier, value)
        if fault:
            return fault
    return None


def _fault(code: str, identifier: str, **values: str) -> Fault:
    return Fault(code, {"ai": identifier, **values})


def _pairing_fault(identifier: str, values: dict[str, str]) -> Fault | None:
    for names, groups, excluded in _RULES:
        if not any(_like(identifier, name) for name in names):
            continue
        for group in groups:
            if not any(_like(other, wanted) for other in values for wanted in group):
                return _fault("ai-needs", identifier, others=") or (".join(group))
        for other in values:
            if other != identifier and any(_like(other, pattern) for pattern in excluded):
                return _fault("ai-excludes", identifier, others=other)
    for other in values:  # the same measure or price, with its decimal point elsewhere
        alike = len(identifier) == len(other) == 4 and identifier[:3] == other[:3]
        if alike and identifier[0] == "3" and identifier != other:
            return _fault("ai-excludes", identifier, others=other)
    return None


def _content_fault(identifier: str, value: str) -> Fault | None:
    for names, test, message in _CONTENT:
        if any(_like(identifier, name) for name in names) and not test(value):
            return _fault("ai-content", identifier, what=message)
    return None


def _sums_to(length: int, start: int = 0) -> Callable[[str], bool]:
    def test(value: str) -> bool:
        digits = value[start : start + length]
        return (
            len(digits) == length and is_digits(digits) and check_digit(digits[:-1]) == digits[-1]
        )

    return test


def _date(value: str, *, day_needed: bool) -> bool:
    if len(value) < 6 or not is_digits(value[:6]):
        return False
    year, month, day = (int(value[at : at + 2]) for at in (0, 2, 4))
    if not 1 <= month <= 12:
        return False
    # A two-digit year divisible by four is a leap year in every century window GS1 uses.
    days = (31, 29 if year % 4 == 0 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]
    return (1 if day_needed else 0) <= day <= days


def _hour_and_minute(value: str) -> bool:
    return len(value) == 4 and is_digits(value) and value[:2] < "24" and value[2:] < "60"


def _country_list(value: str) -> bool:
    return len(value) % 3 == 0 and _threes(value) <= COUNTRIES


def _piece_of_total(value: str) -> bool:
    piece, total = value[14:16], value[16:18]
    return is_digits(piece + total) and "00" < piece <= total


def _model_number(value: str) -> bool:
    try:
        return len(value) > 2 and check_pair(value[:-2]) == value[-2:]
    except ValueError:
        return False


def _iban(value: str) -> bool:
    if not (len(value) > 4 and value.isascii() and value.isalnum() and value == value.upper()):
        return False
    return int("".join(str(int(letter, 36)) for letter in value[4:] + value[:4])) % 97 == 1


_WRONG_SUM = "has a wrong check digit"
_NO_DATE = "is not a date"
_NO_COUNTRY = "does not begin with a country code"
_CONTENT: list[tuple[list[str], Callable[[str], bool], str]] = [
    (["01", "02", "03"], _sums_to(14), _WRONG_SUM),
    (["00", "8017", "8018"], _sums_to(18), _WRONG_SUM),
    (["402"], _sums_to(17), _WRONG_SUM),
    (
        ["253", "255", "410", "411", "412", "413", "414", "415", "416", "417"],
        _sums_to(13),
        _WRONG_SUM,
    ),
    (["8003"], _sums_to(13, 1), _WRONG_SUM),
    (["8006", "8026"], _sums_to(14), _WRONG_SUM),
    (["8006", "8026"], _piece_of_total, "does not say which piece of how many"),
    (["11", "12", "13", "15", "16", "17"], lambda v: _date(v, day_needed=False), _NO_DATE),
    (["4324", "4325"], lambda v: _date(v, day_needed=False), _NO_DATE),
    (["4326", "7003", "7006", "7007", "7011"], lambda v: _date(v, day_needed=True), _NO_DATE),
    (["8008"], lambda v: _date(v, day_needed=True) and v[6:8] < "24", _NO_DATE),
    (["7007"], lambda v: len(v) == 6 or _date(v[6:], day_needed=True), _NO_DATE),
    (["7003"], lambda v: _hour_and_minute(v[6:]), "is not a time"),
    (["7011"], lambda v: len(v) == 6 or _hour_and_minute(v[6:]), "is not a time"),
    (["4324", "4325"], lambda v: v[6:] == "9999" or _hour_and_minute(v[6:]), "is not a time"),
    (["421", "422", "424", "426"], lambda v: v[:3] in COUNTRIES, _NO_COUNTRY),
    (["703n"], lambda v: v[:3] in COUNTRIES or v[:3] == "999", _NO_COUNTRY),
    (["423", "425"], _country_list, "is not a list of country codes"),
    (["391n", "393n"], lambda v: v[:3] in CURRENCIES, "does not begin with a currency code"),
    (["4321", "4322", "4323"], lambda v: v in ("0", "1"), "is neither 0 nor 1"),
    (["8007"], _iban, "is not a valid IBAN"),
    (["8011"], lambda v: not v.startswith("0") or v == "0", "begins with a zero"),
    (["8013"], _model_number, "has wrong check characters"),
]

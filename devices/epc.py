"""EPC codes of RFID tags and the GTIN inside them (GS1 EPC Tag Data Standard 1.13).

SGTIN-96 and SGTIN-198 are read; any other tag stays a bare number.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from devices.gs1 import check_digit

SGTIN_96, SGTIN_198 = 0x30, 0x36
# partition → bits and digits of the company prefix; the item reference has the rest of 44 bits
# and of 13 digits.
_PARTITIONS = ((40, 12), (37, 11), (34, 10), (30, 9), (27, 8), (24, 7), (20, 6))


@dataclass(frozen=True, slots=True)
class Sgtin:
    """A single article: its GTIN-14 and serial number."""

    gtin: str
    serial: str


def decode(epc: bytes) -> Sgtin | None:
    """Return the article of a tag, None if the tag is no SGTIN."""
    if not epc or (epc[0], len(epc)) not in ((SGTIN_96, 12), (SGTIN_198, 26)):
        return None
    bits = int.from_bytes(epc, "big")
    total = len(epc) * 8
    used = 96 if epc[0] == SGTIN_96 else 198
    bits >>= total - used

    def take(start: int, length: int) -> int:
        return bits >> (used - start - length) & ((1 << length) - 1)

    partition = take(11, 3)
    if partition >= len(_PARTITIONS):
        return None
    prefix_bits, prefix_digits = _PARTITIONS[partition]
    prefix = f"{take(14, prefix_bits):0{prefix_digits}d}"
    item = f"{take(14 + prefix_bits, 44 - prefix_bits):0{13 - prefix_digits}d}"
    if len(prefix) > prefix_digits or len(item) > 13 - prefix_digits:
        return None
    body = item[0] + prefix + item[1:]
    if used == 96:
        serial = str(take(58, 38))
    else:
        letters = (take(58 + 7 * place, 7) for place in range(20))
        serial = "".join(chr(letter) for letter in letters if letter)
    return Sgtin(body + check_digit(body), serial)


def encode_sgtin96(
    gtin: str, serial: int, *, prefix_digits: int = 7, filter_value: int = 1
) -> bytes:
    """Return the 96-bit tag of an article. Raises ValueError if it does not fit."""
    sizes = {digits: (partition, bits) for partition, (bits, digits) in enumerate(_PARTITIONS)}
    if prefix_digits not in sizes or len(gtin) != 14 or check_digit(gtin[:-1]) != gtin[-1]:
        raise ValueError(f"{gtin!r} is not a GTIN-14 with a company prefix of 6 to 12 digits")
    if not 0 <= serial < 1 << 38:
        raise ValueError(f"serial number {serial} does not fit into 38 bits")
    partition, prefix_bits = sizes[prefix_digits]
    prefix, item = gtin[1 : 1 + prefix_digits], gtin[0] + gtin[1 + prefix_digits : 13]
    bits = SGTIN_96 << 3 | filter_value
    bits = bits << 3 | partition
    bits = bits << prefix_bits | int(prefix)
    bits = bits << 44 - prefix_bits | int(item)
    return (bits << 38 | serial).to_bytes(12, "big")


def count_gtins(tags: Iterable[str]) -> Counter[str]:
    """Count articles by GTIN in a set of EPCs (hexadecimal); other tags are left out."""
    articles = (decode(bytes.fromhex(tag)) for tag in set(tags))
    return Counter(article.gtin for article in articles if article is not None)

"""Documents and updates for the tests of records, honest ones and ones no honest replica makes."""

from collections.abc import Callable
from typing import Any
from zlib import crc32

import pycrdt

from sync.identity import Replica
from sync.records import client_id, new_card

DOC = "member/00000000-0000-4000-8000-000000000001"
OTHER_DOC = "member/00000000-0000-4000-8000-000000000002"
WRITERS = [client_id(Replica(node, 1), DOC) for node in ("s0001", "s0002", "hq")]
CARD = new_card(DOC, WRITERS[0])


def seal(update: bytes) -> bytes:
    """Put the right checksum before bytes, as whoever forges an update would."""
    return crc32(update).to_bytes(4, "big") + update


def forged(change: Callable[[Any], None], base: bytes = CARD, writer: int = WRITERS[1]) -> bytes:
    """Make the update that `change` causes in a document, without any check."""
    doc: Any = pycrdt.Doc(client_id=writer)
    for part in ("meta", "fields", "tags", "notes"):
        doc[part] = pycrdt.Map()
    doc.apply_update(base[4:])
    before = doc.get_state()
    change(doc)
    return seal(doc.get_update(before))


def item(content: bytes, part: bytes = b"fields", key: bytes = b"name", writer: int = 1) -> bytes:
    """Make an update with one map entry of a writer holding encoded `content`."""
    head = bytes([1, 1]) + varint(writer) + bytes([0, 0x28, 1, len(part)]) + part
    head += bytes([len(key)]) + key
    return seal(head + b"\x01" + content + b"\x00")


def varint(number: int) -> bytes:
    """Encode an integer in base 128, the lowest digits first."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def nested_arrays(depth: int, writer: int = 1) -> bytes:
    """Make an update of about `2 * depth` bytes: arrays within arrays as one field's value."""
    return item(b"u\x01" * depth + b"~", writer=writer)

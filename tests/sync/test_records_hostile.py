"""What no honest replica says is refused with a reason, and changes nothing."""

from collections.abc import Callable
from typing import Any

import pycrdt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.records import Limits, MergeResult, diff, edit, merge, read, state_vector
from sync.records_card import AddNote, AddTag, Edit, Note, RemoveTag, SetField
from sync.records_vector import RecordRefused
from sync.records_worker import RecordsWorker
from tests.sync.records_bytes import (
    CARD,
    DOC,
    OTHER_DOC,
    WRITERS,
    forged,
    item,
    nested_arrays,
    seal,
)

A, B, HQ = WRITERS
EDITS: list[Edit] = [
    SetField("name", "安 Ann"),
    AddTag("vip"),
    AddNote(Note("n1", 1_700_000_000_000, "ann", "likes blue")),
    RemoveTag("vip"),
]
UPDATE = edit(CARD, B, EDITS).update


def _set(part: str, key: str, value: object) -> Callable[[Any], None]:
    def change(doc: Any) -> None:
        doc[part][key] = value

    return change


def _append(part: str, value: object) -> Callable[[Any], None]:
    def change(doc: Any) -> None:
        doc.get(part, type=pycrdt.Array).append(value)

    return change


def _new_part(doc: Any) -> None:
    doc["evil"] = pycrdt.Array(["x"])


def _delete(doc: Any) -> None:
    doc["fields"]["name"] = "Ann"
    del doc["meta"]["schema"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_new_part, "unknown part 'evil'"),
        (_append("fields", "x"), "fields holds a sequence"),
        (_delete, "an entry was deleted"),
        (_set("meta", "id", OTHER_DOC), f"belongs to {OTHER_DOC}"),
        (_set("meta", "schema", 2), "update this software"),
        (_set("meta", "schema", 1.5), "1.5 is no integer"),
        (_set("meta", "schema", float("nan")), "nan is no integer"),
        (_set("meta", "schema", float("inf")), "inf is no integer"),
        (_set("meta", "schema", 2**60), "no integer|wrong kind"),
        (_set("meta", "more", "x"), "more"),
        (_set("fields", "nickname", "x"), "no such field"),
        (_set("fields", "name", 7), "fields.name holds a value of the wrong kind"),
        (_set("fields", "name", None), "wrong kind"),
        (_set("fields", "name", "x" * 201), "at most 200 characters"),
        (_set("fields", "name", "a\x1bb"), "control characters"),
        (_set("fields", "name", b"bytes"), "wrong kind"),
        (_set("fields", "name", {"a": {"b": {"c": {}}}}), "wrong kind"),
        (_set("fields", "name", pycrdt.Text("x")), "wrong kind"),
        (_set("fields", "name", pycrdt.Map({"a": pycrdt.Map()})), "wrong kind"),
        (_set("fields", "name", pycrdt.Doc()), "wrong kind"),
        (_set("tags", "vip", "vip"), "no tag entry"),
        (_set("tags", "1.0", ["vip"]), "wrong kind"),
        (_set("tags", "1.0", "x" * 65), "at most 64 characters"),
        (_set("notes", "n1", "text"), "wrong kind"),
        (_set("notes", "n1", [1, "ann"]), "wrong kind"),
        (_set("notes", "n1", [1.5, "ann", "x"]), "1.5 is no integer"),
        (_set("notes", "n1", [-1, "ann", "x"]), "at_ms"),
        (_set("notes", "n1", [1, "ann", "x" * 2_001]), "at most 2000 characters"),
        (_set("notes", "n1", [[[[1]]], "ann", "x"]), "wrong kind"),
        (_set("notes", "a b", [1, "ann", "x"]), "note.id"),
    ],
)
def test_refuses_every_shape_that_is_no_card(change: Callable[[Any], None], reason: str) -> None:
    with pytest.raises(RecordRefused, match=reason):
        merge(DOC, CARD, forged(change))


def test_refuses_shared_arrays_within_arrays() -> None:
    def change(doc: Any) -> None:
        inner: Any = pycrdt.Array()
        doc["fields"]["name"] = inner
        for _ in range(200):
            nested: Any = pycrdt.Array()
            inner.append(nested)
            inner = nested

    with pytest.raises(RecordRefused, match="wrong kind"):
        merge(DOC, CARD, forged(change))


def test_refuses_too_many_entries() -> None:
    def change(doc: Any) -> None:
        with doc.transaction():
            for number in range(20):
                doc["tags"][f"{number:x}.0"] = "vip"

    update = forged(change)
    assert merge(DOC, CARD, update).card is not None
    with pytest.raises(RecordRefused, match="tags has more than 19 entries"):
        merge(DOC, CARD, update, Limits(entries=19))


def test_refuses_writes_in_the_name_of_another() -> None:
    update = forged(_set("fields", "name", "Ann"), writer=A)
    assert merge(DOC, CARD, update, writers=[A]).card is not None
    with pytest.raises(RecordRefused, match=f"may not write as {A}"):
        merge(DOC, CARD, update, writers=[B, HQ])


def test_refuses_a_writer_that_claims_to_have_written_without_end() -> None:
    skipped = b"\x00\xff\xff\xff\xff\x0f"  # one collected run of 2**32 - 1 writes
    with pytest.raises(RecordRefused, match="claims 4294967295 writes"):
        merge(DOC, CARD, seal(b"\x01\x01\x05\x00" + skipped + b"\x00"))


def test_a_panic_of_the_native_code_is_a_refusal() -> None:
    """A deleted run of no length, in the name of who wrote the entry, makes it panic."""
    state = edit(CARD, B, [SetField("name", "Ann")]).state
    empty_run = b"\x00!\x01\x06fields\x04name\x00"
    with pytest.raises(RecordRefused, match="PanicException"):
        merge(DOC, state, seal(b"\x01\x01" + _varint(B) + empty_run + b"\x00"))
    assert merge(DOC, state, diff(state, b"\x00")).card == read(state)


def test_a_deletion_alone_has_no_effect() -> None:
    state = edit(CARD, A, EDITS).state
    writes = len(EDITS) + 2
    deletes_everything = seal(bytes([0, 1]) + _varint(A) + bytes([1, 0, writes]))
    merged = merge(DOC, state, deletes_everything)
    assert (merged.state, merged.card, merged.pending) == (state, read(state), False)


def _varint(number: int) -> bytes:
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def test_an_oversized_update_is_not_even_looked_at() -> None:
    with pytest.raises(RecordRefused, match="at most 60000 bytes"):
        merge(DOC, CARD, bytes(60_001))


def test_every_flipped_bit_and_every_truncation_is_refused() -> None:
    for bit in range(8 * len(UPDATE)):
        damaged = bytearray(UPDATE)
        damaged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(RecordRefused, match="checksum"):
            merge(DOC, CARD, bytes(damaged))
    for length in range(len(UPDATE)):
        with pytest.raises(RecordRefused, match="checksum"):
            merge(DOC, CARD, UPDATE[:length])


def test_a_damaged_state_is_refused_by_all_who_read_it() -> None:
    damaged = CARD[:-1] + bytes([CARD[-1] ^ 1])
    calls: list[Callable[[], object]] = [
        lambda: read(damaged),
        lambda: read(b""),
        lambda: state_vector(damaged),
        lambda: diff(damaged, b"\x00"),
        lambda: diff(CARD, b"\x05"),
        lambda: edit(damaged, A, EDITS),
        lambda: merge(DOC, damaged, UPDATE),
    ]
    for call in calls:
        with pytest.raises(RecordRefused):
            call()


def _outcome(worker: RecordsWorker, update: bytes) -> MergeResult | None:
    try:
        return worker.merge(DOC, CARD, update)
    except RecordRefused:
        return None


@pytest.fixture(scope="module")
def worker() -> Any:
    with RecordsWorker() as one:
        yield one


DAMAGE = st.lists(
    st.tuples(st.sampled_from(["flip", "set", "cut", "repeat"]), st.integers(0), st.integers(0)),
    min_size=1,
    max_size=4,
)


def _damaged(update: bytes, damage: list[tuple[str, int, int]]) -> bytes:
    data = bytearray(update)
    for how, where, what in damage:
        at = where % max(len(data), 1)
        match how:
            case "flip" if data:
                data[at] ^= 1 << what % 8
            case "set" if data:
                data[at] = what % 256
            case "cut":
                del data[at : at + 1 + what % 8]
            case _:
                data[at:at] = data[at : at + 1 + what % 40]
    return bytes(data)


@settings(max_examples=400)
@given(damage=DAMAGE)
def test_forged_damage_is_refused_or_leaves_a_sound_card(
    worker: RecordsWorker, damage: list[tuple[str, int, int]]
) -> None:
    """Damage with the right checksum, as an attacker makes it, in all of a real update."""
    merged = _outcome(worker, seal(_damaged(UPDATE[4:], damage)))
    if merged is None:
        return
    if merged.pending:
        assert merged.state == CARD
        return
    assert read(merged.state) == merged.card
    assert state_vector(merged.state) == merged.state_vector
    assert merge(DOC, b"", diff(merged.state, b"\x00")).card == merged.card
    assert merge(DOC, merged.state, CARD).card == merged.card


@settings(max_examples=200)
@given(data=st.binary(max_size=200))
def test_random_bytes_are_refused_or_change_nothing(worker: RecordsWorker, data: bytes) -> None:
    for update in (data, seal(data)):
        merged = _outcome(worker, update)
        assert merged is None or merged.card == read(CARD)


def test_deep_nesting_costs_one_job(worker: RecordsWorker) -> None:
    for depth in (1_000, 15_000, 29_000):
        with pytest.raises(RecordRefused):
            worker.merge(DOC, CARD, nested_arrays(depth))
        assert worker.merge(DOC, CARD, UPDATE) == merge(DOC, CARD, UPDATE)


def test_a_count_without_end_costs_one_job(worker: RecordsWorker) -> None:
    for count in (b"\xff\xff\xff\x0f", b"\xff\xff\xff\xff\x0f", b"\xff\xff\xff\xff\xff\xff\x0f"):
        for update in (seal(count), seal(b"\x01" + count + b"\x01\x00"), item(b"u" + count)):
            with pytest.raises(RecordRefused):
                worker.merge(DOC, CARD, update)
    assert worker.merge(DOC, CARD, UPDATE) == merge(DOC, CARD, UPDATE)

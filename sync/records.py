"""Records that people edit together: nothing is ever deleted, so a state vector says it all.

A removal is a write like any other. Deletions alone would not advance a state vector, and two
replicas that compare vectors would take each other for equal. Everything is bytes in, bytes out:
no document lives between two calls. This is the only module that knows pycrdt.

A state and an update are both a CRC-32, big-endian, and a Yjs update in format 1. Without the
checksum two in five damaged updates would be taken for something that nobody wrote.
"""

import hashlib
from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar
from zlib import crc32

import msgspec
import pycrdt

from sync.identity import Replica
from sync.records_card import (
    SCHEMA,
    AddNote,
    AddTag,
    Edit,
    InvalidEdit,
    MemberCard,
    RemoveNote,
    RemoveTag,
    SetField,
    Shape,
    check_doc_id,
    check_edit,
    read_card,
)
from sync.records_vector import RecordRefused, canonical, check_news, is_beyond, writes_by_writer

CLIENT_ID_MAX = 2**53 - 1

_EMPTY = b"\x00\x00"  # no writes, no deletions
_PARTS = ("meta", "fields", "tags", "notes")
_Doc = pycrdt.Doc[Any]

_T = TypeVar("_T")


class Limits(msgspec.Struct, frozen=True):
    """How large a document may be.

    A local edit may not grow a document beyond `editable_bytes`; only replicas that fill the same
    card at once reach beyond it, and a merge takes that, up to `document_bytes`: whatever a replica
    holds travels in one message. `entries` bounds the keys of a document, `writes` the writes of
    one writer.
    """

    document_bytes: int = 60_000
    editable_bytes: int = 48_000
    entries: int = 4_096
    writes: int = 1_000_000


DEFAULT_LIMITS = Limits()


class EditResult(msgspec.Struct, frozen=True):
    """A document after an edit; `update` is what others lack, empty when nothing changed."""

    state: bytes
    update: bytes
    state_vector: bytes
    card: MemberCard


class MergeResult(msgspec.Struct, frozen=True):
    """A document after a merge.

    `pending` means that the update builds on edits not seen here: nothing was taken from it, and a
    diff against `state_vector` is to be asked for. `card` is None while the document is empty.
    """

    state: bytes
    state_vector: bytes
    card: MemberCard | None
    pending: bool


def client_id(replica: Replica, doc_id: str) -> int:
    """Name the writer that one life of a node is in one document, as a 53-bit integer.

    A new life is a new writer: ids that are reused after a restore make edits vanish.
    """
    seed = f"{replica} {doc_id}".encode()
    return int.from_bytes(hashlib.blake2b(seed, digest_size=8).digest(), "big") & CLIENT_ID_MAX


def new_card(doc_id: str, client_id: int) -> bytes:
    """Make the state of an empty member card; only for a `doc_id` that exists nowhere yet.

    Raises `InvalidEdit` when `doc_id` is not of the form `member/<uuid>`.
    """
    check_doc_id(doc_id)
    doc = _load(b"", client_id)
    with doc.transaction():
        doc["meta"]["id"] = doc_id
        doc["meta"]["schema"] = SCHEMA
    return _seal(doc.get_update())


def edit(
    state: bytes, client_id: int, edits: Sequence[Edit], limits: Limits = DEFAULT_LIMITS
) -> EditResult:
    """Apply `edits` in order, all or none, as the writer `client_id`.

    `state` must be durable: a second edit of the same older state by the same writer would give one
    name to two writes. Raises `InvalidEdit` naming the input to correct, `RecordRefused` when
    `state` is damaged.
    """
    for one in edits:
        check_edit(one)
    doc = _guarded("stored document", lambda: _load(state, client_id))
    before = canonical(doc.get_state())
    with doc.transaction():
        for one in edits:
            _write(doc, client_id, one)
    card = _guarded("stored document", lambda: read_card(_shape(doc, limits)))
    vector = canonical(doc.get_state())
    if vector == before:
        return EditResult(state, b"", before, card)
    new_state = _seal(doc.get_update())
    room = limits.editable_bytes if any(map(_grows, edits)) else limits.document_bytes
    if len(new_state) > room:
        raise InvalidEdit("card", f"full at {room} bytes: remove notes that are no longer needed")
    return EditResult(new_state, _seal(doc.get_update(before)), vector, card)


def state_vector(state: bytes) -> bytes:
    """Say what `state` holds: how many writes of each writer. Raises `RecordRefused`."""
    return _guarded("stored document", lambda: canonical(_load(state).get_state()))


def diff(state: bytes, state_vector: bytes) -> bytes:
    """Give the update that brings a holder of `state_vector` up to `state`.

    It is no larger than `state`. Raises `RecordRefused` when either is damaged.
    """
    writes_by_writer(state_vector)
    return _seal(_guarded("stored document", lambda: _load(state).get_update(state_vector)))


def read(state: bytes, limits: Limits = DEFAULT_LIMITS) -> MemberCard:
    """Read the member card in `state`; raises `RecordRefused` when there is none."""
    return _guarded("stored document", lambda: read_card(_shape(_load(state), limits)))


def merge(
    doc_id: str,
    state: bytes,
    update: bytes,
    limits: Limits = DEFAULT_LIMITS,
    writers: Collection[int] | None = None,
) -> MergeResult:
    """Merge a received `update` of the document `doc_id` into `state` (empty when not yet known).

    Order and repetition of updates do not matter. `writers` are the client ids whose writes the
    sender may bring news of (None: any); without it a sender could write in another's name, and the
    other's next edit would be taken for known. Raises `RecordRefused` and changes nothing when the
    update is damaged, too large, or leaves anything but a member card. Hostile updates can kill
    the process: only `sync.records_worker` should call this with bytes from outside.
    """
    if max(len(update), len(state)) > limits.document_bytes:
        raise RecordRefused(f"an update may have at most {limits.document_bytes} bytes")
    return _guarded("update", lambda: _merge(doc_id, state, update, limits, writers))


def _merge(
    doc_id: str, state: bytes, update: bytes, limits: Limits, writers: Collection[int] | None
) -> MergeResult:
    scratch = _load(state)
    before, shape_before = canonical(scratch.get_state()), _shape(scratch, limits)
    news = _unseal(update)
    scratch.apply_update(news)
    new_state = _seal(scratch.get_update())
    if len(new_state) > limits.document_bytes:
        raise RecordRefused(f"the document would exceed {limits.document_bytes} bytes")
    stored = _load(new_state)  # what is judged is what will be kept
    vector = canonical(stored.get_state())
    # An update may build on nothing unseen and still not be the beginning of a document.
    is_partial = len(stored["meta"]) == 0 and vector != before
    pending = is_partial or is_beyond(pycrdt.get_update(news, vector), vector)
    if pending or vector == before:
        card = read_card(shape_before) if state else None
        return MergeResult(state, before, card, pending)
    check_news(before, vector, limits.writes, writers)
    shape = _shape(stored, limits)
    if any(shape_before[part].keys() - shape[part].keys() for part in _PARTS):
        raise RecordRefused("an entry was deleted: entries are only ever overwritten")
    card = read_card(shape)
    if card.doc_id != doc_id:
        raise RecordRefused(f"it belongs to {card.doc_id}, not to {doc_id}")
    return MergeResult(new_state, vector, card, pending)


def _guarded(what: str, action: Callable[[], _T]) -> _T:
    """Run `action` on bytes that may be hostile; whatever it raises becomes `RecordRefused`.

    A panic of the native code arrives as a BaseException that no `except Exception` sees. The
    verdict is raised outside the handler, so that it keeps no native object alive.
    """
    try:
        return action()
    except (RecordRefused, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as failure:  # noqa: BLE001 — see above
        reason = f"no acceptable {what}: {type(failure).__name__}: {str(failure)[:200]}"
    raise RecordRefused(reason)


def _load(state: bytes, client_id: int = 0) -> _Doc:
    doc: _Doc = pycrdt.Doc(client_id=client_id)
    for part in _PARTS:
        doc[part] = pycrdt.Map()
    doc.apply_update(_unseal(state) if state else _EMPTY)
    return doc


def _seal(update: bytes) -> bytes:
    return crc32(update).to_bytes(4, "big") + update


def _unseal(sealed: bytes) -> bytes:
    update = sealed[4:]
    if sealed != _seal(update):
        raise RecordRefused("damaged: the checksum does not match")
    return update


def _write(doc: _Doc, client_id: int, edit: Edit) -> None:
    tags, notes = doc["tags"], doc["notes"]
    match edit:
        case SetField(field, value):
            if doc["fields"].get(field, "") != value:
                doc["fields"][field] = value
        case AddTag(tag):
            if tag not in tags.values():
                prefix = f"{client_id:x}."
                mine = sum(key.startswith(prefix) for key in tags)
                tags[f"{prefix}{mine:x}"] = tag
        case RemoveTag(tag):
            for key in [key for key, held in tags.items() if held == tag]:
                tags[key] = None
        case AddNote(note):
            content = [note.at_ms, note.author, note.text]
            if note.id not in notes:
                notes[note.id] = content
            elif notes[note.id] != content:
                raise InvalidEdit("note.id", "another note has this id: choose a new one")
        case RemoveNote(note_id):
            if note_id not in notes:
                raise InvalidEdit("note_id", "there is no such note on this card")
            if notes[note_id] is not None:
                notes[note_id] = None


def _grows(edit: Edit) -> bool:
    match edit:
        case SetField(value=value):
            return bool(value)
        case AddTag() | AddNote():
            return True
        case _:
            return False


def _shape(doc: _Doc, limits: Limits) -> Shape:
    """Take the plain values out of `doc`, refusing whatever a card can't hold."""
    extra = set(doc.keys()) - set(_PARTS)
    if extra:
        raise RecordRefused(f"unknown part {min(extra)!r:.80}")
    shape: dict[str, dict[str, object]] = {}
    with doc.transaction():
        for part in _PARTS:
            entries = doc[part]
            if len(doc.get(part, type=pycrdt.Array)):
                raise RecordRefused(f"{part} holds a sequence")
            if len(entries) > limits.entries:
                raise RecordRefused(f"{part} has more than {limits.entries} entries")
            shape[part] = {key: _plain(part, key, entries[key]) for key in entries}
    return shape


def _plain(part: str, key: str, value: object) -> object:
    match part, value:
        case (("fields" | "meta" | "tags"), str()):
            return value
        case (("tags" | "notes"), None):
            return None
        case "meta", float():
            return _integer(value)
        case "notes", [float() as at_ms, str() as author, str() as text]:
            return [_integer(at_ms), author, text]
    raise RecordRefused(f"{part}.{key:.80} holds a value of the wrong kind")


def _integer(number: float) -> int:
    """Undo the float that pycrdt makes of an integer (exact below 2**53)."""
    if not number.is_integer() or abs(number) > CLIENT_ID_MAX:
        raise RecordRefused(f"{number} is no integer")
    return int(number)

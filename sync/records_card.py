"""A member card: what may stand on it, judged the same way whether typed here or received.

Every value is a short text. Lengths are in characters, times in milliseconds since 1970 (UTC).
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from sync.records_vector import RecordRefused

SCHEMA = 1
AT_MS_MAX = 253_402_300_799_999  # the last millisecond of the year 9999
TAG_CHARS = 64
AUTHOR_CHARS = 100
NOTE_CHARS = 2_000

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CONTROL_IN_NOTE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_DOC_ID = re.compile(r"member/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ADD_ID = re.compile(r"[0-9a-f]{1,14}\.[0-9a-f]{1,8}")
_NOTE_ID = re.compile(r"[0-9A-Za-z-]{1,64}")
_LONG_NUMBER = re.compile(r"(?<![0-9])[2-6](?:[ -]?[0-9]){14,18}(?![0-9])")


class InvalidEdit(ValueError):  # noqa: N818 — named for what the person did, as the field's forms do
    """An edit that may not be made; `field` says which input to correct, `reason` how."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class FieldRule(NamedTuple):
    """What one field takes: at most `chars` characters, of the form `pattern`, shown by `hint`."""

    chars: int
    pattern: re.Pattern[str]
    hint: str


_ANY = re.compile(r".*")
_YES_NO = FieldRule(3, re.compile(r"yes|no"), "write yes or no")

FIELDS: Mapping[str, FieldRule] = {
    "name": FieldRule(200, _ANY, "write the name as the member does"),
    "phone": FieldRule(
        40, re.compile(r"\+?[0-9][0-9 ()/.-]{2,}"), "write digits, such as +44 20 7946 0958"
    ),
    "email": FieldRule(
        254, re.compile(r"[^@\s]+@[^@\s]+"), "write one address, such as a@example.org"
    ),
    "language": FieldRule(
        35,
        re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*"),
        "write a language tag, such as en or zh-Hans",
    ),
    "birthday": FieldRule(
        10,
        re.compile(r"([0-9]{4}|-)-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"),
        "write YYYY-MM-DD, or --MM-DD without the year",
    ),
    "consent_email": _YES_NO,
    "consent_phone": _YES_NO,
    "consent_post": _YES_NO,
    "consent_profile": _YES_NO,
}


class Note(msgspec.Struct, frozen=True):
    """One remark on a card, written at `at_ms` by `author`; it is never changed, only removed."""

    id: str
    at_ms: int
    author: str
    text: str


class MemberCard(msgspec.Struct, frozen=True):
    """A member card as read: an empty field was never set or was cleared.

    Tags are sorted; notes are in order of time, then id.
    """

    doc_id: str
    name: str = ""
    phone: str = ""
    email: str = ""
    language: str = ""
    birthday: str = ""
    consent_email: str = ""
    consent_phone: str = ""
    consent_post: str = ""
    consent_profile: str = ""
    tags: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


class SetField(msgspec.Struct, frozen=True, tag="set_field"):
    """Write one of `FIELDS`; an empty value clears it."""

    field: str
    value: str


class AddTag(msgspec.Struct, frozen=True, tag="add_tag"):
    """Put a tag on the card; one already there stays as it is."""

    tag: str


class RemoveTag(msgspec.Struct, frozen=True, tag="remove_tag"):
    """Take a tag off; an addition elsewhere that was not yet seen here survives."""

    tag: str


class AddNote(msgspec.Struct, frozen=True, tag="add_note"):
    """Append a note; repeating the same note changes nothing."""

    note: Note


class RemoveNote(msgspec.Struct, frozen=True, tag="remove_note"):
    """Erase a note's text everywhere; its id stays taken."""

    note_id: str


Edit = SetField | AddTag | RemoveTag | AddNote | RemoveNote


Shape = Mapping[str, Mapping[str, object]]
"""The plain values of a document by part and key; parts are meta, fields, tags and notes."""


class _Parts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    meta: "_Meta"
    fields: dict[str, str]
    tags: dict[str, str | None]
    notes: dict[str, tuple[int, str, str] | None]


class _Meta(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    schema: int


def read_card(shape: Shape) -> MemberCard:
    """Read a card out of a document's plain values, checking each as an edit is checked.

    A tag or a note that was removed is None. Raises `InvalidEdit`, `RecordRefused` or
    `msgspec.ValidationError` on anything that is no card.
    """
    parts = msgspec.convert(shape, _Parts)
    check_doc_id(parts.meta.id)
    if parts.meta.schema != SCHEMA:
        raise RecordRefused(f"schema {parts.meta.schema} is not read here: update this software")
    for field, value in parts.fields.items():
        check_field(field, value)
    for add_id in parts.tags:
        if not _ADD_ID.fullmatch(add_id):
            raise RecordRefused(f"tags.{add_id:.80} is no tag entry")
    tags = {tag for tag in parts.tags.values() if tag is not None}
    for tag in tags:
        check_tag(tag)
    notes = [Note(note_id, *value) for note_id, value in parts.notes.items() if value is not None]
    for note in notes:
        check_note(note)
    notes.sort(key=lambda note: (note.at_ms, note.id))
    return MemberCard(parts.meta.id, **parts.fields, tags=tuple(sorted(tags)), notes=tuple(notes))


def check_doc_id(doc_id: str) -> None:
    """Raise `InvalidEdit` unless `doc_id` is `member/` and a lower-case UUID."""
    if not _DOC_ID.fullmatch(doc_id):
        raise InvalidEdit("doc_id", "write member/ and a lower-case UUID")


def check_field(field: str, value: str) -> None:
    """Raise `InvalidEdit` unless `field` is known and may hold `value` (empty is always fine)."""
    rule = FIELDS.get(field)
    if rule is None:
        raise InvalidEdit(field, f"no such field; choose one of {', '.join(FIELDS)}")
    if value:
        _check_text(field, value, rule.chars, _CONTROL)
        if not rule.pattern.fullmatch(value):
            raise InvalidEdit(field, rule.hint)


def check_tag(tag: str) -> None:
    """Raise `InvalidEdit` unless `tag` is one line of 1 to 64 characters without outer spaces."""
    _check_text("tag", tag, TAG_CHARS, _CONTROL)


def check_note(note: Note) -> None:
    """Raise `InvalidEdit` naming the part of `note` that may not stand on a card."""
    if not _NOTE_ID.fullmatch(note.id):
        raise InvalidEdit("note.id", "write 1 to 64 letters, digits or hyphens, such as a UUID")
    if not 0 <= note.at_ms <= AT_MS_MAX:
        raise InvalidEdit("note.at_ms", "write milliseconds since 1970")
    _check_text("note.author", note.author, AUTHOR_CHARS, _CONTROL)
    _check_text("note.text", note.text, NOTE_CHARS, _CONTROL_IN_NOTE)


def check_edit(edit: Edit) -> None:
    """Raise `InvalidEdit` unless `edit` may be made, whatever the card holds.

    A payment card number is refused in free text: it must never be written down.
    """
    match edit:
        case SetField(field, value):
            check_field(field, value)
            _refuse_card_number(field, value)
        case AddTag(tag) | RemoveTag(tag):
            check_tag(tag)
            _refuse_card_number("tag", tag)
        case AddNote(note):
            check_note(note)
            _refuse_card_number("note.text", note.text)
        case RemoveNote():
            pass


def _check_text(field: str, text: str, chars_max: int, control: re.Pattern[str]) -> None:
    if not text or text != text.strip():
        raise InvalidEdit(field, "write something, without spaces before or after it")
    if len(text) > chars_max:
        raise InvalidEdit(field, f"write at most {chars_max} characters, not {len(text)}")
    if control.search(text):
        raise InvalidEdit(field, "leave out control characters")


def _refuse_card_number(field: str, text: str) -> None:
    for match in _LONG_NUMBER.finditer(text):
        digits = [int(char) for char in reversed(match.group()) if char.isdigit()]
        # Luhn, ISO/IEC 7812-1 annex B: every second digit doubled, its own digits summed.
        doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
        if (sum(digits[::2]) + sum(doubled)) % 10 == 0:
            raise InvalidEdit(field, "this looks like a payment card number: leave it out")

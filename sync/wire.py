"""One envelope carries every message: who, which life, which session, which number, intact or not.

`[version, origin, session, to, number, packed, body, crc32]` as a MessagePack array, the body a
tagged array of its own, compressed with zstd where that is shorter. Everything has a limit, and
whatever breaks one is a WireError with a reason, never a crash.
"""

from typing import Annotated, Final
from zlib import crc32

import msgspec
import zstandard

from sync.identity import Replica
from sync.journal import Batch
from sync.topics import Lane
from sync.values import Count, CountOrNone, Sku

VERSION: Final = 1
MESSAGE_MAX_BYTES: Final = 65_536
BODY_MAX_BYTES: Final = 262_144
_COMPRESS_FROM_BYTES = 160

Text = Annotated[str, msgspec.Meta(max_length=1_000)]


class WireError(ValueError):
    """A payload that is no message; the text is the reason written into quarantine."""


class Message(msgspec.Struct, array_like=True, frozen=True):
    """Anything a session says."""


class Holding(msgspec.Struct, array_like=True, frozen=True):
    """What a replica holds of one journal, and the author's public key where it knows it."""

    journal: str
    seq: Count
    hash: bytes
    key: bytes = b""


class Hello(Message, frozen=True, tag=1):
    """Opens a session: who I am and everything I hold.

    `birth` is 16 random bytes drawn when this life began; `have_quantities` and `have_records` are
    the versions of the *receiver's* streams that are committed here; `answer` is False when a
    hello is wanted back.
    """

    protocol: int
    birth: Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
    key: Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
    software: Text
    at_ms: Count
    holdings: list[Holding]
    stream: str
    have_quantities: Count
    have_records: Count
    answer: bool


class Have(msgspec.Struct, array_like=True, frozen=True):
    """Committed here: facts of a journal up to `seq`.

    `rewind` asks to be sent what follows once more; `halted` says that what follows contradicts
    what is held, lies in quarantine and should not be sent again in this session.
    """

    journal: str
    seq: Count
    rewind: bool = False
    halted: bool = False


class Progress(Message, frozen=True, tag=2):
    """What is committed here (the only acknowledgement there is), and how far my own state goes.

    Without news it is a heartbeat: a receiver that holds `quantity_version` knows that its numbers
    were right at `at_ms`. -1 for `have_quantities` or `have_records` says nothing about them;
    `again_records` asks for the record offer once more, now that its differences are merged.
    """

    at_ms: Count
    have: list[Have]
    have_quantities: CountOrNone
    rewind_quantities: bool
    have_records: CountOrNone
    again_records: bool
    quantity_version: Count


class RowGroup(msgspec.Struct, array_like=True, frozen=True):
    """Counter rows written by one author, counting its facts up to `covers`; see `pack_rows`."""

    author: str
    covers: Count
    rows: bytes


class Delta(Message, frozen=True, tag=3):
    """Counter rows of one store that changed in the sender's versions (since, through].

    SKU numbers are the sender's own; `skus` defines the numbers the receiver can't know yet.
    `complete`: at `through` the sender had nothing newer, and its state was that of `at_ms`.
    """

    since: Count
    through: Count
    complete: bool
    at_ms: Count
    skus: list[tuple[Count, Sku]]
    groups: list[RowGroup]


class Facts(Message, frozen=True, tag=4):
    """A batch of a journal."""

    batch: Batch


class RecordOffer(Message, frozen=True, tag=5):
    """Documents that changed in the sender's record versions (since, through], by state vector.

    An empty state vector asks for a document. `complete`: at `through` there was nothing newer.
    """

    since: Count
    through: Count
    documents: list[tuple[str, bytes]]
    complete: bool = False


class RecordWant(Message, frozen=True, tag=6):
    """Documents of an offer that hold news for the receiver, with its own state vectors."""

    documents: list[tuple[str, bytes]]


class RecordDiff(Message, frozen=True, tag=7):
    """What a document has beyond the state vector it was wanted with."""

    document: str
    update: bytes


class Refused(Message, frozen=True, tag=8):
    """Headquarters accepts nothing from this life any more; `reason` says what to do."""

    reason: Text


AnyMessage = Hello | Progress | Delta | Facts | RecordOffer | RecordWant | RecordDiff | Refused

LANE_OF: dict[type[Message], Lane] = {
    Hello: Lane.HELLO,
    Refused: Lane.HELLO,
    Progress: Lane.PROGRESS,
    Delta: Lane.QUANTITIES,
    Facts: Lane.FACTS,
    RecordOffer: Lane.RECORDS,
    RecordWant: Lane.RECORDS,
    RecordDiff: Lane.RECORDS,
}


class _Frame(msgspec.Struct, array_like=True, frozen=True):
    version: int
    origin: str
    session: int
    to: int
    number: int
    packed: bool
    body: bytes
    crc: int


class Envelope(msgspec.Struct, frozen=True):
    """An opened message with its origin; `number` orders what was said in one `session`.

    `to` is the session of the process it is meant for, 0 where the sender knows none: several
    lives of a store may listen on one topic, and a copy from an earlier process may come late.
    """

    origin: Replica
    session: int
    to: int
    number: int
    message: AnyMessage


_encode = msgspec.msgpack.Encoder().encode
_decode_frame = msgspec.msgpack.Decoder(_Frame).decode
_decode_message = msgspec.msgpack.Decoder(AnyMessage).decode


def _checksum(origin: str, session: int, to: int, number: int, body: bytes) -> int:
    return crc32(body, crc32(f"{origin}\0{session}\0{to}\0{number}".encode()))


def seal(origin: Replica, session: int, to: int, number: int, message: AnyMessage) -> bytes:
    """Encode a message into a payload; raise WireError where it would break a limit."""
    body = _encode(message)
    if len(body) > BODY_MAX_BYTES:
        raise WireError(f"a body of {len(body)} bytes is over the limit of {BODY_MAX_BYTES}")
    packed = False
    if len(body) >= _COMPRESS_FROM_BYTES:
        shorter = zstandard.ZstdCompressor(level=3).compress(body)
        packed = len(shorter) < len(body)
        body = shorter if packed else body
    crc = _checksum(str(origin), session, to, number, body)
    payload = _encode(_Frame(VERSION, str(origin), session, to, number, packed, body, crc))
    if len(payload) > MESSAGE_MAX_BYTES:
        raise WireError(f"a message of {len(payload)} bytes is over {MESSAGE_MAX_BYTES}")
    return payload


def unseal(payload: bytes) -> Envelope:
    """Decode a payload; raise WireError with the reason on anything that is not a whole message."""
    if len(payload) > MESSAGE_MAX_BYTES:
        raise WireError(f"oversized: {len(payload)} bytes, at most {MESSAGE_MAX_BYTES}")
    try:
        frame = _decode_frame(payload)
        if frame.version != VERSION:
            raise WireError(f"version {frame.version} is not spoken here")
        crc = _checksum(frame.origin, frame.session, frame.to, frame.number, frame.body)
        if frame.crc != crc:
            raise WireError("the checksum does not match: damaged on the way")
        origin = Replica.parse(frame.origin)
        body = _unpack(frame.body) if frame.packed else frame.body
        message = _decode_message(body)
    except WireError:
        raise
    except (msgspec.MsgspecError, ValueError, RecursionError, zstandard.ZstdError) as error:
        raise WireError(f"malformed: {error}") from None
    return Envelope(origin, frame.session, frame.to, frame.number, message)


def _unpack(body: bytes) -> bytes:
    size = zstandard.frame_content_size(body)
    if not 0 <= size <= BODY_MAX_BYTES:
        raise WireError(f"a compressed body announces {size} bytes, at most {BODY_MAX_BYTES}")
    return zstandard.ZstdDecompressor().decompress(body, max_output_size=BODY_MAX_BYTES)

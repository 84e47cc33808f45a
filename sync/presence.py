"""A birth or last will names the process it speaks for: a will that comes late concerns nobody.

Presence only makes a cut visible sooner; nothing relies on it.
"""

import msgspec


class Presence(msgspec.Struct, frozen=True):
    """What a retained presence topic says, as JSON; `session` is the process' session number."""

    online: bool
    session: int
    software: str = ""


_decode = msgspec.json.Decoder(Presence).decode


def encode_presence(presence: Presence) -> bytes:
    """Encode a birth or will."""
    return msgspec.json.encode(presence)


def decode_presence(payload: bytes) -> Presence:
    """Decode a birth or will; raise ValueError on anything else."""
    try:
        return _decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"no presence: {error}") from None

"""An author signs the head of its journal: a chain alone shows a change, a signature shows whose.

Ed25519 (RFC 8032) over a statement that names journal, sequence and hash.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEY_BYTES = 32
SIGNATURE_BYTES = 64


class Signer:
    """Signs statements with one replica's private key (32 bytes)."""

    def __init__(self, private_key: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(private_key)
        self.public_key = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, statement: bytes) -> bytes:
        """Return the 64-byte signature of a statement."""
        return self._key.sign(statement)


def is_signed(public_key: bytes, statement: bytes, signature: bytes) -> bool:
    """Whether the signature is this key's over this statement; malformed input is simply not."""
    if len(public_key) != KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, statement)
    except (InvalidSignature, ValueError):
        return False
    return True

"""Turn the kernel's key events of a USB keyboard-wedge scanner into the bytes it typed.

The port grabs the event device, so Shift is read from the same stream as the keys and cannot be
lost; letters come out as the US layout has them, which is what scanners type. Prefer the
scanner's CDC serial mode where it has one. Layout of an event: linux/input.h (64-bit).
"""

import struct

EVENT = struct.Struct("@llHHi")
EV_SYN, EV_KEY = 0, 1
SYN_DROPPED = 3
RELEASED, PRESSED = 0, 1
SHIFT, CONTROL = frozenset({42, 54}), frozenset({29, 97})

_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
    (15, "\t", "\t"),
    (28, "\r", "\r"),
    (96, "\r", "\r"),
    (71, "789-456+1230.", "789-456+1230."),
    (55, "*", "*"),
    (98, "/", "/"),
)
PLAIN = {first + at: key for first, keys, _ in _ROWS for at, key in enumerate(keys)}
SHIFTED = {first + at: key for first, _, keys in _ROWS for at, key in enumerate(keys)}


class HidKeys:
    """Key events in, typed bytes out."""

    def __init__(self) -> None:
        self._partial = b""
        self._held: set[int] = set()

    def reset(self) -> None:
        """Forget half an event and every held key."""
        self._partial = b""
        self._held.clear()

    def feed(self, data: bytes) -> bytes:
        """Take bytes of ``struct input_event`` in any pieces; return what was typed."""
        data = self._partial + data
        whole = len(data) - len(data) % EVENT.size
        self._partial = data[whole:]
        typed = bytearray()
        for _, _, kind, code, value in EVENT.iter_unpack(data[:whole]):
            if kind == EV_KEY:
                typed += self._key(code, value)
            elif kind == EV_SYN and code == SYN_DROPPED:
                self._held.clear()  # the kernel lost events, perhaps a released Shift
        return bytes(typed)

    def _key(self, code: int, value: int) -> bytes:
        if code in SHIFT or code in CONTROL:
            if value == RELEASED:
                self._held.discard(code)
            else:
                self._held.add(code)
            return b""
        if value != PRESSED:
            return b""
        key = (SHIFTED if self._held & SHIFT else PLAIN).get(code, "")
        if key and self._held & CONTROL:
            return bytes([ord(key.upper()) & 0x1F])  # Ctrl+] is how scanners type GS
        return key.encode("ascii")


def type_keys(text: str) -> bytes:
    """Return the key events of a scanner typing ``text`` (ASCII); the inverse of `HidKeys`."""
    codes = {key: (code, False) for code, key in reversed(PLAIN.items())}
    for code, key in SHIFTED.items():
        codes.setdefault(key, (code, True))
    events: list[tuple[int, int]] = []
    for character in text:
        control = ord(character) < 32 and character not in "\r\t"
        code, shifted = (
            codes["\r" if character == "\n" else character]
            if not control
            else (codes[chr(ord(character) | 0x40).lower()])
        )
        hold = [29] if control else [42] if shifted else []
        events += [(key, PRESSED) for key in (*hold, code)]
        events += [(key, RELEASED) for key in (code, *hold)]
    return b"".join(EVENT.pack(0, 0, EV_KEY, code, value) for code, value in events)

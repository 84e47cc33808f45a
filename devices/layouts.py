"""Ready-made labels for a shelf and for a parcel: only texts and codes go in, sizes are worked out.

A long name is made smaller, and cut if even that does not help.
"""

from devices.bitmap import Symbol
from devices.charset import columns
from devices.zpl import Label, LabelBox, LabelCode, LabelText, Part

SMALLEST_MM = 2.2


def _line(x_mm: float, y_mm: float, room_mm: float, height_mm: float, text: str) -> LabelText:
    """A text in ``room_mm``: about half as wide as high per column in the printer's font."""
    wide = max(1, columns(text))
    fitting = max(SMALLEST_MM, min(height_mm, 2 * room_mm / wide))
    most = int(2 * room_mm / fitting + 1e-6)
    while columns(text) > most:
        text = text[:-1]
    return LabelText(x_mm, y_mm, fitting, text)


def shelf_label(name: str, price: str, code: str, *, note: str = "") -> Label:
    """Return a 60 × 40 mm shelf label. ``code`` is an EAN-13 or EAN-8, or any other text."""
    symbol = {13: Symbol.EAN13, 8: Symbol.EAN8}.get(len(code), Symbol.CODE128)
    if not code.isdigit():
        symbol = Symbol.CODE128
    parts: list[Part] = [
        _line(3, 2, 54, 4.5, name),
        _line(3, 8, 54, 9, price),
        LabelCode(6, 22, 10, symbol, code),
    ]
    if note:
        parts.append(_line(3, 18, 54, 3, note))
    return Label(60, 40, tuple(parts))


def goods_label(name: str, price: str, link: str, notes: tuple[str, ...]) -> Label:
    """Return a 60 × 40 mm label for a single piece: at most three ``notes``, a link as QR code."""
    lines = [note for note in notes[:3] if note]
    parts: list[Part] = [
        _line(3, 2, 54, 4.5, name),
        _line(3, 9, 33, 8, price),
        *(_line(3, 20 + 5 * at, 33, 3.5, line) for at, line in enumerate(lines)),
        LabelCode(37, 10, 20, Symbol.QR, link),
    ]
    return Label(60, 40, tuple(parts))


def parcel_label(sender: tuple[str, ...], recipient: tuple[str, ...], code: str) -> Label:
    """Return a 100 × 75 mm parcel label: at most three lines of sender, six of recipient."""
    parts: list[Part] = [
        *(_line(5, 4 + 3.5 * at, 90, 3, line) for at, line in enumerate(sender[:3])),
        LabelBox(5, 15, 90, 0.3),
        *(_line(5, 18 + 6 * at, 90, 5, line) for at, line in enumerate(recipient[:6])),
        LabelCode(8, 56, 12, Symbol.CODE128, code),
    ]
    return Label(100, 75, tuple(parts))

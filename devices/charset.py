"""Which characters a receipt printer can print, how wide each is, and as which bytes.

One column: ASCII and Windows-1252. Two columns: Chinese, as the two-byte part of GB18030 between
``FS &`` and ``FS .``. Anything else, control characters included, becomes a question mark, so
that no product name can command the printer. ``¥`` is printed as ``￥``, which every printer has.
"""

CHINESE_ON, CHINESE_OFF = b"\x1c\x26", b"\x1c\x2e"


def _encode(character: str) -> bytes:
    """One byte, two bytes, or none if it cannot be printed."""
    if character < " " or "\x7f" <= character < "\xa0":
        return b""
    try:
        return character.encode("cp1252")
    except UnicodeEncodeError:
        pass
    try:
        code = character.encode("gb18030")
    except UnicodeEncodeError:  # lone surrogates
        return b""
    return code if len(code) == 2 else b""


def printable(text: str) -> str:
    """The text as it will be printed."""
    text = text.replace("¥", "￥").replace("\t", " ").replace("\xa0", " ")
    return "".join(character if _encode(character) else "?" for character in text)


def columns(text: str) -> int:
    """Width of printable text in columns."""
    return sum(len(_encode(character)) for character in text)


def to_bytes(text: str) -> bytes:
    """Printable text as the printer wants it."""
    out = bytearray()
    chinese = False
    for character in text:
        code = _encode(character) or b"?"
        if (len(code) == 2) is not chinese:
            chinese = not chinese
            out += CHINESE_ON if chinese else CHINESE_OFF
        out += code
    return bytes(out + CHINESE_OFF if chinese else out)


def wrap(text: str, width: int) -> list[str]:
    """Break printable text into lines of at most ``width`` columns, at spaces where there are.

    Raises ValueError if ``width`` cannot hold one Chinese character.
    """
    if width < 2:
        raise ValueError("a line must be at least two columns wide")
    lines: list[str] = []
    line, used = "", 0
    for character in text:
        size = columns(character)
        if used + size > width:
            head, space, tail = line.rpartition(" ")
            if character == " ":
                lines.append(line)
                line, used = "", 0
                continue
            if space and head.strip():
                lines.append(head)
                line, used = tail, columns(tail)
            else:
                lines.append(line)
                line, used = "", 0
        line += character
        used += size
    return [*lines, line]

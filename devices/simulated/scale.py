"""A simulated scale that speaks any of the five protocols."""

from dataclasses import dataclass
from enum import StrEnum

from devices.scales.cas import block_check
from devices.simulated.peer import Peer


class Speaks(StrEnum):
    """The protocols a simulated scale knows."""

    MT8217 = "8217"
    NCI = "nci-ecr"
    DIALOG06 = "dialog 06"
    CAS = "cas"
    MTSICS = "mt-sics"


@dataclass
class Platter:
    """What lies on the scale and what is wrong with it; change it at any time."""

    weight_g: int = 0
    unstable: bool = False
    over: bool = False
    under: bool = False
    net: bool = False
    broken: bool = False
    silent: bool = False
    wrong_checksum: bool = False
    asks_check_sums: bool = False


class ScalePeer(Peer):
    """Answers as its protocol demands. ``put`` lays something on it."""

    def __init__(self, speaks: Speaks) -> None:
        super().__init__()
        self.speaks = speaks
        self.platter = Platter()
        self.prices: list[int] = []
        self._heard = bytearray()

    def put(self, weight_g: int) -> None:
        """Lay goods on the platter (0 empties it)."""
        self.platter.weight_g = weight_g

    def receive(self, data: bytes, now: float) -> None:
        """Take the till's questions."""
        super().receive(data, now)
        self._heard += data
        if self.platter.silent:
            self._heard.clear()
            return
        {
            Speaks.MT8217: self._mt8217,
            Speaks.NCI: self._nci,
            Speaks.DIALOG06: self._dialog06,
            Speaks.CAS: self._cas,
            Speaks.MTSICS: self._mtsics,
        }[self.speaks]()

    def _take(self, question: bytes) -> bool:
        place = self._heard.find(question)
        if place < 0:
            return False
        del self._heard[: place + len(question)]
        return True

    @property
    def _kg(self) -> str:
        return f"{self.platter.weight_g / 1000:06.3f}"

    def _bits(self, *flags: bool) -> int:
        return sum(1 << place for place, flag in enumerate(flags) if flag)

    def _mt8217(self) -> None:
        while self._take(b"W"):
            lies = self.platter
            bad = self._bits(lies.unstable, lies.over, lies.under, lies.broken)
            if bad:
                status = bad | self._bits(False, False, False, False, False, lies.net) | 0x40
                self._send(b"\x02?" + bytes([status]) + b"\r")
            else:
                self._send(f"\x02{self._kg}{'N' if lies.net else ''}\r".encode())

    def _nci(self) -> None:
        while self._take(b"W\r"):
            lies = self.platter
            first = self._bits(lies.unstable, lies.weight_g == 0, lies.broken)
            second = self._bits(lies.under, lies.over)
            weight = "" if lies.under or lies.over or lies.broken else f"\n{self._kg}KG\r"
            self._send(f"{weight}\nS{chr(0x30 | first)}{chr(0x30 | second)}\r\x03".encode())

    def _dialog06(self) -> None:
        while self._heard:
            lies = self.platter
            if self._heard.startswith(b"\x04\x0201\x1b"):
                if len(self._heard) < 13:
                    return
                self.prices.append(int(self._heard[5:11]))
                del self._heard[:13]
                check_sums = b"\x0211\x1b2A7\x03"
                self._send(check_sums if lies.asks_check_sums else b"\x06")
            elif self._heard.startswith(b"\x04\x05"):
                del self._heard[:2]
                self._send(self._record_02() if self._dialog_status() == "00" else b"\x15")
            elif self._heard.startswith(b"\x04\x0208\x03"):
                del self._heard[:5]
                self._send(f"\x0209\x1b{self._dialog_status()}\x03".encode())
            elif len(self._heard) > 1 or self._heard[0] != 0x04:
                del self._heard[:1]
            else:
                return

    def _dialog_status(self) -> str:
        lies = self.platter
        states = ((lies.broken, "01"), (lies.over, "32"), (lies.under, "31"), (lies.unstable, "20"))
        return next((code for flag, code in states if flag), "30" if lies.weight_g == 0 else "00")

    def _record_02(self) -> bytes:
        price = self.prices[-1] if self.prices else 0
        amount = (price * self.platter.weight_g + 500) // 1000
        return (
            f"\x0202\x1b3\x1b{self.platter.weight_g:05}\x1b{price:06}\x1b{amount:06}\x03".encode()
        )

    def _cas(self) -> None:
        for byte in bytes(self._heard):
            if byte == 0x05:
                self._send(b"\x06")
            elif byte == 0x11:
                lies = self.platter
                state = "F" if lies.over else "U" if lies.unstable else "X" if lies.broken else "S"
                body = f"{state}{'-' if lies.under else ' '}{self._kg}kg".encode()
                check = block_check(body) ^ (0x55 if lies.wrong_checksum else 0)
                self._send(b"\x01\x02" + body + bytes([check]) + b"\x03\x04")
        self._heard.clear()

    def _mtsics(self) -> None:
        while self._take(b"SI\r\n"):
            lies = self.platter
            word = "ES" if lies.broken else "S +" if lies.over else "S -" if lies.under else ""
            state = "D" if lies.unstable else "S"
            self._send(f"{word or f'S {state} {self._kg:>10} kg'}\r\n".encode())

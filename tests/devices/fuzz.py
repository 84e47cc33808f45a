"""Throw hostile bytes at every codec: none may raise, none may grow without bound.

``python -m tests.devices.fuzz --cases 1000000`` runs the long form; the tests run a short one.
A failure prints its seed; ``--seed`` with ``--cases 1`` replays it.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import count

from devices.charge import Authorise
from devices.display import Display
from devices.driver import Check, Command, Driver
from devices.epc import decode
from devices.event import Scan
from devices.framing import Framer, Mode
from devices.gate import Gate, Template
from devices.hid import HidKeys, type_keys
from devices.labels import LabelPrinter, PrintLabel
from devices.llrp import Message, status_of, tags_of, tlv
from devices.payment import Terminal
from devices.printer import Confirm, Print, Printer
from devices.receipt import Document, Text
from devices.rfid import Reader, TakeInventory
from devices.scale import Scale
from devices.scales.cas import Cas
from devices.scales.dialog06 import Dialog06
from devices.scales.mt8217 import Mt8217
from devices.scales.mtsics import MtSics
from devices.scales.nci import Nci
from devices.scanner import Scanner
from devices.zpl import Label, LabelText
from devices.zvt import STATUS as ZVT_STATUS
from devices.zvt import Apdu, SerialLink, serial_block

HELD_LIMIT_BYTES = 200_000


@dataclass(frozen=True)
class Target:
    """One thing to be fuzzed: ``make`` it, then ``feed`` it bytes at a time in seconds."""

    make: Callable[[], object]
    feed: Callable[[object, bytes, float], object]
    seeds: tuple[bytes, ...]


def driver_target(
    make: Callable[[], Driver], *seeds: bytes, doing: Command | None = None
) -> Target:
    """A driver that is always doing something when bytes come, and connects anew if it hung up."""
    numbers = count()

    def started() -> Driver:
        driver = make()
        driver.started(0.0)
        return driver

    def drive(driver: object, data: bytes, now: float) -> None:
        assert isinstance(driver, Driver)
        if driver.hang_up:
            driver.lost(now)
            driver.started(now)
        if not driver.busy:
            driver.submit(replace(doing or Check(ref=""), ref=f"fuzz {next(numbers)}"), now)
        if driver.wake_at is not None and driver.wake_at <= now:
            driver.tick(now)
        driver.receive(data, now)
        driver.to_send()
        driver.take_events()

    return Target(started, drive, seeds)


def _read_gate(gate: object, data: bytes, now: float) -> None:
    assert isinstance(gate, Gate)
    text = data.decode("utf-8", "replace")
    aim = ("", "]E0", "]E4", "]C1", "]d2", "]Q1")[len(data) % 6]
    gate.read(Scan(text=text, aim=aim), paying=len(data) % 2 == 0)


def _read_llrp(_: object, data: bytes, now: float) -> None:
    del now
    tags_of(data)
    status_of(data)


def _read_epc(_: object, data: bytes, now: float) -> None:
    del now
    decode(data)


PRINT = Print(ref="fuzz", document=Document((Text("x"),)))
READER_HELLO = Message(63, 1, tlv(246, tlv(256, b"\0\0"))).encode()
PAY = Authorise(ref="fuzz", amount_minor=1234)
TARGETS: dict[str, Target] = {
    "scanner": driver_target(Scanner, b"]E05901234123457\r", b"]Q1https://id.gs1.org/01/0\r\n"),
    "scanner stx-etx": driver_target(
        lambda: Scanner(Framer(Mode.STX_ETX)), b"\x02]C10109521234543213\x03"
    ),
    "scanner gap": driver_target(lambda: Scanner(Framer(Mode.GAP)), b"5901234123457"),
    "scanner keyboard": driver_target(lambda: Scanner(keys=HidKeys()), type_keys("5901234\r")),
    "scale 8217": driver_target(lambda: Scale(Mt8217()), b"\x0201.235\r", b"\x02?\x0d\r"),
    "scale nci-ecr": driver_target(
        lambda: Scale(Nci()), b"\n01.235KG\r\nS00\r\x03", b"\nS12\r\x03"
    ),
    "scale dialog 06": driver_target(
        lambda: Scale(Dialog06()),
        b"\x06\x0202\x1b3\x1b01235\x1b000499\x1b000616\x03",
        b"\x15\x0209\x1b20\x03",
    ),
    "scale cas": driver_target(lambda: Scale(Cas()), b"\x06\x01\x02S 01.235kgd\x03\x04"),
    "scale mt-sics": driver_target(lambda: Scale(MtSics()), b"S S     01.235 kg\r\n", b"S I\r\n"),
    "printer": driver_target(
        Printer, b"\x12\x12\x12\x12\x3722\x37\x220001\x00", b"\x10\x00\x00\x0f", doing=PRINT
    ),
    "printer by status": driver_target(
        lambda: Printer(confirm=Confirm.STATUS),
        b"\x12\x1a\x72\x12\x00",
        b"\x10\x00\x00\x0f",
        doing=PRINT,
    ),
    "display": driver_target(Display, b"\x1b@\x0c"),
    "terminal tcp": driver_target(
        Terminal,
        b"\x80\x00\x00\x06\x0f\x00",
        b"\x04\x0f\x14\x27\x00\x04\x00\x00\x00\x00\x12\x34\x0b\x00\x00\x42\x06\x0f\x00",
        b"\x84\xa0\x00\x06\x1e\x01\x6c\x04\xff\x01\x0a",
        doing=PAY,
    ),
    "terminal serial": driver_target(
        lambda: Terminal(SerialLink()),
        b"\x06" + serial_block(Apdu(0x8000)) + serial_block(Apdu(0x060F)),
        serial_block(Apdu(ZVT_STATUS, b"\x27\x00\x0b\x00\x00\x42")),
        doing=PAY,
    ),
    "label printer": driver_target(
        LabelPrinter,
        b"\x02030,0,0,0406,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n"
        b"\x021234,0\x03\r\n",
        doing=PrintLabel(ref="fuzz", label=Label(60, 40, (LabelText(2, 2, 4, "x"),))),
    ),
    "rfid reader": driver_target(
        Reader,
        READER_HELLO,
        Message(31, 1, tlv(287, b"\0\0\0\0")).encode(),
        Message(61, 2, tlv(240, b"\x8d" + bytes(12))).encode(),
        doing=TakeInventory(ref="fuzz"),
    ),
    "llrp parameters": Target(
        lambda: None, _read_llrp, (tlv(240, tlv(241, b"\0\x60" + bytes(12))),)
    ),
    "epc": Target(lambda: None, _read_epc, (bytes.fromhex("3074257BF7194E4000001A85"),)),
    "gate": Target(
        lambda: Gate((Template("26PPPPPMMMMMWWWWWC"), Template("21PPPPPWWWWWC"))),
        _read_gate,
        (
            b"5901234123457",
            b"0109521234543213310300123539229999\x1d10LOT",
            b"https://id.gs1.org/01/09521234543213/10/AB?17=261231",
            b"134567890123456789",
            b"261234501999007501",
        ),
    ),
}


def mutate(seed: bytes, chance: random.Random) -> bytes:
    """Return a seed cut, changed, repeated or replaced by noise."""
    data = bytearray(seed)
    for _ in range(chance.randrange(4)):
        place = chance.randrange(len(data) + 1)
        what = chance.randrange(5)
        if what == 0:
            data[place:place] = chance.randbytes(chance.randrange(1, 9))
        elif what == 1:
            del data[place : place + chance.randrange(1, 9)]
        elif what == 2 and place < len(data):
            data[place] = chance.randrange(256)
        elif what == 3:
            data += data[place:]
        else:
            data[place : place + 1] = bytes([chance.choice((0, 2, 3, 6, 13, 16, 27, 29, 255))])
    return bytes(data) if chance.random() < 0.9 else chance.randbytes(chance.randrange(40))


def held_bytes(thing: object, depth: int = 4) -> int:
    """Count the bytes a codec holds on to, roughly: its buffers, queues and tables."""
    if isinstance(thing, str | bytes | bytearray):
        return len(thing)
    if depth == 0:
        return 0
    if isinstance(thing, Mapping):
        return sum(held_bytes(one, depth - 1) for pair in thing.items() for one in pair)
    if isinstance(thing, Iterable):
        return sum(8 + held_bytes(one, depth - 1) for one in thing)
    return sum(held_bytes(value, depth - 1) for value in getattr(thing, "__dict__", {}).values())


def fuzz(target: Target, cases: int, seed: int = 0, renew_every: int = 500) -> None:
    """Feed ``cases`` inputs; raises AssertionError naming the case that failed."""
    thing = target.make()
    now = 0.0
    for case in range(cases):
        chance = random.Random(seed + case)
        if case % renew_every == renew_every - 1:
            held = held_bytes(thing)
            assert held < HELD_LIMIT_BYTES, f"holds {held} bytes after case {seed + case}"
            thing, now = target.make(), 0.0
        data = mutate(chance.choice(target.seeds), chance)
        cut = chance.randrange(len(data) + 1)
        now += chance.choice((0.0, 0.001, 0.06, 1.0))
        try:
            target.feed(thing, data[:cut], now)
            target.feed(thing, data[cut:], now)
        except Exception as error:
            raise AssertionError(f"case {seed + case}: {data!r}: {error!r}") from error


def main() -> None:
    """Fuzz the chosen targets, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=list(TARGETS))
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    for name in given.only or TARGETS:
        began = time.monotonic()
        fuzz(TARGETS[name], given.cases, given.seed)
        sys.stdout.write(f"{name}: {given.cases} cases, {time.monotonic() - began:.0f} s\n")


if __name__ == "__main__":
    main()

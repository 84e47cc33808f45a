"""Scanner contract: over sim:// and ptys, on good and bad lines, no scan lost, none invented."""

import asyncio
from dataclasses import replace

import pytest

from devices.driver import Check, Level
from devices.event import Fault, Health, Reason, Scan
from devices.framing import Framer, Mode
from devices.gate import Gate, Kind, Reading
from devices.gs1 import check_digit
from devices.hid import HidKeys
from devices.scanner import Scanner, split_aim
from devices.simulated.scanner import ScannerPeer
from tests.devices.rig import OWNER, TRANSPORT, WHERE, Pair, Rig, rig, run

EANS = [
    number + check_digit(number) for number in (f"{590123412000 + n * 7:012}" for n in range(30))
]

MAKES = {
    "serial": lambda: (Scanner(), ScannerPeer()),
    "stx-etx": lambda: (Scanner(Framer(Mode.STX_ETX)), ScannerPeer(Mode.STX_ETX)),
    "keyboard": lambda: (Scanner(keys=HidKeys()), ScannerPeer(hid=True)),
}


async def collect(the: Rig, peer: ScannerPeer, codes: list[str]) -> list[Scan]:
    """Scan everything at once, then a marker, and return what came before the marker."""
    for code in codes:
        the.use(lambda code=code: peer.scan(code, "]E0"))  # type: ignore[misc]
    found: list[Scan] = []
    while True:
        the.use(lambda: peer.scan("END", "]C0"))
        event = await the.device.next_event()
        if isinstance(event, Scan):
            if "END" in event.text:
                return found
            found.append(event)


@WHERE
@TRANSPORT
@pytest.mark.parametrize("make", list(MAKES))
def test_contract(where: str, how: str, make: str) -> None:
    if make == "keyboard" and how == "lossy":
        pytest.skip("the kernel hands over whole key events: single bytes cannot be lost")
    codes = EANS[:2] if make == "keyboard" else EANS  # 24 bytes a key event, two events a key

    async def work() -> None:
        driver, peer = MAKES[make]()
        async with rig(driver, peer, where, how) as the:
            found = await collect(the, peer, codes)
            if how != "lossy":
                assert found == [Scan(text=code, aim="]E0") for code in codes]
                return
            readings = [Gate().read(scan) for scan in found]
            items = [
                one.value for one in readings if isinstance(one, Reading) and one.kind is Kind.ITEM
            ]
            assert set(items) <= {code.zfill(14) for code in EANS}

    run(work())


def test_half_a_frame_is_reported_and_not_joined() -> None:
    async def work() -> None:
        peer = ScannerPeer()
        async with rig(Scanner(), peer) as the:
            the.line.faults.half_frame = True
            the.use(lambda: peer.scan(EANS[0], "]E0"))
            fault = await the.device.next_event()
            assert isinstance(fault, Fault)
            assert fault.reason is Reason.BAD_DATA
            the.use(lambda: peer.scan(EANS[1], "]E0"))
            assert await the.device.next_event() == Scan(text=EANS[1], aim="]E0")

    run(work())


def test_gap_framing_without_any_suffix() -> None:
    async def work() -> None:
        peer = ScannerPeer(Mode.GAP)
        async with rig(Scanner(Framer(Mode.GAP)), peer, "pty") as the:
            the.use(lambda: peer.scan(EANS[0], "]E0"))
            assert await the.device.next_event() == Scan(text=EANS[0], aim="]E0")

    run(work())


def test_a_qr_with_a_carriage_return_survives_with_stx_etx() -> None:
    async def work() -> None:
        peer = ScannerPeer(Mode.STX_ETX)
        async with rig(Scanner(Framer(Mode.STX_ETX)), peer) as the:
            the.use(lambda: peer.scan("line one\r\nline two 苹果", "]Q1"))
            assert await the.device.next_event() == Scan(
                text="line one\r\nline two 苹果", aim="]Q1"
            )

    run(work())


def test_scans_queue_while_one_is_being_handled() -> None:
    async def work() -> None:
        peer = ScannerPeer()
        async with rig(Scanner(), peer) as the:
            the.use(lambda: peer.scan(EANS[0], "]E0"))
            first = await the.device.next_event()
            for code in EANS[1:]:  # the till is still busy with the first
                the.use(lambda code=code: peer.scan(code, "]E0"))  # type: ignore[misc]
            rest = [await the.device.next_event() for _ in EANS[1:]]
            assert [first, *rest] == [Scan(text=code, aim="]E0") for code in EANS]

    run(work())


def test_scans_are_ignored_until_enabled() -> None:
    async def work() -> None:
        peer = ScannerPeer()
        driver = Scanner()
        async with rig(driver, peer) as the:
            the.device.enabled = False
            heard = asyncio.Event()
            plain = driver.receive

            def listen(data: bytes, now: float) -> None:
                plain(data, now)
                heard.set()

            driver.receive = listen  # type: ignore[method-assign]
            the.use(lambda: peer.scan(EANS[0], "]E0"))
            await heard.wait()
            the.device.enable(OWNER)
            the.use(lambda: peer.scan(EANS[1], "]E0"))
            assert await the.device.next_event() == Scan(text=EANS[1], aim="]E0")

    run(work())


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("]E05901", ("]E0", "5901")),
        ("5901", ("", "5901")),
        ("]", ("", "]")),
        ("]]]", ("", "]]]")),
        ("]C", ("", "]C")),
        ("", ("", "")),
    ],
)
def test_aim_identifiers_are_split_off(text: str, parts: tuple[str, str]) -> None:
    assert split_aim(text) == parts


def test_an_interactive_check_waits_for_a_scan() -> None:
    peer = ScannerPeer()
    two = Pair(Scanner(), peer)
    check = Check(ref="c", level=Level.INTERACTIVE)
    two.driver.submit(check, two.now)
    two.driver.submit(replace(check, ref="d"), two.now)
    peer.scan(EANS[0], "]E0")
    two.settle()
    refused, scan, health = two.take()
    assert isinstance(refused, Fault)
    assert scan == Scan(text=EANS[0], aim="]E0")
    assert health == Health(ref="c", text=f"scanned ]E0 {EANS[0]}")
    for end, reason in (("time", Reason.TIMEOUT), ("loss", Reason.LOST)):
        two.driver.submit(replace(check, ref=end), two.now)
        if end == "time":
            two.advance(31.0)
        else:
            two.driver.lost(two.now)
            two.settle()
        (fault,) = two.take()
        assert isinstance(fault, Fault)
        assert (fault.ref, fault.reason) == (end, reason)

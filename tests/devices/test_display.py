"""Line display: golden bytes, two dialects, the last text comes back after a loss."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.display import WIDTH, Dialect, Display, Show, fit
from devices.driver import Check, Level
from devices.event import Health, JobDone
from devices.simulated.display import DisplayPeer
from tests.devices.rig import OWNER, WHERE, Pair, rig, run

BOTH = pytest.mark.parametrize("dialect", list(Dialect))


@pytest.mark.parametrize(
    ("dialect", "data"),
    [
        (Dialect.CD5220, b"\x1bQAMilk            1.19\r\x1bQBTOTAL           4.18\r"),
        (Dialect.ESCPOS, b"\x1f$\x01\x01Milk            1.19\x1f$\x01\x02TOTAL           4.18"),
    ],
)
def test_golden_bytes(dialect: Dialect, data: bytes) -> None:
    display = Display(dialect)
    display.started(0.0)
    assert display.to_send() == b"\x1b@\x0c"
    display.submit(Show(ref="s", upper="Milk            1.19", lower="TOTAL           4.18"), 0.0)
    assert display.to_send() == data
    assert display.take_events() == [JobDone(ref="s")]


@WHERE
@BOTH
@pytest.mark.parametrize("how", ["plain", "one byte", "delayed"])  # it never sends: nothing to lose
def test_contract(where: str, how: str, dialect: Dialect) -> None:
    async def work() -> None:
        peer = DisplayPeer()
        async with rig(Display(dialect), peer, where, how) as the:
            for text in ("Apples 2.99", "Milk 1.19", "a name that is far too long 1.19"):
                await the.device.ask(Show(ref=text, upper=text, lower="TOTAL 4.18"), OWNER)
            while "TOTAL" not in peer.lines[1] or "a name" not in peer.lines[0]:
                await asyncio.sleep(0.001)
            assert peer.lines == ["a name that is far".ljust(WIDTH), "TOTAL 4.18".ljust(WIDTH)]
            the.bench.unplug("it")
            the.bench.plug("it")
            while "TOTAL" not in peer.lines[1]:
                await asyncio.sleep(0.001)
            assert peer.lines[0].startswith("a name")
            assert peer.unknown == []

    run(work())


def test_chinese_displays() -> None:
    two = Pair(Display(chinese=True), peer := DisplayPeer(chinese=True))
    two.driver.submit(Show(ref="s", upper="有机苹果 2.99", lower="有机苹果有机苹果有机苹果"), 0.0)
    two.settle()
    assert peer.lines == ["有机苹果 2.99       ", "有机苹果有机苹果有机"]


def test_health_says_what_can_be_known() -> None:
    display = Display()
    display.submit(Check(ref="c"), 0.0)
    (health,) = display.take_events()
    assert isinstance(health, Health)
    assert "cannot be asked" in health.text


@BOTH
def test_an_interactive_check_shows_a_text(dialect: Dialect) -> None:
    two = Pair(Display(dialect), peer := DisplayPeer())
    two.driver.submit(Check(ref="c", level=Level.INTERACTIVE), 0.0)
    two.settle()
    assert peer.lines[0] == "DISPLAY TEST 1234567"
    assert isinstance(two.take()[0], Health)


@given(st.text(), st.booleans())
def test_a_line_is_always_twenty_columns_and_never_a_command(text: str, chinese: bool) -> None:
    data = fit(text, chinese=chinese)
    assert len(data) == WIDTH
    assert not [byte for byte in data if byte < 0x20]

"""The life of a device: one owner, loss and return said once, found again by its name."""

import asyncio
import logging
import os
import pty
import socket
import threading
import tty

import pytest
import serial
from serial.rfc2217 import PortManager

from devices.device import EVENTS_LIMIT, Device, DeviceError
from devices.driver import Check, Command, Driver
from devices.event import Event, Fault, Health, Power, Reason, Scan, State, Status
from devices.port import Port, PortError, line_settings, open_port
from devices.scanner import Scanner
from devices.simulated.bench import Bench
from devices.simulated.scanner import ScannerPeer
from tests.devices.rig import OWNER, WHERE, rig, run


class Mute(Driver):
    """A driver whose device never answers."""

    def receive(self, data: bytes, now: float) -> None:
        super().receive(data, now)

    def submit(self, command: Command, now: float) -> None:
        self.now = now


async def until(the_state: State, device: Device) -> None:
    while device.state is not the_state:
        await asyncio.sleep(0.001)


async def scans(device: Device, count: int) -> list[Event]:
    found: list[Event] = []
    while len(found) < count:
        event = await device.next_event()
        if isinstance(event, Scan):
            found.append(event)
    return found


def test_life_cycle_and_owner() -> None:
    async def work() -> None:
        bench = Bench()
        bench.add("s", ScannerPeer())
        device = Device("scanner", "sim://s", Scanner(), opener=bench.open)
        assert device.state is State.CLOSED
        with pytest.raises(DeviceError, match="open scanner first"):
            device.claim("till 1")
        await device.open()
        with pytest.raises(DeviceError, match="open already"):
            await device.open()
        with pytest.raises(DeviceError, match="claim scanner first"):
            device.enable("till 1")
        device.claim("till 1")
        with pytest.raises(DeviceError, match="in use by till 1"):
            device.claim("till 2")
        with pytest.raises(DeviceError, match="enable scanner first"):
            await device.check_health("till 1")
        device.enable("till 1")
        assert isinstance(await device.check_health("till 1"), Health)
        with pytest.raises(DeviceError, match="claim scanner first"):
            await device.check_health("till 2")
        device.release("till 1")
        device.claim("till 2")
        with pytest.raises(DeviceError, match="not claimed by till 1"):
            device.release("till 1")
        await device.close()
        assert device.state is State.CLOSED
        bench.close()

    run(work())


@WHERE
def test_loss_is_said_once_recovery_once_and_the_name_finds_it_again(
    where: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def work() -> None:
        peer = ScannerPeer()
        async with rig(Scanner(), peer, where) as the:
            for round_ in range(3):
                the.use(lambda: peer.scan("before"))
                assert await scans(the.device, 1) == [Scan(text="before")]
                caplog.clear()
                the.bench.unplug("it")
                assert await the.device.next_event() == Status(status=Power.OFFLINE)
                assert the.device.state is State.ERROR
                answer = await the.device.ask(Check(ref=f"c{round_}"), OWNER)
                assert isinstance(answer, Fault)
                assert answer.reason is Reason.LOST
                await asyncio.sleep(0.05)  # several attempts to find it fail meanwhile
                the.bench.plug("it")
                assert await the.device.next_event() == Status(status=Power.ONLINE)
                said = [
                    (one.levelno, one.message.split(":")[0])
                    for one in caplog.records
                    if one.name == "devices.device"
                ]
                assert said == [(logging.WARNING, "it is lost"), (logging.INFO, "it is back")]
            the.use(lambda: peer.scan("after"))
            assert await scans(the.device, 1) == [Scan(text="after")]

    caplog.set_level(logging.INFO)
    run(work())


def test_events_can_be_iterated() -> None:
    async def work() -> None:
        peer = ScannerPeer()
        async with rig(Scanner(), peer) as the:
            for number in range(3):
                peer.scan(str(number))
            the.line.pump()
            found: list[Event] = []
            async for event in the.device:
                found.append(event)
                if len(found) == 3:
                    break
            assert found == [Scan(text=str(number)) for number in range(3)]

    run(work())


def test_a_device_missing_at_the_start_is_found_when_it_comes() -> None:
    async def work() -> None:
        bench = Bench()
        peer = ScannerPeer()
        bench.add("s", peer).plugged = False
        device = Device("scanner", "sim://s", Scanner(), opener=bench.open, retry_s=0.01)
        await device.open()
        assert device.state is State.ERROR
        device.claim(OWNER)
        device.enable(OWNER)
        bench.plug("s")
        await until(State.IDLE, device)
        bench.use("s", lambda: peer.scan("hello"))
        assert await scans(device, 1) == [Scan(text="hello")]
        await device.close()
        bench.close()

    run(work())


def test_a_line_that_is_closed_again_at_once_is_not_back(caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> None:
        peer = ScannerPeer()
        async with rig(Scanner(), peer, "tcp", retry_s=0.02) as the:
            the.bench.unplug("it")  # from now on it accepts connections and closes them
            assert await the.device.next_event() == Status(status=Power.OFFLINE)
            await asyncio.sleep(0.3)
            the.bench.plug("it")
            assert await the.device.next_event() == Status(status=Power.ONLINE)
        said = [one.message.split(":")[0] for one in caplog.records if one.name == "devices.device"]
        assert said == ["it is lost", "it is back"]

    caplog.set_level(logging.INFO)
    run(work())


@pytest.mark.parametrize("where", ["sim", "pty"])
def test_what_came_while_nobody_looked_came_in_time(where: str) -> None:
    """The loop is held up past a time-out, and the rest of a barcode lies there unread."""

    async def work() -> None:
        peer = ScannerPeer()
        async with rig(Scanner(), peer, where) as the:
            loop = asyncio.get_running_loop()
            the.use(lambda: peer.type("59012"))
            while the.device.driver.wake_at is None:
                await asyncio.sleep(0)
            due_s = the.device.driver.wake_at
            loop.call_at(due_s - 0.001, lambda: the.use(lambda: peer.type("34123457\r")))
            while loop.time() < due_s + 0.01:
                pass
            assert await the.device.next_event() == Scan(text="5901234123457")

    run(work())


def test_half_a_scan_before_a_loss_is_forgotten() -> None:
    async def work() -> None:
        peer = ScannerPeer()
        async with rig(Scanner(), peer) as the:
            the.line.faults.half_frame = True
            the.use(lambda: peer.scan("5901234123457"))
            the.bench.unplug("it")
            the.bench.plug("it")
            await until(State.ERROR, the.device)
            await until(State.IDLE, the.device)
            the.use(lambda: peer.scan("96385074"))
            assert await scans(the.device, 1) == [Scan(text="96385074")]

    run(work())


def test_what_is_under_way_ends_in_a_fault_when_the_device_is_closed() -> None:
    async def work() -> None:
        async with rig(Mute(), ScannerPeer()) as the:
            asking = asyncio.create_task(the.device.ask(Command(ref="x"), OWNER))
            await asyncio.sleep(0)
            with pytest.raises(DeviceError, match="doing x already"):
                await the.device.ask(Command(ref="x"), OWNER)
            await the.device.close()
            answer = await asking
            assert isinstance(answer, Fault)
            assert answer.reason is Reason.LOST

    run(work())


def test_a_driver_refuses_what_it_cannot_do() -> None:
    async def work() -> None:
        async with rig(Scanner(), ScannerPeer()) as the:
            answer = await the.device.ask(Command(ref="x"), OWNER)
            assert answer == Fault(
                ref="x", reason=Reason.REFUSED, message="this device cannot do Command"
            )

    run(work())


def test_unread_status_makes_room_for_scans() -> None:
    device = Device("d", "sim://d", Scanner())
    device.enabled = True
    for number in range(EVENTS_LIMIT):
        device._deliver(Status(status=Power.ONLINE))
        device._deliver(Scan(text=str(number)))

    async def drain() -> list[Event]:
        return [await device.next_event() for _ in range(EVENTS_LIMIT)]

    assert run(drain()) == [Scan(text=str(number)) for number in range(EVENTS_LIMIT)]


def test_a_second_program_cannot_take_a_serial_port() -> None:
    async def work() -> None:
        master, slave = pty.openpty()
        tty.setraw(slave)
        name = os.ttyname(slave)
        first = await open_port(f"{name}?baud=115200&frame=7E1")
        with pytest.raises(PortError, match="cannot open"):
            await open_port(name)
        first.close()
        first.close()
        os.close(master)
        os.close(slave)

    run(work())


def test_a_usb_printers_empty_packet_is_no_loss() -> None:
    reading, writing = os.pipe()
    os.close(writing)
    assert Port(os.dup(reading), empty_is_loss=False).read() == b""
    with pytest.raises(PortError, match="closed"):
        Port(reading).read()


def test_sockets() -> None:
    async def work() -> None:
        said: list[bytes] = []

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            said.append(await reader.read(5))
            writer.write(b"5901234123457\r")
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        number = server.sockets[0].getsockname()[1]
        port = await open_port(f"socket://127.0.0.1:{number}")
        assert port.read() == b""
        assert port.write(b"hello") == 5
        readable = asyncio.Event()
        asyncio.get_running_loop().add_reader(port.descriptor, readable.set)
        await readable.wait()
        assert port.read() == b"5901234123457\r"
        server.close()
        await server.wait_closed()
        await asyncio.sleep(0.01)
        with pytest.raises(PortError, match="other side closed"):
            port.read()
        asyncio.get_running_loop().remove_reader(port.descriptor)
        port.close()
        assert said == [b"hello"]
        with pytest.raises(PortError, match="cannot open"):
            await open_port(f"socket://127.0.0.1:{number}")

    run(work())


@pytest.mark.filterwarnings("ignore:set(Daemon|Name):DeprecationWarning")  # pyserial 3.5's own
def test_a_serial_port_server_speaks_rfc_2217() -> None:
    def serve(server: socket.socket) -> None:
        """A port server as pyserial provides it, with a line that sends everything back."""
        connection, _ = server.accept()
        with connection, serial.serial_for_url("loop://", timeout=0) as line:
            # the stubs know only one kind of line and call the connection a line too
            manager = PortManager(line, connection.makefile("wb", buffering=0))  # type: ignore[arg-type]
            while data := connection.recv(1024):
                line.write(b"".join(manager.filter(data)))
                connection.sendall(b"".join(manager.escape(line.read(line.in_waiting))))

    async def work(number: int) -> None:
        port = await open_port(f"rfc2217://127.0.0.1:{number}?baud=115200&frame=7E1")
        readable = asyncio.Event()
        asyncio.get_running_loop().add_reader(port.descriptor, readable.set)
        port.write(b"hello \xff\x00")
        back = b""
        while len(back) < 8:
            await readable.wait()
            readable.clear()
            back += port.read()
        assert back == b"hello \xff\x00"
        asyncio.get_running_loop().remove_reader(port.descriptor)
        port.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,), daemon=True)
        thread.start()
        run(work(server.getsockname()[1]))
        thread.join(5)
        assert not thread.is_alive()


def test_closing_while_opening_leaves_nothing_open() -> None:
    async def work() -> None:
        bench, gate = Bench(), asyncio.Event()
        line = bench.add("s", ScannerPeer())

        async def slow(url: str) -> Port:
            await gate.wait()
            return await bench.open(url)

        device = Device("scanner", "sim://s", Scanner(), opener=slow)
        opening = asyncio.create_task(device.open())
        await asyncio.sleep(0)
        await device.close()
        gate.set()
        await opening
        assert device.state is State.CLOSED
        while line._descriptor >= 0:  # the other side hears the hang-up
            await asyncio.sleep(0.001)
        bench.close()

    run(work())


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ftp://x", "unknown kind of port"),
        ("/dev/serial/by-id/nothing-here", "No such file"),
        ("/etc/hostname", "not a device file"),
        ("socket://nowhere", "socket://host:port"),
        ("evdev:///dev/input/by-id/nothing-here", "No such file"),
        ("sim://it", "unknown kind of port"),
    ],
)
def test_ports_that_cannot_be_opened_say_why(url: str, says: str) -> None:
    with pytest.raises(PortError, match=says):
        run(open_port(url))


def test_line_settings() -> None:
    settings = line_settings("baud=115200&frame=7e1")
    assert (settings.baud, settings.data_bits, settings.parity, settings.stop_bits) == (
        115200,
        7,
        "E",
        1,
    )
    for wrong in ("frame=9X1", "baud=fast", "flow=xonxoff"):
        with pytest.raises(ValueError, match=r"."):
            line_settings(wrong)


def test_an_unknown_simulated_device_is_named() -> None:
    with pytest.raises(PortError, match="no simulated device x"):
        run(Bench().open("sim://x"))

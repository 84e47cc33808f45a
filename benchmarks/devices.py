"""Store hardware: last wire byte to event, idle cost, unplug and replug, over ptys.

``python -m benchmarks.devices``
"""

import asyncio
import json
import logging
import os
import statistics
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, Run, percentile
from benchmarks.scanning import scan_while_selling
from benchmarks.wire_to_line import measure_lines
from devices.device import Device
from devices.event import Power, Scan, Status
from devices.gate import Gate
from devices.kinds import KINDS, device
from devices.scanner import Scanner
from devices.simulated.bench import Bench
from devices.simulated.kinds import simulate
from devices.simulated.scanner import ScannerPeer

SCANS = 2000
IDLE_S = 10.0
OWNER = "benchmark"
EIGHT = (
    "scanner",
    "scanner-stx",
    "scale-8217",
    "scale-cas",
    "printer",
    "display-cd5220",
    "labels-zpl",
    "terminal-zvt-serial",
)


async def _opened(one: Device) -> Device:
    await one.open()
    one.claim(OWNER)
    one.enable(OWNER)
    return one


def _percentile_ms(samples_s: list[float], percent: int) -> float:
    return round(statistics.quantiles(samples_s, n=100)[percent - 1] * 1000, 3)


async def latency(folder: Path, *, busy: bool) -> dict[str, float]:
    """Scans at 115200 baud pace: the last byte is written, the event and its reading are there.

    ``busy`` blocks the loop for 3 ms of every 5, as a node that sells at full rate would.
    """
    bench, peer, gate = Bench(), ScannerPeer(), Gate()
    bench.add("scanner", peer)
    url = bench.pty("scanner", folder / "scanner")
    scanner = await _opened(Device("scanner", url, Scanner(), opener=bench.open))

    async def load() -> None:
        while True:
            end = time.perf_counter() + 0.003
            while time.perf_counter() < end:
                pass
            await asyncio.sleep(0.002)

    loading = asyncio.create_task(load()) if busy else None
    events, readings = [], []
    for _ in range(SCANS):
        await asyncio.sleep(0.002)
        began = time.perf_counter()
        bench.use("scanner", lambda: peer.scan("5901234123457", "]E0"))
        event = await scanner.next_event()
        events.append(time.perf_counter() - began)
        if isinstance(event, Scan):
            gate.read(event)
        readings.append(time.perf_counter() - began)
    if loading:
        loading.cancel()
    await scanner.close()
    bench.close()
    name = "busy" if busy else "quiet"
    return {
        f"scan_to_event_{name}_p50_ms": _percentile_ms(events, 50),
        f"scan_to_event_{name}_p99_ms": _percentile_ms(events, 99),
        f"scan_to_reading_{name}_p99_ms": _percentile_ms(readings, 99),
    }


async def idle(folder: Path) -> dict[str, float]:
    """CPU of eight idle devices and their simulators together, in percent of one core."""
    bench = Bench()
    shop = []
    for kind in EIGHT:
        bench.add(kind, simulate(kind))
        url = bench.pty(kind, folder / kind)
        shop.append(await _opened(device(kind, kind, url, opener=bench.open)))
    await asyncio.sleep(1.0)
    began = time.process_time()
    await asyncio.sleep(IDLE_S)
    used = time.process_time() - began
    for one in shop:
        await one.close()
    bench.close()
    return {"idle_eight_devices_cpu_percent": round(100 * used / IDLE_S, 3)}


async def replug(folder: Path) -> dict[str, float]:
    """Time from pulling the plug to the event, and from plugging in to the first scan."""
    bench, peer = Bench(), ScannerPeer()
    bench.add("scanner", peer)
    url = bench.pty("scanner", folder / "scanner-2")
    scanner = await _opened(Device("scanner", url, Scanner(), opener=bench.open))
    lost, back = [], []
    for _ in range(10):
        began = time.perf_counter()
        bench.unplug("scanner")
        while await scanner.next_event() != Status(status=Power.OFFLINE):
            pass
        lost.append(time.perf_counter() - began)
        await asyncio.sleep(0.7)
        began = time.perf_counter()
        bench.plug("scanner")
        while await scanner.next_event() != Status(status=Power.ONLINE):
            pass
        bench.use("scanner", lambda: peer.scan("5901234123457"))
        await scanner.next_event()
        back.append(time.perf_counter() - began)
    await scanner.close()
    bench.close()
    return {
        "unplug_noticed_max_ms": round(max(lost) * 1000, 2),
        "replug_usable_max_ms": round(max(back) * 1000, 1),
    }


async def _measured(folder: Path) -> dict[str, float]:
    figures: dict[str, float] = {"cores": os.cpu_count() or 0, "kinds": len(KINDS)}
    figures |= await latency(folder, busy=False)
    figures |= await latency(folder, busy=True)
    figures |= await idle(folder)
    figures |= await replug(folder)
    return figures


def measure(run: Run) -> Iterable[Figure]:
    """Measure scans while a node sells, and idle cost, loss and return of devices beside it."""
    logging.getLogger("devices").setLevel(logging.ERROR)  # the plugs are pulled on purpose
    run.say("devices: scans at a node that does nothing else")
    scans, skus = run.pick(1_500, 200), run.pick(20_000, 2_000)
    quiet = scan_while_selling(run.folder, scans, skus, selling=False)
    run.say("devices: scans at a node that sells at full rate")
    busy = scan_while_selling(run.folder, scans, skus, selling=True)
    run.say("devices: scans to a browser's basket, nobody else sells")
    alone_ms, _ = measure_lines(run, selling=False)
    run.say("devices: scans to a browser's basket, the node sells at full rate")
    line_ms, per_s = measure_lines(run, selling=True)
    run.say("devices: idle cost, unplug and replug")
    with TemporaryDirectory() as name:
        alone = asyncio.run(_alone(Path(name)))
    note = f"eight devices, eight tills at {busy.sales_per_s:,.0f} sales/s"
    limit_is = "the same, nobody sells"
    for what, goal, found, limit in (
        ("scan: last byte to event, p99", 10.0, busy.event_ms, quiet.event_ms),
        ("scan: last byte to the till's stream, p99", 50.0, busy.stream_ms, quiet.stream_ms),
    ):
        yield Figure(
            what=what, unit="ms", value=percentile(found, 99), goal=goal,
            limit=percentile(limit, 99), limit_is=limit_is, note=note,
        )  # fmt: skip
    yield Figure(
        what="scan: last byte to event while nobody sells, p99",
        unit="ms",
        value=percentile(quiet.event_ms, 99),
        goal=10.0,
    )
    yield Figure(
        what="scan: last byte to the line in a browser, p99", unit="ms",
        value=percentile(line_ms, 99), goal=50.0, limit=percentile(alone_ms, 99), limit_is=limit_is,
        note=f"p50 {percentile(line_ms, 50):.1f} ms, alone {percentile(alone_ms, 50):.1f} ms; eight"
        f" tills at {per_s:,.0f} sales/s, and up to 17 ms are the wait for a frame",
    )  # fmt: skip
    for what, unit, name, goal in (
        ("eight idle devices, CPU", "%", "idle_eight_devices_cpu_percent", 1.0),
        ("unplugged: noticed, worst of 10", "ms", "unplug_noticed_max_ms", 1_000.0),
        ("plugged in: usable, worst of 10", "ms", "replug_usable_max_ms", 3_000.0),
    ):
        yield Figure(what=what, unit=unit, value=alone[name], goal=goal)


async def _alone(folder: Path) -> dict[str, float]:
    return {**await idle(folder), **await replug(folder)}


async def main() -> None:
    """Run everything and write one line of JSON."""
    with TemporaryDirectory() as name:
        figures = await _measured(Path(name))
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    asyncio.run(main())

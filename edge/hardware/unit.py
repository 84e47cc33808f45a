"""One law: a unit is one configured device in use; the node is its only owner and never gives up.

Whatever its driver or port does, its events go on being handled, one after the other.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from devices.device import Device, DeviceError
from devices.driver import Check, Command, Level
from devices.event import (
    AnyStatus,
    DrawerStatus,
    Event,
    Fault,
    Power,
    PrinterStatus,
    Reason,
    ScaleStatus,
    State,
    Status,
)
from edge.hardware.configured import DeviceSettings

OWNER = "node"
ABOUT: Mapping[AnyStatus, str] = {
    **dict.fromkeys(Power, "power"),
    **dict.fromkeys(ScaleStatus, "scale"),
    **dict.fromkeys(DrawerStatus, "drawer"),
    **{one: "paper" if one.name.startswith("PAPER") else "cover" for one in PrinterStatus},
}
_log = logging.getLogger(__name__)


class Taker(Protocol):
    """Whoever handles what a unit says."""

    async def take(self, unit: "Unit", event: Event) -> None:
        """Handle an event; the next one waits until it is handled."""


class Unit:
    """One device: its settings, the device itself, and what it last said of its condition."""

    def __init__(
        self, settings: DeviceSettings, remembered: Mapping[str, object] | None = None
    ) -> None:
        self.settings = settings
        self.device = Device(settings.name, settings.port, settings.driver(remembered))
        self.condition: dict[str, AnyStatus] = {}
        self.ready = asyncio.Event()  # something changed for the better: try again
        self.testing = False
        self._task: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        """Its name in the settings."""
        return self.settings.name

    @property
    def words(self) -> list[str]:
        """Its condition in UnifiedPOS' words, such as `paper-empty`; power first."""
        found = []
        for about, status in sorted(self.condition.items(), key=lambda one: one[0] != "power"):
            name = status.name.lower().replace("_", "-")
            found.append(f"drawer-{name}" if about == "drawer" else name)
        return found

    @property
    def state(self) -> State:
        """Its state in UnifiedPOS' words; a port may be there whose device is silent."""
        silent = self.condition.get("power") is Power.OFFLINE
        idle = self.device.state is State.IDLE
        return State.ERROR if idle and silent else self.device.state

    def start(self, taker: Taker) -> None:
        """Open the device and hand on its events from now on."""
        self._task = asyncio.get_running_loop().create_task(self._run(taker))

    async def close(self) -> None:
        """Give the port back."""
        await self.device.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def ask(self, command: Command) -> Event:
        """Do a command and return its final event; what cannot be done is a `Fault`."""
        try:
            return await self.device.ask(command, OWNER)
        except DeviceError as error:
            return Fault(ref=command.ref, reason=Reason.NOT_READY, message=str(error))

    async def check(self, ref: str, level: Level) -> Event:
        """Ask the device how it is; what is scanned for a test is no customer's."""
        self.testing = level is Level.INTERACTIVE
        try:
            return await self.ask(Check(ref=ref, level=level))
        finally:
            self.testing = False

    def note(self, status: AnyStatus) -> None:
        """Remember what the device said of itself, and wake who waits for it to be well."""
        self.condition[ABOUT[status]] = status
        self.ready.set()

    async def _run(self, taker: Taker) -> None:
        opening = asyncio.ensure_future(self.device.open())
        await asyncio.sleep(0)  # it counts as open from its first step on, and looks for its port
        self.device.claim(OWNER)
        self.device.enable(OWNER)
        try:
            while True:
                await self._handle(taker.take, await self.device.next_event())
        finally:
            opening.cancel()

    async def _handle(self, take: Callable[["Unit", Event], Awaitable[None]], event: Event) -> None:
        if isinstance(event, Status):
            self.note(event.status)
        try:
            await take(self, event)
        except Exception:  # noqa: BLE001 - one event must not stop those that follow
            _log.exception("%s: %s could not be handled", self.name, type(event).__name__)

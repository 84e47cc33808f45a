"""The cash drawer hangs on the receipt printer: opened by its pulse, seen through its status pin.

Whether the pin is high when the drawer is open depends on the drawer's cable; the set-up asks the
technician to open it once and look.
"""

from dataclasses import dataclass

from devices.driver import Command
from devices.event import DrawerStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Kick(Command):
    """Open the drawer."""


def status_of(pin_high: bool, *, open_when_high: bool) -> DrawerStatus:
    """Say what the status pin means."""
    return DrawerStatus.OPEN if pin_high is open_when_high else DrawerStatus.CLOSED

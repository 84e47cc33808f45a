"""One law: a device that is configured can be made; what cannot work is named before it is opened.

A device is a table `[[devices]]` of `edge.toml`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

from devices.driver import Driver
from devices.kinds import KINDS, build, watched, with_line
from devices.port import line_settings
from provisioning.configuration import SettingsError

DEVICES_MAX = 200
SCHEMES = ("", "evdev", "socket", "rfc2217")
REMEMBERED = frozenset({"done", "doubtful", "doubt", "last_trace"})
SCANNER = "Scanner"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceSettings:
    """One device: its name, kind, port, the till it belongs to ("" for all) and its options."""

    name: str
    kind: str
    url: str
    till: str = ""
    options: Mapping[str, object] = field(default_factory=dict)

    @property
    def category(self) -> str:
        """What it is in UnifiedPOS' words."""
        return KINDS[self.kind].category

    def driver(self, remembered: Mapping[str, object] | None = None) -> Driver:
        """Make its driver, with what is known from before a restart."""
        extra = watched(self.kind, self.url)
        return build(self.kind, {**extra, **self.options, **(remembered or {})})

    @property
    def port(self) -> str:
        """The port's URL with the kind's usual line."""
        return with_line(self.kind, self.url)


def read_devices(values: object) -> tuple[DeviceSettings, ...]:
    """Read the tables `[[devices]]`; raise SettingsError naming the device and what it may be."""
    if not isinstance(values, list) or not all(isinstance(one, dict) for one in values):
        raise SettingsError("devices: write each device as a table of its own under [[devices]]")
    if len(values) > DEVICES_MAX:
        raise SettingsError(f"devices: at most {DEVICES_MAX}")
    found = tuple(_read(one, at) for at, one in enumerate(values, 1))
    names = [one.name for one in found]
    for name in names:
        if names.count(name) > 1:
            raise SettingsError(f"devices: two are called {name!r}; give each a name of its own")
    return found


def _read(table: dict[str, Any], at: int) -> DeviceSettings:
    where = f"devices[{at}]"
    known = {one.name for one in fields(DeviceSettings)}
    for name in table:
        if name not in known:
            raise SettingsError(f"{where}.{name}: no such setting; there are name, kind, url,"
                                " till and options")  # fmt: skip
    for name in ("name", "kind", "url"):
        if not isinstance(table.get(name), str):
            raise SettingsError(f"{where}.{name}: missing, or not a text in quotes")
    if not isinstance(table.get("till", ""), str) or not isinstance(table.get("options", {}), dict):
        raise SettingsError(f"{where}: till is a text in quotes, options a table")
    device = DeviceSettings(**table)
    for problem in _problems(device):
        raise SettingsError(f"{where}.{problem}")
    return device


def _problems(device: DeviceSettings) -> list[str]:
    if not _NAME.fullmatch(device.name):
        return [f"name: {device.name[:40]!r} must be 1 to 32 of a-z, 0-9 and -"]
    if device.kind not in KINDS:
        return [f"kind: {device.kind[:40]!r} is none of {', '.join(KINDS)}"]
    if device.category == SCANNER and not device.till:
        return ["till: a scanner belongs to one till: name it, or all tills would sell its scans"]
    if wrong := REMEMBERED & device.options.keys():
        return [f"options.{min(wrong)}: this is the node's own knowledge and no setting"]
    try:
        device.driver()
    except ValueError as error:
        return [f"options: {error}"]
    return _port_problems(device)


def _port_problems(device: DeviceSettings) -> list[str]:
    try:
        parts = urlsplit(device.url)
        if parts.scheme not in SCHEMES:
            return [f"url: {parts.scheme}:// is no port; see docs/technician/devices.md"]
        if parts.scheme == "socket" and not (parts.hostname and parts.port):
            return ["url: write it as socket://HOST:PORT"]
        if parts.scheme in ("", "evdev") and not parts.path.startswith("/"):
            return ["url: begin with a / or with socket://, rfc2217:// or evdev://"]
        if parts.scheme in ("", "rfc2217"):
            line_settings(parts.query)
    except ValueError as error:
        return [f"url: {error}"]
    return []

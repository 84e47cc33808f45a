"""One law: a node is described by one file, checked as a whole before anything is opened.

`edge.toml` lies in the node's data directory. Each setting can be overridden by an environment
variable: EVERTILL_EDGE_ and its name in capitals. The fields of `Settings` are the reference: their
documentation is printed into the file by `evertill-edge init` and into the technician's manual.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from edge.hardware.configured import DeviceSettings, read_devices
from provisioning.configuration import (
    CommonSettings,
    merge_settings,
    parse_broker,
    problem_of,
    read_settings,
    setting,
    unless,
)
from sync.currency import OWN, PLACES_MAX, places_of
from sync.identity import check_store

FILE_NAME = "edge.toml"
ENVIRONMENT_PREFIX = "EVERTILL_EDGE_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """Everything a node is told; raise SettingsError for what cannot work."""

    port: int = setting("Port of the HTTP API; 0 takes a free one.", 8470)
    store: str = setting("Name of the store in the chain: 1 to 24 of a-z, 0-9 and inner hyphens.")
    currency: str = setting("Currency of the store, ISO 4217.", "EUR")
    exponent: int = setting(
        "Decimal places of the currency's minor unit, 0 to 4; -1 takes what ISO 4217 says of it.",
        OWN,
    )
    timezone: str = setting("Time zone of the store (IANA name); decides the business day.", "UTC")
    broker_retry_max_s: int = setting(
        "Seconds that pauses between attempts to reach the broker grow to, 1 to 3600; long ones"
        " spare the broker of a large chain when all stores come back at once.",
        30,
    )
    hq_key: str = setting(
        "Public key of headquarters, 64 hexadecimal digits; empty trusts the first one seen.", ""
    )
    devices: tuple[DeviceSettings, ...] = setting(
        "The store's hardware, each device a table [[devices]] at the end of this file with name,"
        " kind, url, till (empty: shared by all) and options; see docs/technician/devices.md and"
        " `evertill-edge devices detect`.",
        (),
    )

    def problems(self) -> list[str]:
        """Say what cannot work, each with the name of its setting."""
        return [
            *CommonSettings.problems(self),
            *problem_of("store", check_store, self.store),
            *problem_of("timezone", _zone, self.timezone),
            *unless(
                bool(re.fullmatch(r"[A-Z]{3}", self.currency)),
                "currency: three capitals, such as EUR",
            ),
            *unless(
                OWN <= self.exponent <= PLACES_MAX, "exponent: 0 to 4, or -1 for the currency's own"
            ),
            *unless(1 <= self.broker_retry_max_s <= 3600, "broker_retry_max_s: 1 to 3600"),
            *unless(
                bool(re.fullmatch(r"([0-9a-f]{64})?", self.hq_key)),
                "hq_key: 64 hexadecimal digits, or empty",
            ),
        ]

    @property
    def places(self) -> int:
        """Decimal places that amounts have, so many digits of minor units stand after the point."""
        return places_of(self.currency, self.exponent)

    @property
    def zone(self) -> ZoneInfo:
        """The store's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def broker(self) -> tuple[str, int] | None:
        """Host and port of the broker, None for a store on its own."""
        return parse_broker(self.broker_url)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise ValueError(f"{name[:40]!r} is no IANA time zone such as Europe/Berlin") from None


def make_settings(values: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """Make settings out of a file's values and the environment, which wins.

    Raise SettingsError for an unknown name, a wrong type or a value out of range.
    """
    plain = {name: value for name, value in values.items() if name != "devices"}
    merged = merge_settings(Settings, plain, environment, ENVIRONMENT_PREFIX)
    return Settings(**merged, devices=read_devices(values.get("devices", [])))


def load_settings(data: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Read `edge.toml` in a data directory; raise SettingsError saying how to get or mend it."""
    how = f"make a node with `evertill-edge init --data {data} --store NAME`"
    around = os.environ if environment is None else environment
    return read_settings(data / FILE_NAME, how, lambda values: make_settings(values, around))

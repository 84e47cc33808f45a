"""What cannot work is named before anything is opened."""

import pytest

from edge.hardware.configured import read_devices
from provisioning.configuration import SettingsError

GOOD = {"name": "p1", "kind": "printer", "url": "socket://10.0.0.5:9100"}


def test_a_device_is_read_and_can_be_made() -> None:
    (device,) = read_devices([{**GOOD, "till": "t1", "options": {"columns": 32}}])
    assert (device.category, device.till) == ("POSPrinter", "t1")
    assert device.driver({"done": ["a"]}).busy is False


@pytest.mark.parametrize(
    ("table", "named"),
    [
        ({"name": "P 1"}, "name: 'P 1'"),
        ({"kind": "toaster"}, "kind: 'toaster'"),
        ({"url": "http://x"}, "url: http:// is no port"),
        ({"url": "socket://x"}, "url: write it as socket://HOST:PORT"),
        ({"url": "ttyUSB0"}, "url: begin with a /"),
        ({"url": "/dev/ttyS0?speed=3"}, "url: unknown port setting speed"),
        ({"options": {"columns": "wide", "colour": 1}}, "options: printer cannot be set up"),
        ({"options": {"done": []}}, "options.done"),
        ({"kind": "scanner"}, "till: a scanner belongs to one till"),
        ({"till": 3}, "till is a text"),
        ({"port": "x"}, "port: no such setting"),
    ],
)
def test_what_cannot_work_is_named(table: dict[str, object], named: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_devices([{**GOOD, **table}])
    assert named in str(refused.value)
    assert str(refused.value).startswith("devices[1]")


def test_names_are_unique_and_tables_are_tables() -> None:
    with pytest.raises(SettingsError, match="two are called 'p1'"):
        read_devices([GOOD, GOOD])
    wrongs: list[object] = [{}, ["x"], "x"]
    for wrong in wrongs:
        with pytest.raises(SettingsError, match=r"\[\[devices\]\]"):
            read_devices(wrong)
    with pytest.raises(SettingsError, match="name: missing"):
        read_devices([{}])

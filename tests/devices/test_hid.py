"""Key events to text: nothing typed by a scanner is lost, Shift least of all."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from devices.hid import HidKeys, type_keys

typeable = st.text(st.sampled_from([chr(code) for code in range(32, 127)] + ["\t", "\r", "\x1d"]))


@given(text=typeable, cut=st.integers(0, 2000))
def test_what_is_typed_comes_back_however_it_is_cut(text: str, cut: int) -> None:
    keys = HidKeys()
    data = type_keys(text)
    assert (keys.feed(data[:cut]) + keys.feed(data[cut:])).decode() == text


def test_golden_key_events() -> None:
    down_shift = struct.pack("@llHHi", 0, 0, 1, 42, 1)
    down_a = struct.pack("@llHHi", 0, 0, 1, 30, 1)
    up_a = struct.pack("@llHHi", 0, 0, 1, 30, 0)
    up_shift = struct.pack("@llHHi", 0, 0, 1, 42, 0)
    assert type_keys("A") == down_shift + down_a + up_a + up_shift
    assert HidKeys().feed(down_shift + down_a + up_a + up_shift + down_a) == b"Aa"


def test_repeats_and_other_events_are_not_typing() -> None:
    held = struct.pack("@llHHi", 0, 0, 1, 30, 2)
    sync = struct.pack("@llHHi", 0, 0, 0, 0, 0)
    assert HidKeys().feed(held + sync) == b""


def test_shift_held_when_the_scanner_vanished_is_forgotten() -> None:
    keys = HidKeys()
    keys.feed(struct.pack("@llHHi", 0, 0, 1, 42, 1) + b"half")
    keys.reset()
    assert keys.feed(type_keys("a")) == b"a"

"""The short form of the fuzz run; the long one is ``python -m tests.devices.fuzz``."""

import pytest

from tests.devices.fuzz import TARGETS, Target, fuzz, held_bytes


@pytest.mark.parametrize("name", list(TARGETS))
def test_no_bytes_crash_or_fill_a_codec(name: str) -> None:
    fuzz(TARGETS[name], 1500)


def test_the_fuzzer_finds_a_crash_and_a_leak() -> None:
    leak: list[bytes] = []
    leaky = Target(lambda: leak, lambda _, data, __: leak.append(data * 100), (b"x" * 100,))
    with pytest.raises(AssertionError, match="holds"):
        fuzz(leaky, 1000)

    def crash(_: object, data: bytes, __: float) -> None:
        if b"\xff" in data:
            raise KeyError(data)

    with pytest.raises(AssertionError, match="KeyError"):
        fuzz(Target(list, crash, (b"x",)), 10_000)


def test_what_a_codec_holds_is_counted() -> None:
    class Thing:
        def __init__(self) -> None:
            self.buffer = bytearray(100)
            self.queue = [b"12345", b"6"]

    assert held_bytes(Thing()) == 100 + 2 * 8 + 6

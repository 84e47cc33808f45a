"""Independent decoders: programs that are no part of Evertill read what it wrote."""

import shutil
import struct
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


def zbar(picture: Path) -> set[str]:
    """The barcodes zbarimg finds in a picture."""
    program = shutil.which("zbarimg")
    if program is None:
        pytest.skip("zbarimg (Debian: zbar-tools) is not installed")
    done = subprocess.run(
        [program, "--quiet", "--raw", str(picture)], capture_output=True, check=True, text=True
    )
    return set(done.stdout.split())


def tshark(
    frames: list[tuple[bool, bytes]], port: int, protocol: str, *fields: str
) -> list[list[str]]:
    """What tshark reads in a TCP conversation with ``port``: one row of fields per frame.

    ``frames`` are (from the client?, payload); ``protocol`` is tshark's name for it.
    """
    program = shutil.which("tshark")
    if program is None:
        pytest.skip("tshark (Debian: tshark) is not installed")
    with TemporaryDirectory() as folder:
        capture = Path(folder, "talk.pcap")
        capture.write_bytes(_pcap(frames, port))
        wanted = [part for field in fields for part in ("-e", field)]
        done = subprocess.run(
            [
                *(program, "-n", "-r", str(capture), "-d", f"tcp.port=={port},{protocol}"),
                *("-T", "fields", "-E", "separator=;", *wanted),
            ],
            capture_output=True,
            check=True,
            text=True,
        )
    return [line.split(";") for line in done.stdout.splitlines()]


def _pcap(frames: list[tuple[bool, bytes]], port: int) -> bytes:
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)  # raw IP
    sequence = {True: 1, False: 1}
    for number, (ours, payload) in enumerate(frames):
        ports = (40000, port) if ours else (port, 40000)
        tcp = struct.pack(
            ">HHIIBBHHH", *ports, sequence[ours], sequence[not ours], 0x50, 0x18, 8192, 0, 0
        )
        sequence[ours] += len(payload)
        addresses = b"\x0a\0\0\x01\x0a\0\0\x02" if ours else b"\x0a\0\0\x02\x0a\0\0\x01"
        length = 40 + len(payload)
        ip = struct.pack(">BBHHHBBH", 0x45, 0, length, number, 0, 64, 6, 0) + addresses
        out += struct.pack("<IIII", number, 0, length, length) + ip + tcp + payload
    return out

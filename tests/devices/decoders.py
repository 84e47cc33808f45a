"""Independent decoders: programs that are no part of Evertill read what it wrote."""

import shutil
import struct
import subprocess
from collections.abc import Iterable, Iterator
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
    capture = _pcap(101, _packets(frames, port))  # raw IP
    return _tshark(capture, ["-d", f"tcp.port=={port},{protocol}"], fields)


def tshark_serial(blocks: list[bytes], protocol: str, *fields: str) -> list[list[str]]:
    """What tshark reads in the blocks of a serial line: one row of fields per block."""
    link = f'uat:user_dlts:"User 0 (DLT=147)","{protocol}","0","","0",""'
    return _tshark(_pcap(147, blocks), ["-o", link], fields)


def _tshark(capture: bytes, options: list[str], fields: tuple[str, ...]) -> list[list[str]]:
    program = shutil.which("tshark")
    if program is None:
        pytest.skip("tshark (Debian: tshark) is not installed")
    with TemporaryDirectory() as folder:
        file = Path(folder, "talk.pcap")
        file.write_bytes(capture)
        wanted = [part for field in fields for part in ("-e", field)]
        done = subprocess.run(
            [
                program,
                "-n",
                "-r",
                str(file),
                *options,
                "-T",
                "fields",
                "-E",
                "separator=;",
                *wanted,
            ],
            capture_output=True,
            check=True,
            text=True,
        )
    return [line.split(";") for line in done.stdout.splitlines()]


def _pcap(link: int, packets: Iterable[bytes]) -> bytes:
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)
    for number, packet in enumerate(packets):
        out += struct.pack("<IIII", number, 0, len(packet), len(packet)) + packet
    return out


def _packets(frames: list[tuple[bool, bytes]], port: int) -> Iterator[bytes]:
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
        yield ip + tcp + payload


_RENDER = """
const {ready} = require('zpl-renderer-js');
const [, file, width, height] = process.argv;
ready.then(async ({api}) => {
  const zpl = require('fs').readFileSync(0, 'utf8');
  const png = await api.zplToBase64Async(zpl, Number(width), Number(height), 8);
  require('fs').writeFileSync(file, Buffer.from(png, 'base64'));
  process.exit(0);
});
"""


def render_zpl(zpl: bytes, width_mm: float, height_mm: float, picture: Path) -> None:
    """Have zpl-renderer-js (found through NODE_PATH) draw a label."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    find = [node, "-e", "require.resolve('zpl-renderer-js')"]
    if subprocess.run(find, capture_output=True, check=False).returncode:
        pytest.skip("zpl-renderer-js (npm) is not on NODE_PATH")
    subprocess.run(
        [node, "-e", _RENDER, str(picture), str(width_mm), str(height_mm)],
        input=zpl,
        check=True,
        capture_output=True,
    )

"""Independent decoders: programs that are no part of Evertill read what it wrote."""

import shutil
import subprocess
from pathlib import Path

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

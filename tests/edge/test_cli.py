"""The command as its users meet it: real processes, exit codes and what is said."""

import re
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from edge.books.backup import DATABASE
from edge.books.database import connect
from edge.cli import app
from tests.edge.web.shop import make_node, new_id, problem, sale

PROGRAM = [sys.executable, "-c", "from edge.cli import app; app()"]


def edge(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@contextmanager
def running(data: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [*PROGRAM, "run", "--data", str(data)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert " sells at http://127.0.0.1:" in line, process.communicate()
        yield f"{line.split()[-1]}/api/v1", process
    finally:
        process.kill()
        process.communicate()


def test_init_makes_a_node_that_nobody_else_can_read(tmp_path: Path) -> None:
    data = tmp_path / "node"
    made = edge("init", "--data", str(data), "--store", "s0001", "--generation", "3")
    assert made.exit_code == 0, made.output
    assert "Made node s0001-n3" in made.output
    assert "Next: evertill-edge device add" in made.output
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "node.key").stat().st_mode) == 0o600
    key = (data / "node.key").read_bytes()
    again = edge("init", "--data", str(data), "--store", "s0002")
    assert again.exit_code == 1
    assert "exists already" in again.output
    assert (data / "node.key").read_bytes() == key


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["init", "--store", "S 1"], "store: node name 'S 1' must be"),
        (["init", "--store", "s1", "--currency", "euros"], "currency: three capitals"),
        (["init", "--store", "s1", "--generation", "-1"], "generation -1 must be"),
        (["run"], "evertill-edge init"),
        (["status"], "evertill-edge init"),
        (["device", "add", "t1", "--role", "till"], "evertill-edge init"),
        (["device", "list"], "evertill-edge init"),
    ],
)
def test_what_goes_wrong_is_said_in_a_line(tmp_path: Path, arguments: list[str], text: str) -> None:
    data = tmp_path / "none"
    failed = edge(*arguments, "--data", str(data))
    assert failed.exit_code == 1
    assert text in failed.output
    assert "Traceback" not in failed.output
    assert not data.exists()


def test_devices_are_let_in_listed_and_shut_out(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "node"))
    edge("init", *data, "--store", "s0001")
    added = edge("device", "add", "t1", "--role", "till", *data)
    assert re.fullmatch(r"evd_[A-Za-z0-9_-]{43}\n", added.stdout)
    assert "already" in edge("device", "add", "t1", "--role", "till", *data).output
    assert "none of till, pos" in edge("device", "add", "t2", "--role", "boss", *data).output
    assert "t1" in edge("device", "list", *data).output
    assert edge("device", "revoke", "t1", *data).exit_code == 0
    assert "device list" in edge("device", "revoke", "t1", *data).output
    renewed = edge("device", "add", "t1", "--role", "till", *data)
    assert renewed.exit_code == 0
    assert renewed.stdout != added.stdout


def test_a_node_sells_stops_on_a_signal_and_sells_again(tmp_path: Path) -> None:
    data = tmp_path / "node"
    _, tokens = make_node(data)
    headers = {"Authorization": f"Bearer {tokens['till']}"}
    sale_id = new_id()
    for stop, status in ((signal.SIGTERM, 201), (signal.SIGINT, 200)):
        with running(data) as (url, process):
            answer = httpx.put(f"{url}/sales/{sale_id}", json=sale(), headers=headers)
            assert answer.status_code == status, answer.text
            process.send_signal(stop)
            _, said = process.communicate(timeout=20)
            assert process.returncode == 0, said
            assert "Stopped" in said
            assert tokens["till"] not in said


def test_a_sale_that_was_answered_survives_a_kill(tmp_path: Path) -> None:
    data = tmp_path / "node"
    _, tokens = make_node(data)
    headers = {"Authorization": f"Bearer {tokens['till']}"}
    ids = [new_id() for _ in range(20)]
    with running(data) as (url, process), httpx.Client(base_url=url, headers=headers) as till:
        for sale_id in ids:
            assert till.put(f"/sales/{sale_id}", json=sale()).status_code == 201
        process.kill()
    with running(data) as (url, _), httpx.Client(base_url=url, headers=headers) as till:
        for sale_id in ids:
            assert till.put(f"/sales/{sale_id}", json=sale()).status_code == 200


def test_a_device_added_while_the_node_runs_is_let_in(tmp_path: Path) -> None:
    data = tmp_path / "node"
    make_node(data)
    with running(data) as (url, _):
        token = edge("device", "add", "t9", "--role", "till", "--data", str(data)).stdout.strip()
        headers = {"Authorization": f"Bearer {token}"}
        assert httpx.get(f"{url}/whoami", headers=headers).json()["device"] == "t9"
        edge("device", "revoke", "t9", "--data", str(data))
        problem(httpx.get(f"{url}/whoami", headers=headers), 401)


def test_a_port_that_is_taken_is_said_so(tmp_path: Path) -> None:
    data = tmp_path / "node"
    make_node(data)
    with running(data) as (url, _):
        port = url.split(":")[2].split("/")[0]
        text = (data / "edge.toml").read_text().replace("port = 0", f"port = {port}")
        (data / "edge.toml").write_text(text)
        failed = edge("run", "--data", str(data))
    assert failed.exit_code == 1
    assert f"cannot listen on 127.0.0.1:{port}" in failed.output
    assert "port 0 takes a free one" in failed.output


def test_status_reads_the_books_of_a_node_at_rest(tmp_path: Path) -> None:
    data = tmp_path / "node"
    make_node(data)
    shown = edge("status", "--data", str(data))
    assert shown.exit_code == 0, shown.output
    assert "s0001-n7" in shown.output


def test_a_backup_becomes_a_new_life_with_the_old_devices(tmp_path: Path) -> None:
    data, target, restored = tmp_path / "node", tmp_path / "b1", tmp_path / "new"
    _, tokens = make_node(data)
    headers = {"Authorization": f"Bearer {tokens['till']}"}
    sale_id = new_id()
    with running(data) as (url, _):
        sold = httpx.put(f"{url}/sales/{sale_id}", json=sale(), headers=headers).json()
        made = edge("backup", str(target), "--data", str(data))
        assert made.exit_code == 0, made.output
    assert "s0001-n7 up to fact 3" in made.output
    key = (data / "node.key").read_bytes()
    for path in (target, Path(f"{target}.json"), Path(f"{target}.toml")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
        assert key not in path.read_bytes()
    assert edge("backup", str(target), "--data", str(data)).exit_code == 1
    begun = edge("restore", str(target), "--data", str(restored))
    assert begun.exit_code == 0, begun.output
    assert stat.S_IMODE(restored.stat().st_mode) == 0o700
    assert (restored / "node.key").read_bytes() != key
    assert "exists" in edge("restore", str(target), "--data", str(restored)).output
    with running(restored) as (url, _):
        repeat = httpx.put(f"{url}/sales/{sale_id}", json=sale(), headers=headers)
        assert (repeat.status_code, repeat.json()) == (200, sold | {"repeated": True})
        other = httpx.put(f"{url}/sales/{new_id()}", json=sale(), headers=headers).json()
    assert other["journal"] != sold["journal"]
    assert other["receipt"].endswith("-000001")
    assert edge("verify", "--data", str(restored)).exit_code == 0


def test_a_damaged_backup_is_refused(tmp_path: Path) -> None:
    data, target = tmp_path / "node", tmp_path / "b1"
    make_node(data)
    edge("backup", str(target), "--data", str(data))
    content = bytearray(target.read_bytes())
    content[5000] ^= 1
    target.write_bytes(content)
    refused = edge("restore", str(target), "--data", str(tmp_path / "new"))
    assert refused.exit_code == 1
    assert "is damaged" in refused.output
    assert not (tmp_path / "new").exists()


def test_verify_names_the_first_disagreement(tmp_path: Path) -> None:
    data = tmp_path / "node"
    _, tokens = make_node(data)
    headers = {"Authorization": f"Bearer {tokens['till']}"}
    with running(data) as (url, _):
        httpx.put(f"{url}/sales/{new_id()}", json=sale(), headers=headers)
    assert edge("verify", "--data", str(data)).exit_code == 0
    with closing(connect(data / DATABASE)) as connection:
        connection.execute("UPDATE quantity SET value = value + 1")
    found = edge("verify", "--data", str(data))
    assert found.exit_code == 1
    assert "quantity TEA-100" in found.output
    started = edge("run", "--data", str(data))
    assert started.exit_code == 1
    assert "contradict each other" in started.output

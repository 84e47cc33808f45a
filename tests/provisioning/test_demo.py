"""The whole demo as a user runs it: it proves what is true, admits what isn't, and clears away."""

import signal
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from provisioning.demo.programs import call_program
from tests.provisioning.demo_process import DemoProcess, busy_port, demo

SHORT = ("--story", "once", "--seconds", "3", "--tills", "2")

pytestmark = pytest.mark.xdist_group("demo")


def sell_behind_their_backs(data: Path) -> None:
    """Sell at a store what no customer of the demo has a receipt for."""
    token = call_program(
        "evertill-edge", "device", "add", "x", "--role", "pos", "--data", str(data)
    )
    url = (data / "node.url").read_text("utf-8")
    sale = {
        "till": "x1",
        "lines": [{"sku": "TEA-001", "quantity": 1, "price_minor": 1}],
        "tenders": [{"kind": "card", "amount_minor": 1}],
    }
    reply = httpx.put(
        f"{url}/api/v1/sales/{uuid4()}", json=sale, headers={"Authorization": f"Bearer {token}"}
    )
    assert reply.status_code == 201, reply.text


def test_two_demos_at_once_one_of_them_disturbed(tmp_path: Path) -> None:
    """Each chooses around taken ports; each proves or disproves its own books alone."""
    data = tmp_path / "kept"
    with busy_port() as taken:
        port = ("--port", str(taken.getsockname()[1]))
        with (
            demo(tmp_path / "one", *SHORT, *port) as one,
            demo(tmp_path / "other", *SHORT, *port, "--keep", str(data)) as other,
        ):
            other.wait_for("All stores are connected and sell")
            with other.paused():  # or its books are closed before, on a busy machine
                sell_behind_their_backs(data / "s0001")
            assert one.exit_code() == 0, one.output
            assert other.exit_code() == 1, other.output
            assert [*one.left_behind(), *other.left_behind()] == []
    proofs_that_hold(one)
    assert "NOT PROVED: every acknowledged receipt exists exactly once" in other.output
    assert "1 too many or nobody's at headquarters" in other.output
    assert "NOT PROVED: net sales agree to the cent" in other.output
    assert "proved: every node and headquarters re-fold their journals" in other.output
    assert (data / "s0001" / "store.db").exists()


def proofs_that_hold(story: DemoProcess) -> None:
    """Check that every claim of the story was made and proved."""
    for claim in (
        "proved: all connected, headquarters' stock is the stores' stock",
        "proved: cut off, s0002 went on selling, and headquarters knew it was cut off",
        "proved: connected again, s0002 agrees",
        "proved: killed in mid-sale, s0003 came back and lost nothing",
        "proved: at the end, headquarters' stock is the stores' stock",
        "proved: every acknowledged receipt exists exactly once, here and there",
        "proved: net sales agree to the cent",
        "proved: every node and headquarters re-fold their journals to their books",
        "proved: what was scanned is what was sold, line by line",
        "All 9 claims were proved",
    ):
        assert claim in story.output
    assert "NOT PROVED" not in story.output


@pytest.mark.parametrize(
    ("number", "code", "moment"),
    [
        (signal.SIGINT, 130, "starting the nodes"),
        (signal.SIGTERM, 143, "setting up headquarters and 3 store nodes"),
    ],
    ids=["Ctrl-C", "SIGTERM"],
)
def test_a_signal_ends_everything(
    tmp_path: Path, number: signal.Signals, code: int, moment: str
) -> None:
    with demo(tmp_path, *SHORT) as story:
        story.wait_for(moment)
        story.signal(number)
        assert story.exit_code() == code, story.output
        assert story.left_behind() == []


def test_a_child_that_dies_is_named_with_its_last_words(tmp_path: Path) -> None:
    with demo(tmp_path, *SHORT) as story:
        story.wait_for("starting the nodes")
        (headquarters,) = [p for p in story.family() if "evertill-central" in " ".join(p.cmdline())]
        headquarters.kill()
        assert story.exit_code() == 1, story.output
        assert story.left_behind() == []
    assert "headquarters ended by itself with code -9. Its last words:" in story.output
    assert "answers at http://127.0.0.1:" in story.output
    assert "--keep DIR" in story.output


def test_a_folder_in_use_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mine").touch()
    with demo(tmp_path / "run", *SHORT, "--keep", str(tmp_path / "data")) as story:
        assert story.exit_code() == 1
    assert "is not empty: name a folder that is new or empty" in story.output
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["mine"]

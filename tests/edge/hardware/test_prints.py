"""A job is printed once, waits for paper, and after a restart nobody prints twice by accident."""

from contextlib import closing
from pathlib import Path
from typing import Any, cast

from devices.simulated.labels import LabelPeer
from devices.simulated.printer import PrinterPeer
from edge.books.backup import DATABASE
from edge.books.database import connect
from tests.edge.hardware.shop import Counter, bench_aside, counter, devices_of, equipped
from tests.edge.web.shop import TEA_GTIN, make_node, new_id, problem


def printer(made: Counter) -> PrinterPeer:
    return cast(PrinterPeer, made.peer("printer"))


def change(made: Counter, **condition: bool) -> None:
    def verb() -> None:
        for name, value in condition.items():
            setattr(printer(made).condition, name, value)
        printer(made).changed()

    made.use("printer", verb)


def print_test(made: Counter, identity: str) -> dict[str, Any]:
    answer = made.till.post("/till/print/test", json={"id": identity})
    assert answer.status_code == 200, answer.text
    job: dict[str, Any] = answer.json()
    return job


def test_a_job_is_printed_once_however_often_it_is_sent(tmp_path: Path) -> None:
    with equipped(tmp_path, printer="printer") as made:
        identity = new_id()
        job = print_test(made, identity)
        made.events.next("print", job=job["job"], state="done")
        assert print_test(made, identity)["state"] == "done"
        (sheet,) = printer(made).sheets
        assert "PRINTER TEST 打印机测试" in sheet.text
        assert made.till.get(f"/till/print/{job['job']}").json()["state"] == "done"
        assert made.till.get("/till/print").json()["jobs"][0]["job"] == job["job"]
        problem(made.till.get("/till/print/nothing"), 404, "unknown-job")


def test_a_job_waits_for_paper_and_says_so(tmp_path: Path) -> None:
    with equipped(tmp_path, printer="printer") as made:
        change(made, paper_out=True)
        job = print_test(made, new_id())["job"]
        waits = made.events.next("print", job=job, state="queued")
        while "roll" not in waits["message"]["en"]:
            waits = made.events.next("print", job=job, state="queued")
        assert "缺纸" in waits["message"]["zh"]
        assert printer(made).sheets == []
        change(made, paper_out=False)
        made.events.next("print", job=job, state="done")
        assert len(printer(made).sheets) == 1


def test_what_waits_is_printed_after_a_restart_and_what_is_done_is_not(tmp_path: Path) -> None:
    with bench_aside(tmp_path) as aside:
        data = tmp_path / "node"
        _, tokens = make_node(data, devices=devices_of(aside, {"printer": "printer"}))
        first, second = new_id(), new_id()
        with counter(data, tokens, aside) as made:
            made.events.next("print", job=print_test(made, first)["job"], state="done")
            change(made, cover_open=True)
            print_test(made, second)
        with counter(data, tokens, aside) as made:
            assert print_test(made, first)["state"] == "done"
            assert made.till.get(f"/till/print/test-{second}").json()["state"] == "queued"
            change(made, cover_open=False)
            made.events.next("print", job=f"test-{second}", state="done")
            assert len(printer(made).sheets) == 2


def test_a_job_cut_short_is_in_doubt_until_somebody_looked(tmp_path: Path) -> None:
    with bench_aside(tmp_path) as aside:
        data = tmp_path / "node"
        _, tokens = make_node(data, devices=devices_of(aside, {"printer": "printer"}))
        identity = new_id()
        with counter(data, tokens, aside) as made:
            job = print_test(made, identity)["job"]
            made.events.next("print", job=job, state="done")
        with closing(connect(data / DATABASE)) as connection:  # as a power cut would leave it
            kept = "UPDATE print_job SET state = 'printing'"
            connection.execute(kept)
        with counter(data, tokens, aside) as made:
            found = made.till.get(f"/till/print/{job}").json()
            assert found["state"] == "doubtful"
            assert "look at the printer" in found["message"]["en"]
            assert print_test(made, identity)["state"] == "doubtful"
            assert len(printer(made).sheets) == 1
            seen = made.till.post(f"/till/print/{job}/settle", json={"printed": True})
            assert seen.json()["state"] == "done"
            again = made.till.post(f"/till/print/{job}/settle", json={"printed": False})
            problem(again, 409, "not-now")


def test_what_somebody_missed_on_the_paper_is_printed_again(tmp_path: Path) -> None:
    with bench_aside(tmp_path) as aside:
        data = tmp_path / "node"
        _, tokens = make_node(data, devices=devices_of(aside, {"printer": "printer"}))
        with counter(data, tokens, aside) as made:
            change(made, cover_open=True)
            job = print_test(made, new_id())["job"]
        with closing(connect(data / DATABASE)) as connection:
            connection.execute("UPDATE print_job SET state = 'printing'")
        with counter(data, tokens, aside) as made:
            change(made, cover_open=False)
            assert made.till.get(f"/till/print/{job}").json()["state"] == "doubtful"
            made.till.post(f"/till/print/{job}/settle", json={"printed": False})
            made.events.next("print", job=job, state="done")
            assert len(printer(made).sheets) == 1


def test_shelf_labels_come_out(tmp_path: Path) -> None:
    with equipped(tmp_path, labels="labels-zpl") as made:
        body = {"id": new_id(), "labels": [{"sku": "TEA-100", "copies": 2}, {"sku": "APPLE"}]}
        jobs = made.till.post("/till/labels", json=body).json()["jobs"]
        for job in jobs:
            made.events.next("print", job=job["job"], state="done")
        labels = cast(LabelPeer, made.peer("labels")).labels
        assert len(labels) == 3
        assert TEA_GTIN.encode()[:12] in labels[0]
        same = made.till.post("/stock/labels", json={"id": new_id(), "skus": ["APPLE"]}).json()
        made.events.next("print", job=same["jobs"][0]["job"], state="done")
        assert labels[2] == labels[3]  # the price of a kilogram is worked out in one place
        unknown = made.till.post("/till/labels", json={"id": new_id(), "labels": [{"sku": "X"}]})
        assert problem(unknown, 422, "unknown-product")["field"] == "labels[0].sku"

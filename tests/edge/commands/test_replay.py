"""Files of documents against a real node: each is posted once, whatever happens on the way."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from edge.cli import app
from edge.commands.replay import PATHS, ReplayError, Tally, document_id, feed, reach, read_documents
from provisioning.broker_process import free_port
from tests.edge.web.shop import Shop, make_node, open_shop

DAY = {"at_ms": 1_291_190_760_000, "business_day": "2010-12-01"}
TEA = {"sku": "TEA-100", "quantity": 2, "price_minor": 255}
PAID = [{"kind": "card", "amount_minor": 510}]
SALE = {"type": "sale", "reference": "536365", "lines": [TEA], "tenders": PAID, **DAY}
MANY = 40


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    _, tokens = make_node(tmp_path / "node")
    with open_shop(tmp_path / "node", tokens) as running:
        yield running


def written(folder: Path, *documents: object) -> Path:
    path = folder / "documents.jsonl"
    lines = [d if isinstance(d, str) else json.dumps(d, ensure_ascii=False) for d in documents]
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path


def replay(path: Path, url: str, token: str, *more: str) -> Result:
    token_file = path.with_name("token")
    token_file.write_text(token + "\n")
    options = ["--url", url, "--token-file", str(token_file), "--patience", "60", *more]
    return CliRunner().invoke(app, ["replay", str(path), *options])


def of_every_type() -> list[dict[str, Any]]:
    line = {"sku": "TEA-100", "quantity": 1}
    return [
        {"type": "opening", "reference": "o", "lines": [{"sku": "TEA-100", "quantity": 100}]},
        SALE | {"total_minor": 510},
        SALE | {"reference": "536366"},
        {"type": "return", "reference": "C1", "sale": "536365", "reason": "too much",
         "lines": [{"line": 0, "quantity": 1}], "total_minor": 255, **DAY},
        {"type": "return", "reference": "C2", "reason": "no receipt", **DAY,
         "lines": [{"sku": "TEA-100", "quantity": 3, "price_minor": 100}], "total_minor": 300},
        {"type": "void", "reference": "V1", "sale": "536366", "reason": "rung up twice", **DAY},
        {"type": "receipt", "reference": "R1", "lines": [{"sku": "TEA-100", "quantity": 10}]},
        {"type": "write-off", "reference": "W1", "reason": "wet", "lines": [line]},
        {"type": "adjustment", "reference": "A1", "reason": "check",
         "lines": [{"sku": "TEA-100", "quantity": -20}]},
        {"type": "transfer-out", "reference": "T1", "to_store": "s0002", "lines": [line]},
        {"type": "transfer-in", "reference": "T9", "from_store": "s0002", "out": "T8",
         "lines": [line]},
        {"type": "count", "reference": "N1",
         "lines": [{"sku": "TEA-100", "counted": 7, "seen": 6}]},
        {"type": "grant", "reference": "G1", "lines": [line]},
    ]  # fmt: skip


def test_every_type_is_posted_once_however_often_it_is_replayed(shop: Shop, tmp_path: Path) -> None:
    documents = of_every_type()
    assert {document["type"] for document in documents} == PATHS.keys()
    path = written(tmp_path, *documents)
    first = replay(path, shop.url, shop.tokens["admin"])
    assert first.exit_code == 0, first.output
    assert "13 documents posted, 0 were on record before." in first.output
    assert "Next: " in first.output
    assert shop.on_hand("TEA-100") == 100 - 2 + 1 + 3 + 10 - 1 - 20 - 1 + 1 + 1
    before = shop.books()
    again = replay(path, shop.url, shop.tokens["admin"], "--connections", "1")
    assert again.exit_code == 0, again.output
    assert "0 documents posted, 13 were on record before." in again.output
    assert shop.books() == before


def test_the_day_and_the_price_are_the_documents_own(shop: Shop, tmp_path: Path) -> None:
    path = written(tmp_path, SALE)
    assert replay(path, shop.url, shop.tokens["admin"]).exit_code == 0
    with shop.client() as client:
        sold = client.get(f"/sales/{document_id('s0001', 'sale', '536365')}").json()["sale"]
    assert (sold["at_ms"], sold["business_day"]) == (DAY["at_ms"], DAY["business_day"])
    assert (sold["total_minor"], sold["lines"][0]["price_minor"]) == (510, 255)


def test_what_refers_to_a_sale_is_never_sent_before_it(shop: Shop, tmp_path: Path) -> None:
    documents = []
    for number in range(MANY):
        documents.append(SALE | {"reference": f"S{number}"})
        documents.append(
            {"type": "return", "reference": f"C{number}", "sale": f"S{number}", "reason": "back",
             "lines": [{"line": 0, "quantity": 2}], **DAY}
        )  # fmt: skip
    done = replay(
        written(tmp_path, *documents), shop.url, shop.tokens["admin"], "--connections", "16"
    )
    assert done.exit_code == 0, done.output
    assert f"{2 * MANY} documents posted" in done.output
    assert shop.on_hand("TEA-100") == 0


def test_a_refusal_names_the_line_and_a_corrected_file_goes_on(shop: Shop, tmp_path: Path) -> None:
    """What stands before the refused line is posted; nobody is asked to find out what was."""
    good = [SALE | {"reference": f"S{number}"} for number in range(MANY)]
    bad = SALE | {"reference": "X", "lines": [TEA | {"sku": "NONE"}]}
    path = written(tmp_path, *good[:20], bad, *good[20:])
    refused = replay(path, shop.url, shop.tokens["admin"])
    assert refused.exit_code == 1
    said = " ".join(refused.output.split())
    assert "documents.jsonl, line 21 (sale X): There is no such product:" in said
    assert "run the same command again" in said
    corrected = replay(written(tmp_path, *good), shop.url, shop.tokens["admin"])
    assert corrected.exit_code == 0, corrected.output
    assert shop.on_hand("TEA-100") == -2 * MANY


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "Correct the line"),
        ("[]", "Expected `object`"),
        ("\udcff".encode("utf-8", "surrogatepass").decode("latin-1"), "Correct the line"),
        ({"type": "gift", "reference": "1"}, "type 'gift' is none of sale, return"),
        ({"type": "sale"}, "`reference` must be a text"),
        ({"type": "sale", "reference": 7}, "`reference` must be a text"),
        ({"type": "void", "reference": "1"}, "`sale` must be a text"),
        ({"type": "sale", "reference": "1", "id": "x"}, "leave `id` out"),
        ({"type": "sale", "reference": "1", "total_minor": 1.0}, "`total_minor` must be"),
        (SALE, "has the type and reference of documents.jsonl, line 1"),
    ],
)
def test_a_line_that_is_no_document_is_found_before_anything_is_sent(
    shop: Shop, tmp_path: Path, line: object, words: str
) -> None:
    before = shop.books()
    refused = replay(written(tmp_path, SALE, line), shop.url, shop.tokens["admin"])
    assert refused.exit_code == 1
    said = " ".join(refused.output.split())
    assert "documents.jsonl, line 2" in said
    assert words in said
    assert shop.books() == before


def test_another_total_than_the_files_stops_the_replay(shop: Shop, tmp_path: Path) -> None:
    path = written(tmp_path, SALE | {"total_minor": 509})
    stopped = replay(path, shop.url, shop.tokens["admin"])
    assert stopped.exit_code == 1
    assert "came to 510 minor units, the file says 509" in " ".join(stopped.output.split())


def test_who_may_not_post_is_told_so(shop: Shop, tmp_path: Path) -> None:
    path = written(tmp_path, SALE)
    for token, words in ((shop.tokens["readonly"], "may not sell"), ("evd_x", "not known here")):
        refused = replay(path, shop.url, token)
        assert refused.exit_code == 1
        assert words in " ".join(refused.output.split())


def test_an_address_where_no_node_answers(tmp_path: Path) -> None:
    path = written(tmp_path, SALE)
    for url, words in (
        ("http://127.0.0.1:1", "Start the node"),
        ("127.0.0.1:8470", "is no address"),
        ("http://shop:port", "is no address"),
    ):
        failed = replay(path, url, "evd_x", "--patience", "0")
        assert failed.exit_code == 1
        assert words in " ".join(failed.output.split())
    missing = CliRunner().invoke(app, ["replay", str(path), "--token-file", str(tmp_path / "no")])
    assert missing.exit_code == 1
    assert "No such file" in missing.output


def test_a_node_with_a_certificate_of_its_own(tmp_path: Path) -> None:
    data = tmp_path / "node"
    _, tokens = make_node(data, http_cert_file="http.pem", http_key_file="http.key")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    certificate = authority.issue_cert("127.0.0.1")
    certificate.cert_chain_pems[0].write_to_path(data / "http.pem")
    certificate.private_key_pem.write_to_path(data / "http.key")
    path = written(tmp_path, SALE)
    with open_shop(data, tokens) as shop:
        refused = replay(path, shop.url, tokens["admin"])
        assert refused.exit_code == 1
        assert "name the certificate to trust by --ca" in " ".join(refused.output.split())
        done = replay(path, shop.url, tokens["admin"], "--ca", str(tmp_path / "ca.pem"))
        assert done.exit_code == 0, done.output


def test_an_interrupted_replay_goes_on(shop: Shop, tmp_path: Path) -> None:
    path = written(tmp_path, *(SALE | {"reference": f"S{number}"} for number in range(MANY)))

    def interrupt(tally: Tally) -> None:
        if tally.documents == 15:
            raise KeyboardInterrupt

    with reach(shop.url, shop.tokens["admin"], connections=4, patience_s=60) as node:
        documents = read_documents(path, node.store())
        with pytest.raises(KeyboardInterrupt):
            feed(node, documents, 4, interrupt)
    before = len(shop.books()["receipt"])
    assert 15 <= before < MANY
    finished = replay(path, shop.url, shop.tokens["admin"])
    assert finished.exit_code == 0, finished.output
    assert f"{MANY - before} documents posted, {before} were on record" in finished.output
    assert shop.on_hand("TEA-100") == -2 * MANY


def test_a_node_that_comes_back_in_time_is_waited_for(tmp_path: Path) -> None:
    port = free_port()
    _, tokens = make_node(tmp_path / "node", port=port)
    url = f"http://127.0.0.1:{port}"
    with (
        ThreadPoolExecutor() as pool,
        reach(url, tokens["admin"], connections=1, patience_s=60) as node,
    ):
        asked = pool.submit(node.store)
        with open_shop(tmp_path / "node", tokens):
            assert asked.result() == "s0001"


def test_the_format_is_described_with_examples_that_are_documents(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs/integrator/replay.md").read_text("utf-8")
    (examples,) = re.findall(r"```json\n(.+?)```", page, re.DOTALL)
    path = tmp_path / "examples"
    path.write_text(examples, "utf-8")
    assert len(list(read_documents(path, "s0001"))) == examples.count("\n") == 5
    assert all(f"`{kind}`" in page for kind in PATHS)


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_ids_depend_on_store_type_and_reference_alone(one: str, other: str) -> None:
    assert document_id("s0001", "sale", one) == document_id("s0001", "sale", one)
    assert document_id("s0001", "sale", one) != document_id("s0002", "sale", one)
    assert document_id("s0001", "sale", one) != document_id("s0001", "return", one)
    same = document_id("s0001", "sale", one) == document_id("s0001", "sale", other)
    assert same == (one == other)


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_no_document(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(data)
        if data.strip():
            with pytest.raises(ReplayError, match="file, line "):
                list(read_documents(path, "s0001"))
        else:
            assert list(read_documents(path, "s0001")) == []

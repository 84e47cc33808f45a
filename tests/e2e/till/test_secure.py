"""A till that reaches its node by name over TLS opens and sells without it; nothing is lost."""

import base64
import hashlib
import os
from contextlib import closing
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser, expect

from provisioning.broker_process import ChildProcess
from provisioning.demo.programs import HOST, find_program
from tests.e2e.till.branch import Branch, new_window, open_branch
from tests.e2e.till.cashier import Cashier
from tests.parts import CHROMIUM_FLAGS

pytestmark = pytest.mark.xdist_group("till")
NAME = "node.shop.test"
_START_S = 60.0


def _certify(branch: Branch) -> str:
    """Give the node a certificate for its name; return the digest of its public key."""
    issued = trustme.CA().issue_cert(NAME)
    issued.cert_chain_pems[0].write_to_path(branch.store.data / "http.pem")
    issued.private_key_pem.write_to_path(branch.store.data / "http.key")
    key = x509.load_pem_x509_certificate(issued.cert_chain_pems[0].bytes()).public_key()
    known = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(known).digest()).decode()


def _start_with_tls(branch: Branch) -> ChildProcess:
    """Start the branch's node again, at its port, with its certificate."""
    program = branch.store.program
    environment = {
        **os.environ,
        **program.environment,
        "EVERTILL_EDGE_PORT": str(branch.store.port),
        "EVERTILL_EDGE_HTTP_CERT_FILE": "http.pem",
        "EVERTILL_EDGE_HTTP_KEY_FILE": "http.key",
    }
    path, *arguments = program.command
    node = ChildProcess([str(find_program(path)), *arguments], program.log, environment)
    node.wait_until_it_says(f"https://{HOST}:{branch.store.port}", "the node", _START_S)
    return node


def _flags(digest: str) -> list[str]:
    """What makes a browser find the node by its name and trust its key alone."""
    found = f"--host-resolver-rules=MAP {NAME} {HOST}"
    return [*CHROMIUM_FLAGS, found, f"--ignore-certificate-errors-spki-list={digest}"]


def test_a_till_in_the_shop_sells_without_its_node(
    tmp_path: Path, browser: Browser, chromium_path: Path
) -> None:
    with open_branch(tmp_path, ("tls1",)) as branch:
        milk = branch.code("DAI-001")
        digest = _certify(branch)
        branch.kill_node()
        node = _start_with_tls(branch)
        launch = browser.browser_type.launch
        url = f"https://{NAME}:{branch.store.port}"
        with (
            closing(launch(executable_path=chromium_path, args=_flags(digest))) as trusting,
            new_window(trusting, url) as (_, page),
        ):
            ana = Cashier(page)
            ana.enrol(branch.tokens["tls1"])
            ana.log_in("Ana Lindqvist", branch.pins["ana"])
            ana.open_shift(0)
            page.evaluate("navigator.serviceWorker.ready.then(() => true)")
            receipts = [ana.sell(milk, total="€1.29")]
            expect(ana.done).to_contain_text("in the store’s node")
            node.kill()
            page.reload()
            expect(ana.total).to_have_text("€0.00")
            receipts.append(ana.sell(milk, total="€1.29"))
            expect(ana.done).to_contain_text("on this till: 1 waiting")
            node = _start_with_tls(branch)
            expect(ana.done).to_contain_text("in the store’s node")
            assert not ana.errors
        node.stop()
        branch.start_node()
        with closing(branch.manager()) as books:
            found = books.get("/sales", limit=10)["sales"]
            assert sorted(sale["receipt"] for sale in found) == sorted(receipts)

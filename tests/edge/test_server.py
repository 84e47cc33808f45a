"""The listener speaks TLS where it is told to, and tells where it is."""

import ssl
from pathlib import Path

import httpx
import pytest
import trustme

from edge.server import listen, url_of
from edge.settings import make_settings
from tests.edge.web.shop import make_node, new_id, open_shop, sale, stock_up


def test_the_api_is_served_over_tls_where_a_certificate_is_given(tmp_path: Path) -> None:
    data = tmp_path / "node"
    _, tokens = make_node(data, http_cert_file="http.pem", http_key_file="http.key")
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    certificate.cert_chain_pems[0].write_to_path(data / "http.pem")
    certificate.private_key_pem.write_to_path(data / "http.key")
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    with open_shop(data, tokens, trust) as shop:
        assert shop.url.startswith("https://127.0.0.1:")
        stock_up(shop)
        with shop.client() as till:
            assert till.put(f"/sales/{new_id()}", json=sale()).status_code == 201
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{shop.url}/api/v1/health")


def test_an_address_is_told_as_it_is_taken() -> None:
    for host, shown in (("127.0.0.1", "http://127.0.0.1:"), ("::1", "http://[::1]:")):
        settings = make_settings({"store": "s0001", "host": host, "port": 0}, {})
        try:
            listener = listen(settings)
        except OSError:
            assert host == "::1"  # a machine without IPv6
            continue
        with listener:
            assert url_of(settings, listener) == f"{shown}{listener.getsockname()[1]}"

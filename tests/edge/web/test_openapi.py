"""The OpenAPI document describes what the API really takes and gives."""

import json
import re
from typing import Any

import httpx
import msgspec
import pytest

from edge.views.values import StockDetail
from edge.web import replies, requests, till_requests
from edge.web.products import QUOTE_EXAMPLE
from edge.web.sales import RETURN_EXAMPLE, SALE_EXAMPLE, VOID_EXAMPLE
from edge.web.staff import LOGIN_EXAMPLE
from edge.web.till import FINISHED_EXAMPLE
from tests.edge.web.shop import Shop, new_id, sale


@pytest.fixture
def document(till: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = till.get("/openapi.json").json()
    return found


def test_every_shape_that_is_named_is_described(document: dict[str, Any]) -> None:
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert named <= set(document["components"]["schemas"])


def test_every_operation_has_a_name_of_its_own(document: dict[str, Any]) -> None:
    operations = [o for methods in document["paths"].values() for o in methods.values()]
    names = {operation["operationId"] for operation in operations}
    assert len(names) == len(operations)
    assert {"put_sale", "post_write_offs", "find_products"} <= names


def test_every_endpoint_is_described(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            where = f"{method} {path}"
            assert path.startswith("/api/v1/"), where
            assert len(described["description"]) > 15, where
            assert "application/problem+json" in described["responses"]["default"]["content"], where
            bare = method in ("get", "delete") or path.endswith(("logout", "life", "recall"))
            assert bare or "requestBody" in described, where
            for parameter in described.get("parameters", []):
                assert parameter["in"] == "path" or parameter["description"], where
                bounds = {"minimum", "maximum"}  # beyond 64 bits SQLite takes no number
                whole = parameter["schema"].get("type") == "integer"
                assert not whole or bounds <= parameter["schema"].keys(), where


def test_every_endpoint_needs_a_token_but_one(document: dict[str, Any], shop: Shop) -> None:
    assert document["security"] == [{"token": []}]
    unguarded = []
    with httpx.Client(base_url=shop.url) as nobody:
        for path, methods in document["paths"].items():
            for method, described in methods.items():
                answer = nobody.request(method, _somewhere(path))
                if answer.status_code != 401:
                    unguarded.append(path)
                    assert described["security"] == []
    assert unguarded == ["/api/v1/health"]


def _somewhere(path: str) -> str:
    """Fill in a path's parameters; whatever is not named here is an id."""
    return re.sub(r"\{(\w+)\}", lambda found: _ANY.get(found[1]) or new_id(), path)


_ANY = {
    "document_id": "0199a1c2-7b3e-7c4d-8e5f-60718293a4b7",
    "drawer": "t1",
    "sku": "x",
    "number": "1",
    "return_id": "0199a1c2-7b3e-7c4d-8e5f-60718293a4b5",
    "member": "0199a1c2-7b3e-7c4d-8e5f-60718293a4b6",
}


@pytest.mark.parametrize(
    ("example", "shape"),
    [
        (QUOTE_EXAMPLE, requests.Quote),
        (SALE_EXAMPLE, requests.Sell),
        (VOID_EXAMPLE, requests.VoidSale),
        (RETURN_EXAMPLE, requests.ReturnGoods),
        (LOGIN_EXAMPLE, requests.Login),
        (FINISHED_EXAMPLE, till_requests.FinishedSale),
    ],
)
def test_examples_have_the_documented_shape(example: object, shape: type) -> None:
    msgspec.json.decode(msgspec.json.encode(example), type=shape)


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/status", replies.StatusReply),
        ("/sales", replies.SalesReply),
        ("/stock/TEA-100", StockDetail),
        ("/transfers", replies.TransfersReply),
        ("/worklist", replies.WorklistReply),
        ("/quarantine", replies.QuarantineReply),
        ("/whoami", replies.WhoAmIReply),
    ],
)
def test_answers_have_the_documented_shape(
    admin: httpx.Client, path: str, shape: type[msgspec.Struct]
) -> None:
    text = admin.get(path).content
    shown = msgspec.json.decode(text, type=shape)
    assert msgspec.json.decode(msgspec.json.encode(shown)) == msgspec.json.decode(text)


def test_a_sale_has_the_documented_shape(till: httpx.Client) -> None:
    text = till.put(f"/sales/{new_id()}", json=sale()).content
    shown = msgspec.json.decode(text, type=replies.SaleReply)
    assert msgspec.json.encode(shown) == text

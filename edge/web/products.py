"""One law: the whole assortment is answered from the node itself, by code or by words."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from edge.views.values import ProductPage, ProductView
from edge.web.auth import Reading, node_of
from edge.web.body import read_body, reply
from edge.web.decoding import QUOTE, quote_command
from edge.web.operation import operation
from edge.web.problems import Invalid, NotFound
from edge.web.replies import QuoteReply
from edge.web.requests import Quote
from edge.web.showing import quote_reply
from sync.values import parse_gtin

router = APIRouter(tags=["products and prices"])

Words = Annotated[str, Query(max_length=100, description="Words of a name, in any language.")]
Gtin = Annotated[str, Query(max_length=14, description="GTIN-8, -12, -13 or -14, as scanned.")]
Sku = Annotated[str, Query(max_length=64, description="SKU, exactly.")]
Cursor = Annotated[str, Query(max_length=100, description="`cursor` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=500, description="At most this many.")]

QUOTE_EXAMPLE = {"lines": [{"sku": "TEA-100", "quantity": 2}], "discount_minor": 50}


@router.get("/products", **operation(ProductPage))
async def find_products(
    request: Request,
    _caller: Reading,
    *,
    q: Words = "",
    gtin: Gtin = "",
    sku: Sku = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Response:
    """Find products by words, GTIN or SKU; without any of them, list all by SKU."""
    node = node_of(request)
    if gtin:
        try:
            found = await node.read(node.views.product_by_gtin, parse_gtin(gtin))
        except ValueError as error:
            raise Invalid("gtin", "gtin", why=str(error)) from None
        return reply(ProductPage([found] if found else [], ""))
    if sku:
        found = await node.read(node.views.product, sku)
        return reply(ProductPage([found] if found else [], ""))
    if q:
        return reply(ProductPage(await node.read(node.views.search, q, limit), ""))
    return reply(await node.read(node.views.products, cursor, limit))


@router.get("/products/{sku:path}", **operation(ProductView))
async def get_product(request: Request, sku: str, _caller: Reading) -> Response:
    """Show a product with its price and stock."""
    node = node_of(request)
    product = await node.read(node.views.product, sku)
    if product is None:
        raise NotFound("product", sku=sku[:64])
    return reply(product)


@router.post("/quotes", **operation(QuoteReply, body=Quote, example=QUOTE_EXAMPLE))
async def quote(request: Request, _caller: Reading) -> Response:
    """Price a basket with discounts and taxes, exactly as a sale would; nothing is sold."""
    node = node_of(request)
    asked = quote_command(await read_body(request, QUOTE))
    return reply(quote_reply(await node.read(node.views.quote, asked)))

"""Products, prices, taxes, staff and rules: what headquarters defines and every store follows."""

import json
from typing import Annotated

from fastapi import APIRouter, Path, Query
from sqlalchemy import Connection

from central import views
from central.errors import Invalid, NotFound
from central.web.shapes import (
    LINES_MAX,
    Name,
    PriceIn,
    ProductIn,
    ProductOut,
    ProductPage,
    ProductsIn,
    RuleIn,
    StaffIn,
    TaxRateIn,
    WrittenOut,
)
from central.web.site import Admin, At, Key, Reader, Writer, once
from sync.bodies import HeadquartersBody
from sync.definitions import Price, Product, Rule, Staff, TaxRate
from sync.values import parse_gtin

router = APIRouter(tags=["catalogue"])
Sku = Annotated[Name, Path(description="The SKU.")]
StoreName = Annotated[str, Query(max_length=24, description="Only for this store; empty for all.")]


def _product(sku: str, asked: ProductIn) -> Product:
    try:
        gtins = [str(parse_gtin(gtin)) for gtin in asked.gtins]
    except ValueError as error:
        raise Invalid(f"{sku}: {error}", "gtins") from None
    return Product(
        sku,
        asked.names,
        gtins,
        asked.unit,
        asked.tax_code,
        asked.price_minor,
        asked.price_quantity,
        asked.tracked,
        asked.active,
        asked.category,
        asked.variant_of,
        asked.attributes,
    )


def _shown(connection: Connection, product: Product) -> ProductOut:
    price = views.price(connection, product.sku)
    shown = ProductOut.model_validate(product)
    if price is not None:
        shown.price_minor, shown.price_quantity = price
    return shown


def _define(
    site: At, caller: Writer, key: str, bodies: list[HeadquartersBody], store: str = ""
) -> WrittenOut:
    reply = once(
        site,
        caller,
        key,
        (bodies, store),
        lambda connection: site.author.define(connection, bodies, caller.name, store),
    )
    return WrittenOut(**reply)


@router.get("/products", summary="List products")
def list_products(
    site: At,
    _: Reader,
    after: Annotated[str, Query(max_length=64, description="The last SKU already seen.")] = "",
    limit: Annotated[int, Query(ge=1, le=LINES_MAX)] = 100,
) -> ProductPage:
    """Return products in the order of their SKUs."""
    with site.store.read() as connection:
        found = views.definitions(connection, Product, "", after, limit)
        shown = [_shown(connection, body) for body in found if isinstance(body, Product)]
    return ProductPage(products=shown, next=shown[-1].sku if len(shown) == limit else "")


@router.get("/products/{sku}", summary="Show a product")
def show_product(site: At, _: Reader, sku: Sku) -> ProductOut:
    """Return a product with the price that holds."""
    with site.store.read() as connection:
        body = views.definition(connection, Product, sku)
        if not isinstance(body, Product):
            raise NotFound(f"there is no product {sku}: define it with PUT", "sku")
        return _shown(connection, body)


@router.put("/products/{sku}", summary="Define a product")
def put_product(
    *, site: At, caller: Writer, sku: Sku, asked: ProductIn, key: Key = ""
) -> WrittenOut:
    """Define a product; the newest definition holds, and every store gets it."""
    return _define(site, caller, key, [_product(sku, asked)])


@router.post("/products", summary="Define many products")
def post_products(site: At, caller: Writer, asked: ProductsIn, key: Key = "") -> WrittenOut:
    """Define up to 500 products together: all of them, or none."""
    return _define(site, caller, key, [_product(one.sku, one) for one in asked.products])


@router.put("/prices/{sku}", summary="Set a price")
def put_price(
    *, site: At, caller: Writer, sku: Sku, asked: PriceIn, key: Key = "", store: StoreName = ""
) -> WrittenOut:
    """Set the price of a SKU everywhere, or at one store."""
    body = Price(sku, asked.price_minor, asked.price_quantity)
    return _define(site, caller, key, [body], store)


@router.put("/tax-rates/{code}", summary="Set a tax rate")
def put_tax_rate(
    *, site: At, caller: Writer, code: Sku, asked: TaxRateIn, key: Key = "", store: StoreName = ""
) -> WrittenOut:
    """Set the rate of a tax code everywhere, or at one store."""
    body = TaxRate(code, asked.rate_ppm, asked.included, asked.name)
    return _define(site, caller, key, [body], store)


@router.put("/staff/{staff}", summary="Define a person")
def put_staff(
    *, site: At, caller: Admin, staff: Sku, asked: StaffIn, key: Key = "", store: StoreName = ""
) -> WrittenOut:
    """Define a person everywhere, or at one store; who sets PINs decides who may sell."""
    body = Staff(staff, asked.name, asked.roles, asked.pin_hash, asked.active)
    return _define(site, caller, key, [body], store)


@router.put("/rules/{name}", summary="Set a rule")
def put_rule(
    *, site: At, caller: Writer, name: Sku, asked: RuleIn, key: Key = "", store: StoreName = ""
) -> WrittenOut:
    """Set a rule everywhere, or at one store; its value is JSON text."""
    try:
        json.loads(asked.value)
    except (ValueError, RecursionError):
        raise Invalid('value: must be JSON, such as "block" in quotes or 5', "value") from None
    return _define(site, caller, key, [Rule(name, asked.value)], store)

"""Stock, totals, quarantine and worklist: what is known, and what needs a person."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy import Connection

from central import availability, dispatching, quarantine, totals, views
from central.errors import NotFound
from central.links import UP
from central.web.shapes import (
    DoneOut,
    FactOut,
    JournalPage,
    Name,
    NoteIn,
    SkuStockOut,
    StatusOut,
    StockPage,
    WorklistOut,
)
from central.web.site import At, Entry, Key, Reader, Writer, once
from sync.values import COUNT_MAX

router = APIRouter()
StoreName = Annotated[str, Query(max_length=24, description="Only this store; empty for all.")]
Region = Annotated[str, Query(max_length=200, description="Only this region; empty for all.")]
After = Annotated[str, Query(max_length=64, description="The last SKU already seen.")]
Limit = Annotated[int, Query(ge=1, le=availability.PAGE_MAX)]
Day = Annotated[int, Query(ge=0, le=totals.DAYS_MAX, description="Days since 1970-01-01.")]


@router.get("/availability/{sku}", summary="Stock of a SKU", tags=["stock"])
def stock_of_sku(
    site: At,
    _: Reader,
    sku: Annotated[Name, Path(description="The SKU.")],
    store: StoreName = "",
    region: Region = "",
) -> SkuStockOut:
    """Return a SKU's stock at every store, with the moment each was true and its link."""
    with site.store.read() as connection:
        found = availability.of_sku(connection, sku, site.clock(), store, region)
    return SkuStockOut(
        sku=sku,
        on_hand=sum(one.on_hand for one in found),
        reserved=sum(one.reserved for one in found),
        promisable=sum(one.promisable for one in found),
        stores=found,
    )


@router.get("/availability", summary="Stock of many SKUs", tags=["stock"])
def stock(
    *,
    site: At,
    _: Reader,
    store: StoreName = "",
    region: Region = "",
    after: After = "",
    limit: Limit = 100,
) -> StockPage:
    """Return stock at one store, or summed over a region or the chain."""
    with site.store.read() as connection:
        if store:
            found = availability.of_store(connection, store, after, limit)
            end = found[-1].sku if len(found) == limit else ""
        else:
            found, end = availability.of_region(connection, region, after, limit)
    return StockPage(stock=found, next=end)


@router.get("/transit", summary="Goods in transit", tags=["stock"])
def transit(site: At, _: Reader) -> list[dispatching.InTransitLine]:
    """Return what one store sent and another has not yet posted in."""
    with site.store.read() as connection:
        return dispatching.in_transit(connection)


@router.get("/totals", summary="Sales totals", tags=["sales"])
def sales_totals(
    *,
    site: At,
    _: Reader,
    store: StoreName = "",
    first: Day = 0,
    last: Day = totals.DAYS_MAX,
    by: Annotated[str, Query(pattern="^(day|store)$", description="day or store")] = "day",
) -> list[totals.Total]:
    """Return sales per store and business day, or per store over all of them."""
    summed = totals.by_store if by == "store" else totals.by_day
    with site.store.read() as connection:
        return summed(connection, store, first, last)


@router.get("/journals/{name}", summary="List the facts of a journal", tags=["sales"])
def journal(
    site: At,
    _: Reader,
    name: Annotated[Name, Path(description="A life of a store's node, such as s0001-n7.")],
    after: Annotated[
        int, Query(ge=0, le=COUNT_MAX, description="The last `seq` already seen.")
    ] = 0,
    limit: Limit = 100,
) -> JournalPage:
    """Return what is held of a journal, fact by fact: to look for a sale, or for all of them."""
    with site.store.read() as connection:
        found = views.journal(connection, name, after, limit)
    return JournalPage(
        facts=[FactOut(**(asdict(one) | {"id": UUID(bytes=one.id)})) for one in found]
    )


@router.get("/status", summary="Headquarters in a few numbers", tags=["status"])
def status(site: At, _: Reader) -> StatusOut:
    """Return how many stores are up, what is missing and what needs a person."""
    with site.store.read() as connection:
        found = views.stores(connection, site.clock())
    return StatusOut(
        chain=site.settings.chain,
        incarnation=site.hq.generation,
        now_ms=site.clock(),
        stores=len(found),
        stores_up=sum(one.link == UP for one in found),
        facts=sum(one.facts for one in found),
        missing_facts=sum(one.missing_facts for one in found),
        quarantined=sum(one.quarantined for one in found),
        tasks=sum(one.tasks for one in found),
    )


@router.get("/quarantine", summary="List the quarantine", tags=["work"])
def list_quarantine(
    site: At, _: Reader, store: StoreName = "", resolved: bool = False, limit: Limit = 200
) -> list[views.Quarantined]:
    """Return payloads that were not accepted, newest first."""
    with site.store.read() as connection:
        return views.quarantined(connection, store, resolved, limit)


@router.get(
    "/quarantine/{entry}/payload",
    summary="Fetch a quarantined payload",
    tags=["work"],
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}},
)
def quarantined_payload(site: At, _: Reader, entry: Entry) -> Response:
    """Return the bytes as they came, at most 64 KiB of them."""
    with site.store.read() as connection:
        payload = views.quarantined_payload(connection, entry)
    if payload is None:
        raise NotFound(f"there is no quarantine entry {entry}", "entry")
    return Response(payload, media_type="application/octet-stream")


@router.post("/quarantine/{entry}/resolve", summary="Resolve a quarantine entry", tags=["work"])
def resolve(site: At, caller: Writer, entry: Entry, asked: NoteIn, key: Key = "") -> DoneOut:
    """Mark an entry as dealt with, with a note; if it comes again, it opens again."""

    def action(connection: Connection) -> None:
        if not quarantine.resolve(connection, entry, caller.name, asked.note, site.clock()):
            raise NotFound(f"there is no open quarantine entry {entry}", "entry")

    once(site, caller, key, ("resolve", entry, asked.note), action)
    return DoneOut()


@router.get("/worklist", summary="List the worklist", tags=["work"])
def list_work(
    site: At, _: Reader, store: StoreName = "", resolved: bool = False, limit: Limit = 200
) -> WorklistOut:
    """Return what a person has to look at, newest first."""
    with site.store.read() as connection:
        found = views.tasks(connection, store, resolved, limit)
        unknown = views.unknown_skus(connection)
    return WorklistOut(tasks=found, unknown_skus=unknown)


@router.post("/worklist/{task}/resolve", summary="Settle a task", tags=["work"])
def settle(site: At, caller: Writer, task: Entry, asked: NoteIn, key: Key = "") -> DoneOut:
    """Mark a task as done, with a note."""

    def action(connection: Connection) -> None:
        if not quarantine.settle(connection, task, caller.name, asked.note, site.clock()):
            raise NotFound(f"there is no open task {task}", "task")

    once(site, caller, key, ("settle", task, asked.note), action)
    return DoneOut()

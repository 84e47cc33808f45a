"""Stores: what headquarters says of them, how they stand, and the lives of their nodes."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path

from central import views
from central.errors import NotFound
from central.web.shapes import (
    DoneOut,
    GiveBackIn,
    LifeOut,
    LineIn,
    OrderIn,
    RevokeIn,
    StoreDetailOut,
    StoreIn,
    StoreOut,
    WrittenOut,
)
from central.web.site import Admin, At, Entry, Key, Reader, Writer, once
from sync.body import StockLine
from sync.definitions import StoreProfile

router = APIRouter(prefix="/stores", tags=["stores"])
Store = Annotated[str, Path(min_length=1, max_length=24, description="Name of the store.")]


@router.get("", summary="List stores")
def list_stores(site: At, _: Reader) -> list[StoreOut]:
    """Return how every store stands: link, age of its numbers, what is missing, agreement."""
    with site.store.read() as connection:
        return [
            StoreOut.model_validate(status) for status in views.stores(connection, site.clock())
        ]


@router.get("/{store}", summary="Show a store")
def show_store(site: At, _: Reader, store: Store) -> StoreDetailOut:
    """Return how a store stands, with the lives of its node."""
    with site.store.read() as connection:
        found = views.stores(connection, site.clock(), store)
        lives = [LifeOut.model_validate(life) for life in views.lives(connection, store)]
    if not found:
        raise NotFound(f"there is no store {store}: make it known with PUT", "store")
    return StoreDetailOut(**asdict(found[0]), lives=lives)


@router.put("/{store}", summary="Make a store known")
def put_store(site: At, caller: Admin, store: Store, asked: StoreIn, key: Key = "") -> WrittenOut:
    """Make a store known, or change what headquarters says of it."""
    profile = StoreProfile(store, asked.name, asked.region, asked.currency, asked.active)
    reply = once(
        site,
        caller,
        key,
        profile,
        lambda connection: site.author.define(connection, [profile], caller.name),
    )
    return WrittenOut(**reply)


@router.post("/{store}/lives/{generation}/revoke", summary="Revoke a life")
def revoke_life(
    *, site: At, caller: Admin, store: Store, generation: Entry, asked: RevokeIn, key: Key = ""
) -> DoneOut:
    """Accept nothing more from one life of a store's node: a stolen or replaced box."""
    once(
        site,
        caller,
        key,
        (store, generation, asked.reason),
        lambda connection: site.author.revoke(
            connection, store, generation, asked.reason, caller.name
        ),
    )
    return DoneOut()


def _lines(lines: list[LineIn]) -> list[StockLine]:
    return [StockLine(line.sku, line.quantity) for line in lines]


@router.post("/{store}/promises", summary="Promise stock online")
def promise(site: At, caller: Writer, store: Store, asked: OrderIn, key: Key = "") -> WrittenOut:
    """Consume rights the store has granted, for an online order."""
    lines = _lines(asked.lines)
    reply = once(
        site,
        caller,
        key,
        ("promise", store, asked.order, lines),
        lambda connection: site.author.promise(connection, store, asked.order, lines, caller.name),
    )
    return WrittenOut(**reply)


@router.post("/{store}/releases", summary="Release a promise")
def release(site: At, caller: Writer, store: Store, asked: OrderIn, key: Key = "") -> WrittenOut:
    """Take a promise back, so that its rights may be promised again."""
    lines = _lines(asked.lines)
    reply = once(
        site,
        caller,
        key,
        ("release", store, asked.order, lines),
        lambda connection: site.author.release(connection, store, asked.order, lines, caller.name),
    )
    return WrittenOut(**reply)


@router.post("/{store}/give-backs", summary="Return unused rights")
def give_back(
    site: At, caller: Writer, store: Store, asked: GiveBackIn, key: Key = ""
) -> WrittenOut:
    """Return rights that are not needed to the store."""
    lines = _lines(asked.lines)
    reply = once(
        site,
        caller,
        key,
        ("give-back", store, asked.reason, lines),
        lambda connection: site.author.give_back(
            connection, store, asked.reason, lines, caller.name
        ),
    )
    return WrittenOut(**reply)

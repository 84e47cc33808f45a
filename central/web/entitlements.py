"""Gift cards, points, coupons: who holds what, and what headquarters issues or frees."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field
from sqlalchemy import Connection

from central.allotting import Issue, issue, open_pool, reclaim
from central.entitlements import PAGE_MAX, Account, accounts, is_pool_open, keys_after, unheard
from central.errors import NotFound
from central.web.shapes import Answer, Asked, DoneOut, Name, Text, Units, WrittenOut
from central.web.site import Admin, At, Entry, Key, Reader, Writer, once
from sync.entitlements import key_of, shown

router = APIRouter(prefix="/entitlements", tags=["gift cards, points, coupons"])
EntitlementKey = Annotated[
    Name,
    Path(description="`gift:ACCOUNT` or `gift:CODE`, `points:MEMBER` or `coupon:CODE`."),
]
Shown = Annotated[
    str, Field(examples=["coupon:SUMMER"], description="Of a gift card its account, not its code.")
]


class ShareIn(Asked):
    """A part of what is issued that goes to a store at once."""

    store: Name
    amount: Units


class IssueIn(Asked):
    """An amount to issue: minor units of a gift card, points, or uses of a coupon.

    What is not shared out goes into headquarters' pool, out of which stores are given what they ask
    for. Of a gift card's code only its account is kept. `store` is whose journal keeps the issue;
    left out, it follows from the key.
    """

    key: Annotated[Name, Field(examples=["coupon:SUMMER"])]
    amount: Units
    reason: Text = ""
    shares: list[ShareIn] = Field(default=[], max_length=500)
    store: Annotated[str, Field(max_length=24)] = ""


class ReasonIn(Asked):
    """A decision and why."""

    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


class HolderOut(Answer):
    """One life of a store's node, as of when it last said; `living`: it can still spend."""

    store: str
    generation: int
    rights: int
    living: bool
    linked: bool
    as_of_ms: int


class EntitlementOut(Answer):
    """All rights over a key: `pool` and what holders have add up to `total` = issued - spent."""

    key: Shown
    total: int
    pool: int
    issued: int
    spent: int
    holders: list[HolderOut]


class EntitlementPage(Answer):
    """A page of keys; ask again with `after` = `next` while it is not empty."""

    entitlements: list[EntitlementOut]
    next: str


class PoolOut(Answer):
    """Whether headquarters hands out of its pool, and if not, which stores it must hear first."""

    open: bool
    unheard: list[str]


class FreedOut(Answer):
    """What was freed, by key."""

    freed: dict[str, int]


@router.get("", summary="List entitlements")
def list_entitlements(
    *,
    site: At,
    _: Reader,
    kind: Annotated[str, Query(pattern="^(gift|points|coupon)?$", description="Or all.")] = "",
    after: Annotated[str, Query(max_length=64, description="The last key already seen.")] = "",
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 100,
) -> EntitlementPage:
    """Return the accounts of keys, in the order of the keys."""
    with site.store.read() as connection:
        keys = keys_after(connection, kind, after, limit)
        found = accounts(connection, keys, site.clock())
    return EntitlementPage(
        entitlements=[_shown(found[key]) for key in keys],
        next=keys[-1] if len(keys) == limit else "",
    )


@router.get("/pool", summary="Show whether the pool is open")
def show_pool(site: At, _: Reader) -> PoolOut:
    """Say whether rights are handed out; after a restore every store must be heard first."""
    with site.store.read() as connection:
        is_open = is_pool_open(connection, site.hq)
        return PoolOut(open=is_open, unheard=[] if is_open else unheard(connection, site.hq))


@router.post("/pool/open", summary="Open the pool by decision")
def open_the_pool(site: At, caller: Admin, asked: ReasonIn, key: Key = "") -> DoneOut:
    """Decide that no store can still know of rights which a restored headquarters has forgotten.

    If one does after all, what it holds can be spent twice.
    """
    once(
        site,
        caller,
        key,
        ("pool", asked.reason),
        lambda connection: open_pool(connection, site.author, asked.reason, caller.name),
    )
    return DoneOut()


@router.get("/{key}", summary="Show an entitlement")
def show_entitlement(site: At, _: Reader, key: EntitlementKey) -> EntitlementOut:
    """Return who holds what of a key."""
    key = key_of(key)
    with site.store.read() as connection:
        account = accounts(connection, [key], site.clock())[key]
    if not account.issued and not account.holders:
        raise NotFound(f"nobody has ever issued {shown(key)}: check the code", "key")
    return _shown(account)


@router.post("", summary="Issue an entitlement")
def post_entitlement(site: At, caller: Writer, asked: IssueIn, key: Key = "") -> WrittenOut:
    """Issue an amount of a key: a coupon's cap, a card sold elsewhere, an old balance.

    Issued again, it comes on top: use an Idempotency-Key.
    """
    shares = [(share.store, share.amount) for share in asked.shares]
    wanted = Issue(key_of(asked.key), asked.amount, asked.reason, shares, asked.store)
    reply = once(
        site,
        caller,
        key,
        wanted,
        lambda connection: issue(connection, site.author, wanted, caller.name),
    )
    return WrittenOut(**reply)


@router.post("/lives/{store}/{generation}/reclaim", summary="Free what an ended life held")
def reclaim_life(
    *, site: At, caller: Admin, store: Name, generation: Entry, asked: ReasonIn
) -> FreedOut:
    """Free the rights of a revoked life: what it spent and never told can be spent twice.

    Sent again it frees only what has become known since.
    """
    freed: dict[str, int] = {}

    def action(connection: Connection) -> None:
        life = (store, generation)
        freed.update(reclaim(connection, site.author, life, asked.reason, caller.name))

    once(site, caller, "", (store, generation, asked.reason), action)
    return FreedOut(freed=freed)


def _shown(account: Account) -> EntitlementOut:
    return EntitlementOut(**(asdict(account) | {"total": account.total}))

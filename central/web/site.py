"""What the HTTP layer works with, and how a request is authenticated and carried out once."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Annotated, Any

import msgspec
from fastapi import Depends, Header, Path, Request
from sqlalchemy import Connection, select

from central import schema
from central.access import Caller, caller_of
from central.authoring import Author, Written
from central.errors import Conflict, NotAllowed, NotKnown
from central.incarnation import Headquarters
from central.settings import Settings
from central.store import Store
from sync.values import COUNT_MAX

_KEY_MAX = 255
KEPT_MS = 7 * 86_400_000


@dataclass(frozen=True, slots=True)
class Site:
    """Headquarters as the web sees it; `authored` is told after each fact that was committed."""

    settings: Settings
    store: Store
    hq: Headquarters
    author: Author
    clock: Callable[[], int]
    random: Callable[[int], bytes]
    authored: Callable[[], None]
    counts: Callable[[], dict[str, int]]


def site_of(request: Request) -> Site:
    """Return the site a request belongs to."""
    site: Site = request.app.state.site
    return site


At = Annotated[Site, Depends(site_of)]


def _caller(request: Request, site: Site) -> Caller:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        how = "`evertill-central token add NAME --role read`"
        raise NotKnown(f"send the header `Authorization: Bearer TOKEN`; make a token with {how}")
    with site.store.read() as connection:
        caller = caller_of(connection, token.strip())
    if caller is None:
        raise NotKnown("this token is unknown or revoked; see `evertill-central token list`")
    return caller


def _needs(role: str) -> Callable[[Request, Site], Caller]:
    def check(request: Request, site: At) -> Caller:
        caller = _caller(request, site)
        if not caller.may(role):
            raise NotAllowed(f"this needs a token of role {role}; {caller.name} is {caller.role}")
        return caller

    return check


Reader = Annotated[Caller, Depends(_needs("read"))]
Writer = Annotated[Caller, Depends(_needs("ingest"))]
Admin = Annotated[Caller, Depends(_needs("admin"))]
Entry = Annotated[int, Path(ge=1, le=COUNT_MAX)]
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=_KEY_MAX,
        description="A name of your own for this request: sent again, it is carried out once.",
    ),
]


def once(
    site: Site,
    caller: Caller,
    key: str,
    asked: object,
    action: Callable[[Connection], Written | None],
) -> dict[str, Any]:
    """Carry out an action in one transaction, and only once for each (token, key).

    A repeat with the same content gets the first reply, for a week; with other content it is a
    Conflict.
    """
    digest = blake2b(repr(asked).encode(), digest_size=32).digest()
    table = schema.idempotency
    with site.store.write() as connection:
        connection.execute(table.delete().where(table.c.at_ms < site.clock() - KEPT_MS))
        if key:
            held = connection.execute(
                select(table).where(table.c.token == caller.name, table.c.key == key)
            ).first()
            if held is not None:
                if bytes(held.digest) != digest:
                    raise Conflict("this Idempotency-Key was used for another request: mint one")
                return dict(msgspec.json.decode(bytes(held.reply)))
        written = action(connection)
        reply = {"done": True} if written is None else asdict(written)
        if key:
            connection.execute(
                table.insert().values(
                    token=caller.name,
                    key=key,
                    digest=digest,
                    status=200,
                    reply=msgspec.json.encode(reply),
                    at_ms=site.clock(),
                )
            )
    site.authored()
    return reply

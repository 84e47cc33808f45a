"""One law: a bearer token says who asks, and nobody is let do more than the token's rights."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request

from edge.node import Node
from edge.people.access import Caller, Right, identify
from edge.web.problems import NotAllowed, NotAuthenticated

_RIGHT_NAMES = {
    Right.READ: "read",
    Right.SELL: "sell",
    Right.STOCK: "stock",
    Right.SELL | Right.STOCK: "members",
    Right.AUDIT: "audit",
    Right.AUDIT | Right.APPROVE: "drawer",
}


def node_of(request: Request) -> Node:
    """The node behind an app."""
    node: Node = request.app.state.node
    return node


def bearer_token(request: Request) -> str:
    """Read the token of a request; raise NotAuthenticated saying how to get one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAuthenticated("no-token")
    return token


def caller_of(request: Request) -> Caller:
    """Find who asks; raise NotAuthenticated for a token that is not, or no longer, known."""
    node = node_of(request)
    caller = identify(node.gate, bearer_token(request), node.clock())
    if caller is None:
        raise NotAuthenticated("token")
    return caller


def is_known(request: Request) -> bool:
    """Whether the token of a request that was let in is still good."""
    node = node_of(request)
    return identify(node.gate, bearer_token(request), node.clock()) is not None


def _allow(right: Right) -> Callable[[Request], Awaitable[Caller]]:
    async def check(request: Request) -> Caller:
        caller = caller_of(request)
        if not caller.rights & right:
            told = {"device": caller.device, "right": _RIGHT_NAMES[right]}
            if caller.staff:
                raise NotAllowed("right-of", staff=caller.staff, **told)
            raise NotAllowed("right", **told)
        return caller

    return check


Reading = Annotated[Caller, Depends(_allow(Right.READ))]
Selling = Annotated[Caller, Depends(_allow(Right.SELL))]
Stocking = Annotated[Caller, Depends(_allow(Right.STOCK))]
Editing = Annotated[Caller, Depends(_allow(Right.SELL | Right.STOCK))]
Auditing = Annotated[Caller, Depends(_allow(Right.AUDIT))]
Supervising = Annotated[Caller, Depends(_allow(Right.AUDIT | Right.APPROVE))]

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
    Right.STOCK: "post stock work",
    Right.SELL | Right.STOCK: "edit members' cards",
    Right.AUDIT: "look into the books",
    Right.AUDIT | Right.APPROVE: "see what a drawer should hold",
}


def node_of(request: Request) -> Node:
    """The node behind an app."""
    node: Node = request.app.state.node
    return node


def bearer_token(request: Request) -> str:
    """Read the token of a request; raise NotAuthenticated saying how to get one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAuthenticated(
            "Send the header `Authorization: Bearer TOKEN`. `evertill-edge device add` makes a"
            " device's token, POST /api/v1/staff/login a person's."
        )
    return token


def caller_of(request: Request) -> Caller:
    """Find who asks; raise NotAuthenticated for a token that is not, or no longer, known."""
    node = node_of(request)
    caller = identify(node.gate, bearer_token(request), node.clock())
    if caller is None:
        raise NotAuthenticated(
            "This token is not known here, was revoked, or its session has ended: log in again, or"
            " have the device let in by `evertill-edge device add`."
        )
    return caller


def is_known(request: Request) -> bool:
    """Whether the token of a request that was let in is still good."""
    node = node_of(request)
    return identify(node.gate, bearer_token(request), node.clock()) is not None


def _allow(right: Right) -> Callable[[Request], Awaitable[Caller]]:
    async def check(request: Request) -> Caller:
        caller = caller_of(request)
        if not caller.rights & right:
            who = f"{caller.staff} at {caller.device}" if caller.staff else caller.device
            raise NotAllowed(
                f"{who} may not {_RIGHT_NAMES[right]}: use a device or log in as a person whose"
                " role may."
            )
        return caller

    return check


Reading = Annotated[Caller, Depends(_allow(Right.READ))]
Selling = Annotated[Caller, Depends(_allow(Right.SELL))]
Stocking = Annotated[Caller, Depends(_allow(Right.STOCK))]
Editing = Annotated[Caller, Depends(_allow(Right.SELL | Right.STOCK))]
Auditing = Annotated[Caller, Depends(_allow(Right.AUDIT))]
Supervising = Annotated[Caller, Depends(_allow(Right.AUDIT | Right.APPROVE))]

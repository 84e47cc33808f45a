"""One law: five wrong PINs in 15 minutes lock a name, on every device and through a restart."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from fastapi import APIRouter, Request, Response

from edge.node import Node
from edge.people.access import (
    SESSION_MS,
    ForgiveTries,
    LogIn,
    LogInFailed,
    LogOut,
    Person,
    Right,
    locked_until_ms,
    person,
    session_token,
    token_hash,
)
from edge.web.auth import Reading, bearer_token, node_of
from edge.web.body import read_body, reply
from edge.web.decoding import LOGIN
from edge.web.operation import operation
from edge.web.problems import Invalid, NotAuthenticated, TooManyTries
from edge.web.replies import LoginReply, LogoutReply, WhoAmIReply
from edge.web.requests import Login

router = APIRouter(tags=["people"])

LOGIN_EXAMPLE = {"staff": "ana", "pin": "4711"}
# The hash of a PIN nobody has: an unknown name takes as long to refuse as a wrong PIN.
_NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$Ve1K3rBZorroTyozWsMS5w"
    "$Pom25z+R6ZGpmkk/l+3sYsKC+IOjg6J5BgwjMwa/YuU"
)


@router.post("/staff/login", **operation(LoginReply, body=Login, example=LOGIN_EXAMPLE))
async def log_in(request: Request, caller: Reading) -> Response:
    """Log a person in at this device by PIN; the token is good here for 12 hours."""
    node = node_of(request)
    asked = await read_body(request, LOGIN)
    found = await check_pin(node, asked.staff, asked.pin, caller.device)
    if found is None:
        raise NotAuthenticated("pin")
    token, now_ms = session_token(node.random(32)), node.clock()
    await node.commit(LogIn(token_hash(token), found.staff, caller.device, now_ms))
    answer = LoginReply(token, found.staff, found.name, list(found.roles), now_ms + SESSION_MS)
    return reply(answer)


async def check_pin(node: Node, staff: str, pin: str, device: str) -> Person | None:
    """Find whose PIN it is, None if it is wrong; raise TooManyTries for a locked name or device."""
    # One at a time: tries that run side by side would each count the failures before them only.
    async with node.logins:
        now_ms = node.clock()
        locked_ms = locked_until_ms(node.gate, staff, device, now_ms)
        if locked_ms:
            minutes = -(-(locked_ms - now_ms) // 60_000)
            raise TooManyTries("pin", staff=staff, device=device, minutes=minutes)
        found = person(node.gate, staff)
        pin_hash = found.pin_hash if found else _NOBODY
        right = await asyncio.to_thread(_verify, pin_hash, pin)
        if found is None or not right:
            await node.commit(LogInFailed(staff, device, now_ms))
            return None
        await node.commit(ForgiveTries(found.staff))
        return found


def _verify(pin_hash: str, pin: str) -> bool:
    try:
        return PasswordHasher().verify(pin_hash, pin)
    except (VerificationError, InvalidHashError):
        return False


@router.post("/staff/logout", **operation(LogoutReply))
async def log_out(request: Request, caller: Reading) -> Response:
    """End the session whose token this is."""
    if not caller.staff:
        raise Invalid("device-token")
    await node_of(request).commit(LogOut(token_hash(bearer_token(request))))
    return reply(LogoutReply(caller.staff))


@router.get("/whoami", **operation(WhoAmIReply))
async def who_am_i(caller: Reading) -> Response:
    """Show whom the node takes you for, and what you may do."""
    rights = [str(right.name).lower() for right in Right if right in caller.rights]
    return reply(WhoAmIReply(caller.device, caller.role, caller.staff, rights))

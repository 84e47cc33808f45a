"""A token is shown once and kept as a hash; its role decides what it may do.

`read` sees; `ingest` also writes catalogue and rules (an ERP); `admin` does everything.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, select, update

from central import schema
from central.errors import Conflict, Invalid, NotFound

ROLES = ("read", "ingest", "admin")
_PREFIX = "evc_"
_NAME_MAX = 64
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, by the name of the token."""

    name: str
    role: str

    def may(self, role: str) -> bool:
        """Whether this caller's role is at least `role`."""
        return ROLES.index(self.role) >= ROLES.index(role)


@dataclass(frozen=True, slots=True)
class Token:
    """A token without its secret; `revoked_ms` is 0 while it is good."""

    name: str
    role: str
    created_ms: int
    revoked_ms: int


def digest(token: str) -> bytes:
    """Hash of a token; 256 random bits need no slow hash."""
    return sha256(token.encode(errors="replace")).digest()


def add_token(
    connection: Connection, name: str, role: str, now_ms: int, random: Callable[[int], bytes]
) -> str:
    """Make a token and return its secret, which is kept nowhere.

    Raises Invalid for a bad name or role, Conflict for a name in use.
    """
    if role not in ROLES:
        raise Invalid(f"a role is one of {', '.join(ROLES)}, not {role[:32]!r}", "role")
    if not 0 < len(name) <= _NAME_MAX or not name.isprintable():
        raise Invalid(f"a token's name has 1 to {_NAME_MAX} printable characters", "name")
    table = schema.api_token
    if connection.scalar(select(table.c.name).where(table.c.name == name)) is not None:
        raise Conflict(f"there is a token {name!r} already: take another name", "name")
    secret = _PREFIX + random(_TOKEN_BYTES).hex()
    connection.execute(
        table.insert().values(name=name, role=role, digest=digest(secret), created_ms=now_ms)
    )
    return secret


def revoke_token(connection: Connection, name: str, now_ms: int) -> None:
    """Accept a token no more; raise NotFound where there is none of that name."""
    table = schema.api_token
    done = connection.execute(
        update(table).where(table.c.name == name, table.c.revoked_ms == 0).values(revoked_ms=now_ms)
    )
    if not done.rowcount:
        raise NotFound(f"there is no valid token {name[:64]!r}: see `evertill-central token list`")


def tokens(connection: Connection) -> list[Token]:
    """Return all tokens, revoked ones included."""
    table = schema.api_token
    rows = connection.execute(select(table).order_by(table.c.name))
    return [Token(row.name, row.role, row.created_ms, row.revoked_ms) for row in rows]


def caller_of(connection: Connection, token: str) -> Caller | None:
    """Return who a token belongs to, None for one that is not known or was revoked."""
    table = schema.api_token
    row = connection.execute(
        select(table.c.name, table.c.role).where(
            table.c.digest == digest(token), table.c.revoked_ms == 0
        )
    ).first()
    return None if row is None else Caller(row.name, row.role)

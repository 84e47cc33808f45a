"""One law: a token is shown once and only its hash is kept; who holds it has its role's rights.

Devices are let in by hand (`evertill-edge device add`); people log in at a device with the PIN that
headquarters gave them, and their token ends with the device's. Device rows may be written by
another process while the node runs, since no fact and no counter is involved.
"""

import base64
import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntFlag

import msgspec

from edge.books.transaction import Books

TOKEN_BYTES = 32
SESSION_MS = 12 * 3_600_000
FAILURES_MAX = 5
DEVICE_FAILURES_MAX = 20
FAILURES_WINDOW_MS = 15 * 60_000
_DEVICE_PREFIX = "evd_"
_SESSION_PREFIX = "evs_"


class Right(IntFlag):
    """What a caller may do."""

    READ = 1
    SELL = 2
    STOCK = 4
    AUDIT = 8
    APPROVE = 16


_ALL = Right.READ | Right.SELL | Right.STOCK | Right.AUDIT | Right.APPROVE
DEVICE_ROLES: Mapping[str, Right] = {
    "till": Right.READ | Right.SELL,
    "pos": Right.READ | Right.SELL,
    "stock": Right.READ | Right.STOCK,
    "readonly": Right.READ,
    "admin": _ALL,
}
STAFF_ROLES: Mapping[str, Right] = {
    "cashier": Right.READ | Right.SELL,
    "stock": Right.READ | Right.STOCK,
    "auditor": Right.READ | Right.AUDIT,
    "manager": _ALL,
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a device, and the person logged in at it, if any."""

    device: str
    role: str
    rights: Right
    staff: str = ""

    @property
    def actor(self) -> str:
        """How facts name the caller."""
        return f"{self.staff}@{self.device}" if self.staff else self.device


@dataclass(frozen=True, slots=True)
class Device:
    """A device as listed; times in UTC milliseconds, `revoked_ms` None while it is let in."""

    name: str
    role: str
    created_ms: int
    revoked_ms: int | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may log in, with the argon2id hash of the PIN."""

    staff: str
    name: str
    roles: tuple[str, ...]
    pin_hash: str


def device_token(random: bytes) -> str:
    """Make a device's token out of 32 random bytes."""
    return _DEVICE_PREFIX + _text(random)


def session_token(random: bytes) -> str:
    """Make a person's token out of 32 random bytes."""
    return _SESSION_PREFIX + _text(random)


def _text(random: bytes) -> str:
    if len(random) != TOKEN_BYTES:
        raise ValueError(f"a token is made of {TOKEN_BYTES} random bytes")
    return base64.urlsafe_b64encode(random).rstrip(b"=").decode()


def token_hash(token: str) -> bytes:
    """Hash a token: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).digest()


def identify(connection: sqlite3.Connection, token: str, now_ms: int) -> Caller | None:
    """Find who holds a token; None if nobody does any more.

    Tokens are compared by the index over their hashes, whose timing tells nothing about a token.
    """
    if token.startswith(_SESSION_PREFIX):
        return _identify_person(connection, token, now_ms)
    row = connection.execute(
        "SELECT name, role FROM device WHERE token_hash = ? AND revoked_ms IS NULL",
        (token_hash(token),),
    ).fetchone()
    return row and Caller(row[0], row[1], DEVICE_ROLES.get(row[1], Right(0)))


def _identify_person(connection: sqlite3.Connection, token: str, now_ms: int) -> Caller | None:
    row = connection.execute(
        """
        SELECT device.name, device.role, staff.staff, staff.roles
        FROM staff_session AS session
        JOIN device ON device.name = session.device AND device.revoked_ms IS NULL
        JOIN staff ON staff.staff = session.staff AND staff.active
        WHERE session.token_hash = ? AND session.expires_ms > ?
        """,
        (token_hash(token), now_ms),
    ).fetchone()
    if row is None:
        return None
    device, role, staff, roles = row
    return Caller(device, role, _person_rights(role, msgspec.json.decode(roles)), staff)


def _person_rights(device_role: str, staff_roles: Sequence[str]) -> Right:
    """Add up a person's rights; a device that only shows things shows no more to anybody."""
    rights = Right.READ
    for role in staff_roles:
        rights |= STAFF_ROLES.get(role, Right(0))
    return rights & Right.READ if device_role == "readonly" else rights


def add_device(
    connection: sqlite3.Connection, name: str, role: str, token: str, now_ms: int
) -> None:
    """Let a device in; raise ValueError for an unknown role or a name in use."""
    if role not in DEVICE_ROLES:
        raise ValueError(f"role {role!r} is none of {', '.join(DEVICE_ROLES)}")
    done = connection.execute(
        """
        INSERT INTO device (name, role, token_hash, created_ms) VALUES (?, ?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET role = excluded.role, token_hash = excluded.token_hash,
            created_ms = excluded.created_ms, revoked_ms = NULL
        WHERE device.revoked_ms IS NOT NULL
        """,
        (name, role, token_hash(token), now_ms),
    )
    if done.rowcount != 1:
        raise ValueError(f"device {name!r} is let in already: revoke it, or take another name")


def revoke_device(connection: sqlite3.Connection, name: str, now_ms: int) -> None:
    """Shut a device out, with everybody logged in at it; raise ValueError if it is not in."""
    connection.execute("DELETE FROM staff_session WHERE device = ?", (name,))
    done = connection.execute(
        "UPDATE device SET revoked_ms = ? WHERE name = ? AND revoked_ms IS NULL", (now_ms, name)
    )
    if done.rowcount != 1:
        raise ValueError(f"no device {name!r} is let in: see `evertill-edge device list`")


def devices(connection: sqlite3.Connection) -> list[Device]:
    """List all devices by name, revoked ones included."""
    rows = connection.execute("SELECT name, role, created_ms, revoked_ms FROM device ORDER BY name")
    return [Device(*row) for row in rows]


def person(connection: sqlite3.Connection, staff: str) -> Person | None:
    """Find somebody who may log in."""
    row = connection.execute(
        "SELECT staff, name, roles, pin_hash FROM staff WHERE staff = ? AND active", (staff,)
    ).fetchone()
    return row and Person(row[0], row[1], tuple(msgspec.json.decode(row[2])), row[3])


def may_approve(connection: sqlite3.Connection, staff: str) -> bool:
    """Whether somebody's word allows what a cashier may not do alone."""
    found = person(connection, staff) if staff else None
    return found is not None and any(
        Right.APPROVE in STAFF_ROLES.get(role, Right(0)) for role in found.roles
    )


def locked_until_ms(connection: sqlite3.Connection, staff: str, device: str, now_ms: int) -> int:
    """Tell when somebody may try again at a device, 0 for at once.

    5 wrong PINs lock a person for 15 minutes, 20 of any people a device: whoever tries all names
    with a few PINs each gets no further than that.
    """
    limits = (("staff", staff, FAILURES_MAX), ("device", device, DEVICE_FAILURES_MAX))
    return max(_locked_ms(connection, *limit, now_ms - FAILURES_WINDOW_MS) for limit in limits)


def _locked_ms(
    connection: sqlite3.Connection, whose: str, name: str, most: int, since_ms: int
) -> int:
    rows = connection.execute(
        f"SELECT failed_ms FROM lockout WHERE {whose} = ? AND failed_ms > ?"  # noqa: S608 - constants
        " ORDER BY failed_ms DESC",
        (name, since_ms),
    ).fetchmany(most)
    return rows[-1][0] + FAILURES_WINDOW_MS if len(rows) == most else 0


class LogIn(msgspec.Struct, frozen=True):
    """Command: open a session for somebody who gave the right PIN at a device."""

    token_hash: bytes
    staff: str
    device: str
    now_ms: int

    def run(self, books: Books) -> None:
        """Open the session, forget sessions that have ended."""
        execute = books.connection.execute
        execute("DELETE FROM staff_session WHERE expires_ms <= ?", (self.now_ms,))
        execute(
            "INSERT INTO staff_session (token_hash, staff, device, created_ms, expires_ms)"
            " VALUES (?, ?, ?, ?, ?)",
            (self.token_hash, self.staff, self.device, self.now_ms, self.now_ms + SESSION_MS),
        )


class ForgiveTries(msgspec.Struct, frozen=True):
    """Command: somebody gave the right PIN; wrong ones before count no more."""

    staff: str

    def run(self, books: Books) -> None:
        """Forget the failures."""
        books.connection.execute("DELETE FROM lockout WHERE staff = ?", (self.staff,))


class LogInFailed(msgspec.Struct, frozen=True):
    """Command: somebody gave a wrong PIN at a device."""

    staff: str
    device: str
    now_ms: int

    def run(self, books: Books) -> None:
        """Note the failure; forget those that count no more."""
        execute = books.connection.execute
        execute("DELETE FROM lockout WHERE failed_ms <= ?", (self.now_ms - FAILURES_WINDOW_MS,))
        execute(
            "INSERT INTO lockout (staff, failed_ms, device) VALUES (?, ?, ?)",
            (self.staff, self.now_ms, self.device),
        )


class LogOut(msgspec.Struct, frozen=True):
    """Command: end a person's session."""

    token_hash: bytes

    def run(self, books: Books) -> None:
        """Forget the session."""
        books.connection.execute(
            "DELETE FROM staff_session WHERE token_hash = ?", (self.token_hash,)
        )

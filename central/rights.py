"""What facts say of a life's rights over a key adds up to the same in whatever order they come.

Sums are added, and of the requests of a life the newest holds; nothing here decides anything.
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass

from sqlalchemy import Connection

from central.store import bulk
from sync.bodies import AnyBody
from sync.entitlements import Allotted, PassedOn, Recalled, Wanted

RightKey = tuple[str, int]  # key, generation of the life


@dataclass(slots=True)
class Right:
    """Changes of one life's row.

    `recalled` was asked of it and `answered` is what of that it answered, in full or in part;
    `reclaimed` was taken from it when it had ended. `want` is the number of its newest request,
    for `total` all in all, and `told` that of the newest one answered.
    """

    allotted: int = 0
    recalled: int = 0
    answered: int = 0
    reclaimed: int = 0
    told: int = 0
    want: int = 0
    total: int = 0


_ADD = (
    "INSERT INTO entitlement"  # noqa: S608 - made of constants
    " (key, store_id, generation, allotted, recalled, answered, reclaimed,"
    " told, want, total, wanted_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (key, store_id, generation) DO UPDATE SET"
    + ",".join(
        f" {name} = entitlement.{name} + excluded.{name}"
        for name in ("allotted", "recalled", "answered", "reclaimed")
    )
    + ", told = CASE WHEN excluded.told > entitlement.told"
    " THEN excluded.told ELSE entitlement.told END"
    + "".join(
        f", {name} = CASE WHEN excluded.want > entitlement.want"
        f" THEN excluded.{name} ELSE entitlement.{name} END"
        for name in ("want", "total", "wanted_ms")
    )
)


def note_right(rights: dict[RightKey, Right], generation: int, seq: int, body: AnyBody) -> None:
    """Note what fact `seq` of a journal of this generation says of anybody's rights."""
    match body:
        case Wanted():
            right = rights.setdefault((body.key, generation), Right())
            if seq > right.want:
                right.want, right.total = seq, body.total
        case PassedOn():
            rights.setdefault((body.key, generation), Right()).answered += body.asked
        case Allotted():
            right = rights.setdefault((body.key, body.generation), Right())
            right.allotted += body.amount
            right.told = max(right.told, body.want)
        case Recalled():
            right = rights.setdefault((body.key, body.generation), Right())
            right.recalled += 0 if body.final else body.amount
            right.reclaimed += body.amount if body.final else 0
        case _:
            pass


def add_rights(
    connection: Connection, stores: Iterable[tuple[int, dict[RightKey, Right]]], now_ms: int
) -> None:
    """Add what was noted to each life's rows, in the order of their keys."""
    rows = [
        (key, store_id, generation, *astuple(right), now_ms if right.want else 0)
        for store_id, rights in stores
        for (key, generation), right in rights.items()
    ]
    bulk(connection, _ADD, sorted(rows))

"""An export appears as a whole, checked, under its name; an unfinished one never looks finished.

Everything is written into a folder beside it, which takes the name when the manifest is on disk.
"""

import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from edge import audit
from edge.books.backup import KEY, read_key
from edge.books.reads import Reads
from edge.exports.dsfinvk import Company, Export, company_of
from edge.exports.dsfinvk_closings import Closings
from edge.exports.dsfinvk_files import describe, open_files
from edge.exports.poslog import PosLog, moment
from edge.exports.poslog_files import Days, Done, export, journal_of, open_writer
from edge.exports.walking import Walk
from edge.receipts.figures import date
from edge.setup import SOFTWARE_VERSION
from provisioning.configuration import sync_path, write_new
from sync.signing import Signer

FORMS = ("poslog-json", "poslog-csv", "dsfinvk")
MANIFEST = "manifest.json"
CHECKED = [
    "Every fact of every journal held stands in its hash chain (BLAKE2b-256), from the first on.",
    "Every signature held over a journal is its author's (Ed25519).",
    "Counters, receipts, shifts, returns and products agree with the facts.",
    "The chain was linked again over every fact while it was exported, in one snapshot.",
]
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Order:
    """What to export, from where and to where; raise ValueError for what cannot be done."""

    form: str
    days: Days
    data: Path
    target: Path
    currency: str
    exponent: int
    offset_min: Callable[[int], int]

    def __post_init__(self) -> None:
        if self.form not in FORMS:
            raise ValueError(f"form {self.form!r} is none of {', '.join(FORMS)}")
        if self.days.last < self.days.first:
            raise ValueError("the first day comes after the last one: swap --from and --to")
        if self.target.exists() and (not self.target.is_dir() or any(self.target.iterdir())):
            raise ValueError(f"{self.target} exists already: name a new or an empty folder")

    @property
    def partial(self) -> Path:
        """Where it is written until it is complete."""
        return self.target.with_name(self.target.name + ".partial")


@dataclass(slots=True)
class Made:
    """What came of an export: facts or Vorgänge written, those left to a later one, a hint."""

    written: int = 0
    later: int = 0
    hint: str = ""


def make(
    order: Order, connection: sqlite3.Connection, now_ms: int, made: Made
) -> Iterator[audit.Progress]:
    """Check everything, then export; yield progress, raise Disagreement with nothing left behind.

    `connection` reads only. `made` is filled in.
    """
    yield from audit.verify(connection)
    shutil.rmtree(order.partial, ignore_errors=True)
    order.partial.mkdir(parents=True)
    connection.execute("BEGIN")
    try:
        about: dict[str, Any] = {}
        for done in _write(order, connection, about, made):
            yield audit.Progress("exporting", done.read, done.total)
        _close(order, connection, now_ms, about)
    except BaseException:
        shutil.rmtree(order.partial, ignore_errors=True)
        raise
    finally:
        connection.execute("COMMIT")


def _write(
    order: Order, connection: sqlite3.Connection, about: dict[str, Any], made: Made
) -> Iterator[Done]:
    walk = Walk(connection, Signer(read_key(order.data / KEY)))
    done = Done(0, 0, 0)
    if order.form == "dsfinvk":
        for done in _write_dsfinvk(order, connection, walk, made):
            yield done
        about |= {"NotClosedYet": made.later}
        about["Journals"] = [journal_of(chain) for chain in walk.chains]
    else:
        poslog = PosLog(_store(connection), order.exponent)
        with open_writer(order.partial, order.form) as writer:
            for done in export(walk, poslog, order.days, writer, about):
                yield done
    made.written = done.exported


def _write_dsfinvk(
    order: Order, connection: sqlite3.Connection, walk: Walk, made: Made
) -> Iterator[Done]:
    reads = Reads(connection)
    company = company_of(reads)
    with open_files(order.partial, order.exponent) as files:
        writing = Export(reads, files, Closings(reads, order.offset_min), order.currency)
        yield from writing.run(walk, order.days)
        writing.finish(_store(connection), SOFTWARE_VERSION, company)
        made.later = writing.later
    describe(order.partial, company.name, company.city, f"{_store(connection)}, {order.days}.")
    if company == Company():
        made.hint = "Have headquarters fill in the rule `fiscal`: name, address and tax number."


def _close(
    order: Order, connection: sqlite3.Connection, now_ms: int, about: dict[str, Any]
) -> None:
    """Write the manifest over all files, then give the folder its name."""
    days = {"From": date(order.days.first), "To": date(order.days.last)}
    said = {
        "Form": order.form,
        "Store": _store(connection),
        "SoftwareVersion": SOFTWARE_VERSION,
        "Made": moment(now_ms, order.offset_min(now_ms)),
        "BusinessDays": days,
        "Checked": CHECKED,
        **about,
        "Files": [_digest(path) for path in sorted(order.partial.iterdir())],
    }
    for path in order.partial.iterdir():
        sync_path(path)
    text = msgspec.json.format(msgspec.json.encode(said), indent=2)
    write_new(order.partial / MANIFEST, text + b"\n")
    order.partial.rename(order.target)
    sync_path(order.target.parent)


def _store(connection: sqlite3.Connection) -> str:
    store: str = connection.execute("SELECT store FROM node").fetchone()[0]
    return store


def _digest(path: Path) -> dict[str, Any]:
    """Name a file with its size and SHA-256."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return {"Name": path.name, "Bytes": path.stat().st_size, "SHA-256": digest.hexdigest()}

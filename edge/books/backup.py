"""A backup is one consistent state, and whoever starts from it starts a new life.

The private key is never in a backup. So that a journal can be told further after its key is lost,
the copy carries its author's signatures, close enough together to be sent in pieces.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from edge.books import database
from edge.books.store import Life, begin_life
from edge.errors import Problem
from provisioning.configuration import keep_private, sync_path, write_new
from sync.flow import PIECE_MAX_BYTES
from sync.identity import Replica, mint_generation
from sync.journal import Head, statement
from sync.signing import KEY_BYTES, Signer

DATABASE = "store.db"
KEY = "node.key"
MANIFEST_SUFFIX = ".json"
FORMAT = 1
BIRTH_BYTES = 16
PAGES_AT_ONCE = 2_048
_CHUNK_BYTES = 1 << 20


class BackupRefused(Problem):
    """A backup that can't be made or restored; the text says why and what to do."""

    code = "backup-refused"
    title = "The backup can't be used"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds; lies beside it as JSON."""

    format: int
    journal: str
    seq: int
    head: str
    at_ms: int
    size: int
    sha256: str


def backup(
    data: Path, target: Path, *, clock: Callable[[], int], done: Callable[[int, int], None]
) -> Manifest:
    """Copy a node, running or not, to the file `target`; `done` is told pages copied and in all.

    The manifest is written beside it last, so that a backup without one is an unfinished backup.
    Raises BackupRefused rather than to overwrite.
    """
    manifest_path = manifest_of(target)
    for path in (target, manifest_path):
        if path.exists():
            raise BackupRefused("exists", "target", path=str(path))
    signer = Signer(read_key(data / KEY))
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    keep_private(partial)
    try:
        with (
            closing(database.connect(data / DATABASE, readonly=True)) as source,
            closing(sqlite3.connect(partial, isolation_level=None)) as copy,
        ):
            source.backup(
                copy,
                pages=PAGES_AT_ONCE,
                progress=lambda _, left, total: done(total - left, total),
                sleep=0,
            )
            journal, head = sign_pieces(copy, signer)
            copy.execute("DELETE FROM staff_session")
            copy.execute("PRAGMA journal_mode=DELETE")
        size, digest = _fingerprint(partial)
        manifest = Manifest(FORMAT, journal, head.seq, head.hash.hex(), clock(), size, digest)
        sync_path(partial)
        os.replace(partial, target)
        write_new(manifest_path, json.dumps(asdict(manifest), indent=2).encode() + b"\n", 0o644)
    finally:
        partial.unlink(missing_ok=True)
    return manifest


def sign_pieces(connection: sqlite3.Connection, signer: Signer) -> tuple[str, Head]:
    """Sign the own journal every few dozen kilobytes and at its head; return name and head."""
    name = connection.execute("SELECT store || '-n' || generation FROM node").fetchone()[0]
    number = connection.execute("SELECT no FROM journal WHERE name = ?", (name,)).fetchone()[0]
    head = Head(0, b"")
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        for head in list(_piece_ends(connection, number)):
            sql = "INSERT OR REPLACE INTO checkpoint (journal, seq, signature) VALUES (?, ?, ?)"
            signature = signer.sign(statement(name, head))
            connection.execute(sql, (number, head.seq, signature))
    return name, head


def _piece_ends(connection: sqlite3.Connection, number: int) -> Iterator[Head]:
    sql = "SELECT seq, hash, length(body) FROM fact WHERE journal = ? ORDER BY seq"
    head, size = None, 0
    for seq, digest, length in connection.execute(sql, (number,)):
        if head and size + length > PIECE_MAX_BYTES // 2:
            yield head
            size = 0
        head, size = Head(seq, digest), size + length
    if head:
        yield head


def read_manifest(source: Path) -> Manifest:
    """Read the manifest of a backup; raise BackupRefused if there is none or it is no manifest."""
    path = manifest_of(source)
    try:
        return Manifest(**json.loads(path.read_bytes()))
    except FileNotFoundError:
        raise BackupRefused("missing", "source", path=str(path)) from None
    except (ValueError, TypeError) as error:
        raise BackupRefused("manifest", "source", path=str(path), why=str(error)) from None


def restore(
    source: Path,
    data: Path,
    *,
    clock: Callable[[], int],
    random: Callable[[int], bytes],
    software: str,
    generation: int | None = None,
) -> Replica:
    """Begin a new life in the directory `data` from a backup; return who it is.

    Writes the database and a new key; raises BackupRefused for a damaged backup or where a node is
    in `data` already. Headquarters sends back what the former life had told it since.
    """
    for path in (data / DATABASE, data / KEY):
        if path.exists():
            raise BackupRefused("node", "data", path=str(path))
    manifest = read_manifest(source)
    if manifest.format != FORMAT:
        raise BackupRefused("format", "source", format=manifest.format)
    if _fingerprint(source) != (manifest.size, manifest.sha256):
        raise BackupRefused("damaged", "source", path=str(source))
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = data / (DATABASE + ".partial")
    keep_private(partial)
    try:
        _copy(source, partial)
        secret = random(KEY_BYTES)
        replica = _begin(
            partial,
            manifest,
            secret,
            clock=clock,
            birth=random(BIRTH_BYTES),
            software=software,
            generation=generation,
        )
        write_new(data / KEY, secret)
        sync_path(partial)
        os.replace(partial, data / DATABASE)
    finally:
        for leftover in data.glob(DATABASE + ".partial*"):
            leftover.unlink()
    return replica


def _begin(
    path: Path,
    manifest: Manifest,
    secret: bytes,
    *,
    clock: Callable[[], int],
    birth: bytes,
    software: str,
    generation: int | None,
) -> Replica:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise BackupRefused("inconsistent", "source", why=str(found))
        former = Replica.parse(manifest.journal)
        number = generation or mint_generation(former.generation, clock())
        if number <= former.generation:
            raise BackupRefused("lived", "generation", generation=number, former=former.generation)
        replica = Replica(former.node, number)
        key = Signer(secret).public_key
        life = Life(replica, birth, key, "restore", software, former.generation)
        begin_life(connection, life, clock)
        connection.execute(
            "INSERT OR REPLACE INTO coverage (author, seq, complete)"
            " SELECT no, ?, 1 FROM journal WHERE name = ?",
            (manifest.seq, manifest.journal),
        )
    return replica


def manifest_of(path: Path) -> Path:
    """Where the manifest of a backup lies."""
    return path.with_name(path.name + MANIFEST_SUFFIX)


def read_key(path: Path) -> bytes:
    """Read a node's private key; raise BackupRefused if it is none."""
    secret = path.read_bytes()
    if len(secret) != KEY_BYTES:
        raise BackupRefused("key", "data", path=str(path), size=KEY_BYTES)
    return secret


def _fingerprint(path: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as reading, target.open("wb") as writing:
        while chunk := reading.read(_CHUNK_BYTES):
            writing.write(chunk)

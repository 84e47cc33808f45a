"""Backup and restore: one consistent state, a new life, and nothing the old one said is lost."""

import itertools
import stat
from pathlib import Path

import pytest

from edge.audit import verify
from edge.books import database
from edge.books.backup import BackupRefused, backup, manifest_of, read_manifest, restore
from edge.books.store import Store
from edge.selling.pricing import SellLine
from edge.uplink.ledger import EdgeLedger
from sync.bodies import Born
from sync.facts import decode_fact
from sync.identity import Replica
from sync.journal import Head, follow, genesis, statement
from sync.quantities import Kind, unpack_rows
from sync.signing import Signer, is_signed
from tests.edge.shop import NODE_SECRET, Clock, Shop

RANDOM = itertools.count(50)


def random(size: int) -> bytes:
    return bytes([next(RANDOM)]) * size


@pytest.fixture
def copy(shop: Shop, tmp_path: Path) -> Path:
    (tmp_path / "node.key").write_bytes(NODE_SECRET)
    shop.stock(TEA=10)
    for _ in range(3):
        shop.sell(SellLine(sku="TEA"))
    target = tmp_path / "copy.db"
    seen: list[tuple[int, int]] = []
    manifest = backup(
        tmp_path, target, clock=shop.clock, done=lambda done, total: seen.append((done, total))
    )
    assert seen[-1][0] == seen[-1][1] > 0
    assert manifest == read_manifest(target)
    assert (manifest.journal, manifest.seq) == ("s0001-n1", shop.head().seq)
    return target


def revive(copy: Path, data: Path, generation: int | None = None) -> Replica:
    return restore(copy, data, clock=Clock(), random=random, software="test", generation=generation)


def readers(path: Path) -> set[str]:
    """Tell who may do anything with a file, or with a folder and what is in it."""
    modes = [stat.S_IMODE(one.stat().st_mode) for one in (path, *path.glob("*"))]
    return {"owner" if mode & 0o077 == 0 else "others" for mode in modes}


def test_a_restored_node_is_a_new_life_with_the_old_books(
    shop: Shop, copy: Path, tmp_path: Path
) -> None:
    replica = revive(copy, tmp_path / "new", 7)
    assert replica == Replica("s0001", 7)
    assert readers(tmp_path / "new") == {"owner"}
    assert readers(copy) == {"owner"}
    store = Store(database.connect(tmp_path / "new" / "store.db"), clock=shop.clock)
    assert store.books.on_hand("TEA") == 7
    (body,) = store.connection.execute(
        "SELECT body FROM fact WHERE journal = ?", (store.books.journal_no,)
    ).fetchone()
    assert decode_fact(body).body == Born("restore", "test", 1)
    assert store.books.next_number("t1") == 1
    assert list(verify(store.connection))
    store.close()


def test_what_the_old_life_never_told_is_told_by_the_new_one(copy: Path, tmp_path: Path) -> None:
    revive(copy, tmp_path / "new")
    secret = (tmp_path / "new" / "node.key").read_bytes()
    reading = database.connect(tmp_path / "new" / "store.db", readonly=True)
    ledger = EdgeLedger(reading, Signer(secret), Clock())
    held: list[bytes] = []
    while batch := ledger.batch_after("s0001-n1", len(held), 4_096):
        held += batch.facts
        head = follow(genesis("s0001-n1"), held)
        key = Signer(NODE_SECRET).public_key
        assert is_signed(key, statement("s0001-n1", head), batch.signature)
    assert Head(len(held), head.hash) == head
    assert len(held) == 5
    delta = ledger.delta_after("hq-n1", 0, 1_000)
    assert delta is not None
    (group,) = delta.groups
    assert (group.author, group.covers) == ("s0001-n1", 5)
    assert sorted(unpack_rows(group.rows)) == [(1, Kind.OPENING, 10), (1, Kind.SOLD, 3)]
    reading.close()


def test_a_damaged_or_unfinished_backup_is_refused(copy: Path, tmp_path: Path) -> None:
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    with pytest.raises(BackupRefused, match="damaged"):
        revive(copy, tmp_path / "new")
    manifest_of(copy).write_text("{}")
    with pytest.raises(BackupRefused, match="no manifest"):
        revive(copy, tmp_path / "new")
    manifest_of(copy).unlink()
    with pytest.raises(BackupRefused, match="not finished"):
        revive(copy, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_nothing_is_overwritten(shop: Shop, copy: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="exists"):
        revive(copy, tmp_path)
    with pytest.raises(BackupRefused, match="exists"):
        backup(tmp_path, copy, clock=shop.clock, done=lambda _done, _total: None)


def test_a_generation_is_never_lived_twice(copy: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="lived already"):
        revive(copy, tmp_path / "new", 1)
    assert not list((tmp_path / "new").iterdir())

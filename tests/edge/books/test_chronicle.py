"""Starts, stops and outages stand in the journal, written by real processes and a real link."""

import signal
from contextlib import closing
from pathlib import Path

from edge.books.backup import DATABASE
from edge.books.database import connect
from sync.cash import AuditEntry
from sync.facts import decode_fact
from tests.brokers import eventually
from tests.edge.test_cli import running
from tests.edge.uplink.test_relay import chain, synced
from tests.edge.web.shop import make_node


def entries(database: Path) -> list[tuple[str, str]]:
    """List action and detail of what the journal says of the node itself."""
    with closing(connect(database, readonly=True)) as connection:
        bodies = [
            decode_fact(row[0]).body
            for row in connection.execute("SELECT body FROM fact WHERE kind = 17 ORDER BY seq")
        ]
    return [(body.action, body.detail) for body in bodies if isinstance(body, AuditEntry)]


def test_starts_and_stops_are_on_record_and_a_kill_leaves_none(tmp_path: Path) -> None:
    data = tmp_path / "node"
    make_node(data)
    for stop in (signal.SIGTERM, signal.SIGKILL, signal.SIGINT):
        with running(data) as (_, process):
            process.send_signal(stop)
            process.communicate(timeout=60)
    said = entries(data / DATABASE)
    assert [action for action, _ in said] == [
        *("node-start", "node-stop"),
        "node-start",
        *("node-start", "node-stop"),
    ]
    assert "0." in said[0][1]


def test_an_outage_is_written_down_once_it_is_over(tmp_path: Path) -> None:
    with chain(tmp_path) as (store, peer, broker):
        eventually(lambda: synced(store, peer), "both agree")
        before = len(entries(store.shop.path))
        broker.kill()
        eventually(lambda: store.relay.status.link == "cut", "the cut is seen")
        store.shop.clock.now_ms += 60_000
        broker.start()
        eventually(lambda: len(entries(store.shop.path)) == before + 1, "the outage is on record")
        action, detail = entries(store.shop.path)[-1]
        assert action == "offline"
        began, ended = detail.split("/")
        assert began < ended
        eventually(lambda: synced(store, peer), "headquarters has it too")

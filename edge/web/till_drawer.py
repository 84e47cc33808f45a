"""One law: a drawer that opened for no document of its till is on the audit trail."""

import asyncio
from collections.abc import Mapping

from edge.books.reads import Reads
from edge.node import Node
from edge.people.access import Caller
from edge.shifts.approvals import Entry, RecordAudit
from edge.shifts.reports import NO_SALE
from edge.views.documents import Wanted, documents_of

RECENT_MS = 10 * 60_000
NEWEST = 50
PATIENCE_S = 2.0
STEP_S = 0.1
_DOCUMENTS: Mapping[str, tuple[str, str]] = {
    "sale": ("sale", ""),
    "return": ("return", ""),
    "void": ("void", ""),
    "float": ("shift", "opened"),
    "pay_in": ("cash", "pay_in"),
    "pay_out": ("cash", "pay_out"),
    "drop": ("cash", "drop"),
    "no_sale": ("cash", "no_sale"),
}


async def open_for(node: Node, caller: Caller, reason: str) -> None:
    """Open a till's drawer, and note it unless the document it is said to open for is on record.

    A finished sale may reach the node a moment after its drawer was opened: it is waited for.
    """
    node.hardware.find(caller.device, "POSPrinter")  # without a drawer nothing is noted
    said = _DOCUMENTS.get(reason)
    if said is None:
        await _note(node, caller, reason)
    await node.hardware.open_drawer(caller.device)
    if said is None:
        return
    for _ in range(round(PATIENCE_S / STEP_S)):
        if await _is_recorded(node, caller.device, *said):
            return
        await asyncio.sleep(STEP_S)
    await _note(node, caller, reason)


async def _is_recorded(node: Node, device: str, kind: str, title: str) -> bool:
    """Whether such a document of a till is among the store's newest."""
    now_ms = node.clock()

    def read(reads: Reads) -> bool:
        return any(
            one.title == title
            and one.actor.rpartition("@")[2] == device
            and abs(now_ms - one.at_ms) < RECENT_MS
            for one in documents_of(reads, Wanted(kind=kind), (0, 0), NEWEST).documents
        )

    return await node.read(node.views.within, read)


async def _note(node: Node, caller: Caller, reason: str) -> None:
    entry = Entry(node.random(16), NO_SALE, reason=reason, operator=caller.staff)
    await node.commit(RecordAudit(caller.device, (entry,)))

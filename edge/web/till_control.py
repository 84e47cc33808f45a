"""One law: whatever a person allowed or did outside the books is named, timed and kept."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from msgspec.json import Decoder

from edge.people.access import may_approve
from edge.shifts.approvals import Entry, RecordAudit
from edge.web import till_requests as asked
from edge.web.auth import Selling, node_of
from edge.web.body import read_body, reply
from edge.web.operation import operation
from edge.web.problems import NotAllowed, WrongPin
from edge.web.staff import check_pin
from edge.web.till_replies import ApprovalReply, AuditReply

router = APIRouter(tags=["control"])

_ID = "0199a1c2-7b3e-7c4d-8e5f-60718293a4d1"
APPROVE_EXAMPLE = {
    "id": _ID,
    "staff": "ben",
    "pin": "4711",
    "action": "price-override",
    "subject": "0199a1c2-7b3e-7c4d-8e5f-60718293a4b5",
    "reason": "shelf label said so",
    "operator": "ana",
}
AUDIT_EXAMPLE = {
    "entries": [
        {"id": _ID, "action": "reprint", "at_ms": 1_795_190_400_000, "operator": "ana"},
    ]
}
_APPROVE = Decoder(asked.Approve)
_AUDIT = Decoder(asked.Audit)


@router.post(
    "/till/approvals",
    **operation(
        ApprovalReply, status=201, body=asked.Approve, example=APPROVE_EXAMPLE, repeat=True
    ),
)
async def approve(request: Request, caller: Selling) -> Response:
    """Have somebody with the right allow an action by PIN, without logging anybody out."""
    node = node_of(request)
    wanted = await read_body(request, _APPROVE)
    found = await check_pin(node, wanted.staff, wanted.pin, caller.device)
    if found is None:
        raise WrongPin("approval")
    if not may_approve(node.gate, found.staff):
        raise NotAllowed("approve", name=found.name)
    entry = Entry(
        id=wanted.id.bytes,
        action=wanted.action,
        at_ms=node.clock(),
        subject=subject_of(wanted.subject),
        reason=wanted.reason,
        approver=found.staff,
        detail=wanted.detail,
        drawer=wanted.drawer,
        shift=wanted.shift,
        operator=wanted.operator or caller.staff,
    )
    done = await node.commit(RecordAudit(caller.device, (entry,)))
    answer = ApprovalReply(wanted.id, found.staff, found.name, bool(done.repeated))
    return reply(answer, 200 if done.repeated else 201)


@router.post("/till/audit", **operation(AuditReply, body=asked.Audit, example=AUDIT_EXAMPLE))
async def record_audit(request: Request, caller: Selling) -> Response:
    """Record what was done at a till and must be known: reprints, voided lines, age checks."""
    node = node_of(request)
    audit = await read_body(request, _AUDIT)
    entries = tuple(
        Entry(
            id=entry.id.bytes,
            action=entry.action,
            at_ms=entry.at_ms,
            subject=subject_of(entry.subject),
            reason=entry.reason,
            approver=entry.approver,
            detail=entry.detail,
            drawer=entry.drawer,
            shift=entry.shift,
            operator=entry.operator or caller.staff,
        )
        for entry in audit.entries
    )
    done = await node.commit(RecordAudit(caller.device, entries))
    return reply(AuditReply(done.recorded, done.repeated))


def subject_of(text: str) -> bytes:
    """Id of the document that an entry is about, or the text that stands for what has none."""
    try:
        return UUID(text).bytes
    except ValueError:
        return text.encode()

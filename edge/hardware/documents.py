"""One law: what is to be printed survives a restart exactly as it was asked for."""

from typing import Any, get_args

import msgspec

from devices.receipt import Block, Document
from devices.zpl import Label, Part

_BLOCKS: dict[str, type] = {one.__name__: one for one in (*get_args(Block), *get_args(Part))}


def keep_document(document: Document) -> bytes:
    """Write a document for the database."""
    return _keep(document.blocks, cut=document.cut, kick=document.kick)


def restore_document(kept: bytes) -> Document:
    """Read a document back."""
    fields, blocks = _restore(kept)
    return Document(blocks, **fields)


def keep_label(label: Label, copies: int) -> bytes:
    """Write a label, and how many of it are wanted, for the database."""
    return _keep(label.parts, width_mm=label.width_mm, height_mm=label.height_mm, copies=copies)


def restore_label(kept: bytes) -> tuple[Label, int]:
    """Read a label back, and how many of it are wanted."""
    fields, parts = _restore(kept)
    return Label(fields["width_mm"], fields["height_mm"], parts), fields["copies"]


def _keep(blocks: tuple[Block | Part, ...], **fields: float) -> bytes:
    return msgspec.msgpack.encode([fields, [(type(block).__name__, block) for block in blocks]])


def _restore(kept: bytes) -> tuple[dict[str, Any], tuple[Any, ...]]:
    fields, blocks = msgspec.msgpack.decode(kept)
    return fields, tuple(msgspec.convert(values, _BLOCKS[name]) for name, values in blocks)

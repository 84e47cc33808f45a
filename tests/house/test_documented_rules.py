"""Every rule on headquarters' page is read by the node as it stands there; none is missing."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from central.web.shapes import RuleIn
from devices.gate import Template
from edge.books.rules import Limits, Training
from edge.exports.dsfinvk import Company
from edge.receipts.finding import _TenderRule
from edge.receipts.scene import Profile
from edge.stock.limits import _Limits as WriteOffLimits
from edge.stock.limits import _Reasons as WriteOffReasons
from edge.stock.worklists import _Points as LowPoints
from provisioning.demo.rules import rules

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/headquarters/rules.md").read_text("utf-8")
EXAMPLE = re.compile(r"^### `([a-z0-9.-]+)`\n(?:(?!#)[^\n]*\n)*?```json\n(.*?)^```", re.M | re.S)
EXAMPLES: dict[str, str] = dict(EXAMPLE.findall(PAGE))
SHAPES: dict[str, tuple[Any, ...]] = {
    "limits": (Limits, WriteOffLimits),
    "training": (Training,),
    "drawers": (dict[str, str],),
    "tenders": (list[_TenderRule],),
    "reasons": (WriteOffReasons,),
    "receipt": (Profile,),
    "fiscal": (Company,),
    "stock.low": (LowPoints,),
    "stock.expiring": (LowPoints,),
    "barcode.templates": (list[str],),
}


def _fields(shape: Any) -> set[str]:
    return {entry.name for entry in msgspec.structs.fields(shape)}


@pytest.mark.parametrize("name", EXAMPLES)
def test_headquarters_takes_it(name: str) -> None:
    RuleIn.model_validate({"value": EXAMPLES[name]})
    msgspec.json.decode(EXAMPLES[name])


@pytest.mark.parametrize("name", SHAPES)
def test_the_node_reads_it(name: str) -> None:
    for shape in SHAPES[name]:
        msgspec.json.decode(EXAMPLES[name], type=shape)


@pytest.mark.parametrize(
    "name", ["limits", "training", "receipt", "fiscal", "stock.low", "stock.expiring"]
)
def test_it_has_no_field_that_nobody_reads(name: str) -> None:
    known = set[str]().union(*(_fields(shape) for shape in SHAPES[name]))
    assert msgspec.json.decode(EXAMPLES[name]).keys() <= known


def test_labels_of_scales_are_read_by_the_gate() -> None:
    for pattern in msgspec.json.decode(EXAMPLES["barcode.templates"]):
        assert Template(pattern).pattern


def test_no_rule_is_missing() -> None:
    """Names that the demonstration sets, and those the program asks for, are on the page."""
    asked = set[str]()
    for path in (ROOT / "edge").rglob("*.py"):
        text = path.read_text("utf-8")
        asked.update(re.findall(r'read_rule\([\w.]+, "([\w.]+)"', text))
        asked.update(re.findall(r'\.rule\("([\w.]+)"\)', text))
    till = (ROOT / "edge/till/src/core/rules.ts").read_text("utf-8")
    asked.update(re.findall(r"\brules\.(\w+)[.)]", till.replace("?? null", ")")))
    asked.update(re.findall(r"\brules\['([\w.]+)'\]", till))
    asked.update(name for name in rules() if not name.startswith("promotion."))
    assert {"limits", "fiscal", "till.keys", "tips", "stock.low"} <= asked
    assert asked - EXAMPLES.keys() == set()

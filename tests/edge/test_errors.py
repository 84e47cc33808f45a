"""Whatever a till can be refused has words in every language of the till."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import edge
from edge.errors import OutOfStock, Problem
from edge.hardware.trouble import TROUBLE_CODES, Trouble
from edge.refusals import SENTENCES, WORDS
from edge.web import auth
from tests.edge.books.test_tasks import words
from tests.edge.till.refusals import PATH, text_of

ROOT = Path(__file__).parents[2]
# Problems that no till is told: the base of all others, and one of the command line.
NOT_A_TILLS = {"refused", "backup-refused"}
# Cases that are named where the program runs.
COMPUTED = {
    "bad-field": {"serials-of-sale", "sold-without-serials"},
    "conflict": {"order", "transfer"},
    "held-taken": {"dropped", "taken"},
    "not-held": {"asked", "cut-off"},
    "not-now": {"day-closed", "no-receipt", "receipt-again"},
    "approval-needed": {"blind-return", "void"},
    "rights-short": set(SENTENCES["rights-short"]),
    "unknown-document": {"order", "transfer", "worklist", "quarantine"},
}
NUMBERS = {"no-integer", "range"}


def problems(of: type[Problem] = Problem) -> Iterator[type[Problem]]:
    """Every kind of problem of a node, by importing all of it."""
    for module in pkgutil.walk_packages(edge.__path__, "edge."):
        importlib.import_module(module.name)
    for kind in of.__subclasses__():
        if kind.__module__.startswith("edge."):
            yield kind
            yield from problems(kind)


def raised() -> Iterator[tuple[str, str, set[str]]]:
    """Code, case and values of every refusal that the source names as it stands."""
    codes = {kind.__name__: kind.code for kind in problems()}
    for path in sorted((ROOT / "edge").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            code = codes.get(getattr(node.func, "id", ""))
            if code and node.args and isinstance(node.args[0], ast.Constant):
                named = {keyword.arg or "**" for keyword in node.keywords}
                yield code, str(node.args[0].value), named


def values(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name} - {"field"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_problem_has_words_at_the_till(language: str) -> None:
    codes = {kind.code for kind in problems()} - {Trouble.code} | {*TROUBLE_CODES}
    assert len(codes) > 40
    said = words(language)
    assert {code for code in codes if f"desk.problem.{code}" not in said} == NOT_A_TILLS - {
        "refused"
    }


def test_the_till_says_in_english_what_the_node_says() -> None:
    assert PATH.read_text("utf-8") == text_of(), "run: python -m tests.edge.till.refusals"


def test_every_refusal_has_a_sentence_about_its_values() -> None:
    for code, case, named in raised():
        assert case in SENTENCES[code], f"{code} has no case {case}"
        if case not in NUMBERS and "**" not in named:
            assert named == values(SENTENCES[code][case]), f"{code} {case}"


def test_every_sentence_is_used() -> None:
    assert set(SENTENCES) == {kind.code for kind in problems()}
    used = {(code, case) for code, case, _ in raised()}
    used |= {(code, case) for code, cases in COMPUTED.items() for case in cases}
    unused = {
        (code, case)
        for code, cases in SENTENCES.items()
        for case in cases
        if (code, case) not in used and case not in {*NUMBERS, "said"}
    }
    assert unused == set()


def test_no_refusal_is_made_of_loose_words() -> None:
    with pytest.raises(KeyError):
        OutOfStock("TEA: there is none")
    with pytest.raises(KeyError):
        OutOfStock("sell", "lines", sku="TEA")
    refused = OutOfStock("sell", "lines", sku="TEA", free_quantity=3, wanted_quantity=4)
    assert refused.detail == str(refused)
    assert refused.detail.startswith("TEA: 3 can be sold and 4 are asked for")
    assert (refused.case, refused.field, refused.values["free_quantity"]) == ("sell", "lines", 3)


def test_words_of_values_are_all_there() -> None:
    assert set(WORDS["right"]) == set(auth._RIGHT_NAMES.values())
    asked = {
        name for cases in SENTENCES.values() for case in cases.values() for name in values(case)
    }
    assert set(WORDS) <= asked
    assert all(re.fullmatch(r"[\w-]+", word) for names in WORDS.values() for word in names)

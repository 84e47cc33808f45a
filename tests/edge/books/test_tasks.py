"""Whatever the node puts on the worklist has words in every language of the till."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from edge.books import tasks
from edge.books.tasks import SENTENCES, Task, task
from edge.shifts.drawer import _BY_WORD

ROOT = Path(__file__).parents[3]
WORDS = ROOT / "edge" / "till" / "src" / "i18n"
INDIRECT = {"serial-here", "serial-gone", "serial-unknown", "serial-twice", *_BY_WORD.values()}
INDIRECT |= {"clock-ahead", "clock-behind", "damaged", "claim"}
INDIRECT |= {"over-order", "unordered", "over-transfer", "unsent"}


def words(language: str) -> dict[str, str]:
    """The till's texts of a language by their keys, as they stand in its source."""
    source = "\n".join(path.read_text() for path in sorted((WORDS / language).glob("*.ts")))
    return dict(re.findall(r"^  '([\w.-]+)':\s*((?:.|\n)*?),\n(?=  '|  //|\})", source, re.M))


def values(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def named_codes() -> Iterator[str]:
    for path in sorted((ROOT / "edge").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "task":
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    yield str(first.value)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_task_has_words_at_the_till(language: str) -> None:
    said = words(language)
    for code, (kind, english) in SENTENCES.items():
        assert f"stock.work.{kind}" in said, f"the kind {kind} has no name in {language}"
        text = said[f"stock.task.{code}"]
        assert set(re.findall(r"\{(\w+)\}", text)) <= values(english), code
    unused = {key for key in said if key.startswith("stock.task.")}
    assert unused == {f"stock.task.{code}" for code in SENTENCES}


def test_every_code_is_used_and_has_a_sentence() -> None:
    assert set(named_codes()) | INDIRECT == set(SENTENCES)


def test_a_task_without_a_value_or_words_is_a_fault() -> None:
    with pytest.raises(KeyError):
        task("clock-ahead", till="t1")
    with pytest.raises(KeyError):
        task("nothing-of-the-sort")
    assert task("serial-gone", "TEA", serial="A1").text == "A1 left, though it had left before"


def test_a_task_of_another_release_is_still_shown() -> None:
    assert Task("of-tomorrow", "", {"n": 3}).text == "of-tomorrow: {'n': 3}"
    assert tasks.Task("unknown-sku", "X", {}).kind == "unknown-sku"

"""Whatever a till can be refused has words in every language of the till."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import edge
from edge.errors import Problem
from edge.hardware.trouble import TROUBLE_CODES
from edge.web.problems import _HTTP_ADVICE
from tests.edge.books.test_tasks import words

# Problems that no till is told: the base of all others, and one of the command line.
NOT_A_TILLS = {"refused", "backup-refused"}
BY_HTTP = {"internal", "http-error", *(code for code, _, _ in _HTTP_ADVICE.values())}


def problems(of: type[Problem]) -> Iterator[type[Problem]]:
    for kind in of.__subclasses__():
        yield kind
        yield from problems(kind)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_problem_has_words_at_the_till(language: str) -> None:
    for module in pkgutil.walk_packages(edge.__path__, "edge."):
        importlib.import_module(module.name)
    codes = {kind.code for kind in problems(Problem) if kind.__module__.startswith("edge.")}
    codes |= {*TROUBLE_CODES, *BY_HTTP}
    assert len(codes) > 40
    said = words(language)
    assert {code for code in codes if f"desk.problem.{code}" not in said} == NOT_A_TILLS

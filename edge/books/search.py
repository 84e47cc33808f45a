"""A product is found by the beginning of any word of its names, and by any part of a Chinese one.

Chinese has no spaces: every character and every pair of neighbours is a word of its own, so that a
query of one character or of many finds its place in the middle of a name.
"""

import re
from collections.abc import Iterable

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff"
_RUN = re.compile(f"[{_HAN}]+|[^\\W{_HAN}_]+")
_IS_HAN = re.compile(f"[{_HAN}]")
QUERY_WORDS_MAX = 12


def words_of(texts: Iterable[str]) -> str:
    """Search terms of names, SKU and GTINs, separated by spaces."""
    terms: dict[str, None] = {}
    for text in texts:
        for run in _RUN.findall(text.lower()):
            if _IS_HAN.match(run):
                terms |= dict.fromkeys(run)
                terms |= dict.fromkeys(run[at : at + 2] for at in range(len(run) - 1))
            else:
                terms[run] = None
    return " ".join(terms)


def query_of(text: str) -> str:
    """FTS5 query that all words of a text begin words of a product; empty for no words."""
    asked: list[str] = []
    for run in _RUN.findall(text.lower())[:QUERY_WORDS_MAX]:
        if not _IS_HAN.match(run):
            asked.append(f'"{run}"*')
        elif len(run) == 1:
            asked.append(f'"{run}"')
        else:
            asked += [f'"{run[at : at + 2]}"' for at in range(min(len(run) - 1, QUERY_WORDS_MAX))]
    return " AND ".join(asked)

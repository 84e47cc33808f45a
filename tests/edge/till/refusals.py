"""One law: what the till says of a refusal in English is what the node says.

`python -m tests.edge.till.refusals` writes it where the till reads it.
"""

import json
from pathlib import Path

from edge.refusals import SENTENCES, WORDS

PATH = Path(__file__).parents[3] / "edge" / "till" / "src" / "i18n" / "en" / "refusals.json"
# No till is told of a backup; what a device could not do brings its words along.
NOT_A_TILLS = {"backup-refused", "device"}


def text_of() -> str:
    """Write every sentence by code and case, and every word by the value's name, as JSON."""
    said = {
        f"problem.{code}.{case}": sentence
        for code, cases in sorted(SENTENCES.items())
        if code not in NOT_A_TILLS
        for case, sentence in sorted(cases.items())
    }
    said |= {
        f"problem.word.{name}.{value}": word
        for name, words in sorted(WORDS.items())
        for value, word in sorted(words.items())
    }
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    PATH.write_text(text_of(), "utf-8")

"""One law: the reference of a node is what its program declares."""

from collections.abc import Iterator
from string import Formatter
from typing import cast

import typer

from edge.books.backup import BackupRefused
from edge.errors import Problem
from edge.node import Node
from edge.refusals import SENTENCES
from edge.settings import ENVIRONMENT_PREFIX, Settings
from edge.web.app import INTRODUCTION, create_app
from provisioning.reference import GENERATED, api_page, commands_page, settings_page

COMMAND = "evertill-edge docs docs"
SETTINGS_INTRODUCTION = """\
A node reads `edge.toml` in its data directory when it starts. `evertill-edge init` writes the file;
the command line is described in [evertill-edge.md](evertill-edge.md)."""


PROBLEMS = """\
Whatever the store's node refuses is answered by a problem document (RFC 9457). Beside `type`,
`title`, `status`, `detail` (English) and `field` it has `code`, `case` and `values`: what `detail`
is about, as a flat object of texts and integers, so that a program can say it in its own language.
A value's name says what it is: `…_minor` is money in minor units, `…_quantity` base units of the
SKU, `…_ms` UTC milliseconds. Codes, cases and names of values are stable; more may be added. A
device's problem is called `device-` and what is wrong; its `values` say it by language.
"""


def problems_page() -> str:
    """Write every problem a node can answer with: its cases and what they tell."""
    kinds = {kind.code: kind for kind in _kinds(Problem)}
    lines = [GENERATED.format(command=COMMAND), "# Problems of the store API", "", PROBLEMS]
    for code, cases in sorted(SENTENCES.items()):
        kind = kinds[code]
        if kind is BackupRefused:
            continue
        lines += [f"## {code}", "", f"{kind.status}: {kind.title}.", ""]
        lines += ["| Case | Values | Detail |", "|---|---|---|"]
        for case, sentence in sorted(cases.items()):
            told = (name for _, name, _, _ in Formatter().parse(sentence) if name)
            named = ", ".join(f"`{name}`" for name in sorted({*told} - {"field"}))
            lines.append(f"| `{case}` | {named} | {sentence} |")
        lines.append("")
    return "\n".join(lines)


def _kinds(of: type[Problem]) -> Iterator[type[Problem]]:
    for kind in of.__subclasses__():
        yield kind
        yield from _kinds(kind)


def pages(commands: typer.Typer) -> dict[str, str]:
    """Render every generated page, by its path within `docs`."""
    nobody = cast(Node, None)  # a description needs no node
    document = create_app(nobody).openapi()
    return {
        "integrator/store-api.md": api_page(INTRODUCTION, document, COMMAND),
        "integrator/problems.md": problems_page(),
        "technician/store-settings.md": settings_page(
            "Settings of a store's node",
            SETTINGS_INTRODUCTION,
            Settings,
            ENVIRONMENT_PREFIX,
            COMMAND,
        ),
        "technician/evertill-edge.md": commands_page("evertill-edge", commands, COMMAND),
    }

"""One law: the reference of a node is what its program declares."""

from typing import cast

import typer

from edge.node import Node
from edge.settings import ENVIRONMENT_PREFIX, Settings
from edge.web.app import INTRODUCTION, create_app
from provisioning.reference import api_page, commands_page, settings_page

COMMAND = "evertill-edge docs docs"
SETTINGS_INTRODUCTION = """\
A node reads `edge.toml` in its data directory when it starts. `evertill-edge init` writes the file;
the command line is described in [evertill-edge.md](evertill-edge.md)."""


def pages(commands: typer.Typer) -> dict[str, str]:
    """Render every generated page, by its path within `docs`."""
    nobody = cast(Node, None)  # a description needs no node
    document = create_app(nobody).openapi()
    return {
        "integrator/store-api.md": api_page(INTRODUCTION, document, COMMAND),
        "technician/store-settings.md": settings_page(
            "Settings of a store's node",
            SETTINGS_INTRODUCTION,
            Settings,
            ENVIRONMENT_PREFIX,
            COMMAND,
        ),
        "technician/evertill-edge.md": commands_page("evertill-edge", commands, COMMAND),
    }

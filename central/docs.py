"""The reference of headquarters is what its program declares."""

import typer

from central.settings import ENVIRONMENT_PREFIX, Settings
from central.web.app import DESCRIPTION, create_app
from provisioning.reference import api_page, commands_page, settings_page

COMMAND = "evertill-central docs docs"
SETTINGS_INTRODUCTION = """\
Headquarters reads `central.toml` in its data directory when it starts. `evertill-central init`
writes the file; the command line is described in [evertill-central.md](evertill-central.md)."""


def pages(commands: typer.Typer) -> dict[str, str]:
    """Render every generated page, by its path within `docs`."""
    document = create_app(None).openapi()
    return {
        "integrator/headquarters-api.md": api_page(DESCRIPTION, document, COMMAND),
        "headquarters/settings.md": settings_page(
            "Settings of headquarters",
            SETTINGS_INTRODUCTION,
            Settings,
            ENVIRONMENT_PREFIX,
            COMMAND,
        ),
        "headquarters/evertill-central.md": commands_page("evertill-central", commands, COMMAND),
    }
